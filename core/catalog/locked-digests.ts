import type { Lock } from "./types";

/** Digits of a digest that tell it apart from every other one: 64 bits, and who is taken for another is only kept. */
const DIGITS = 16;

/**
 * What locks remember, as a resource's inputs hold it: `explorer:0.11.0 0123456789abcdef fedcba9876543210`, a line for
 * each tag, the present digest first, then those that somebody may roll back to, and their subsets. A digest of another
 * algorithm than sha256 has its name before it. Pure; sorted, each line once.
 */
export function lockedDigests(locks: readonly Lock[], images?: readonly string[]): string[] {
    const lines = new Set<string>();
    for (const lock of locks) {
        for (const [image, tags] of Object.entries(lock)) {
            if (images !== undefined && !images.includes(image)) {
                continue;
            }
            for (const [tag, entry] of Object.entries(tags)) {
                const { digest, history = [], olderSubsets = [], subset } = entry;
                const all = [digest, ...(subset === undefined ? [] : [subset.digest]), ...history, ...olderSubsets];
                lines.add([`${image}:${tag}`, ...new Set(all.map(shorten))].join(" "));
            }
        }
    }
    return [...lines].sort();
}

/** What such lines protect: the begin of a digest -> whose it is. */
export function readLockedDigests(lines: readonly string[]): Map<string, string> {
    const present = new Map<string, string>();
    const older = new Map<string, string>();
    for (const [name, first, ...rest] of lines.map((line) => line.split(" "))) {
        if (first !== undefined) {
            present.set(lengthen(first), `digest of ${name} in the lock`);
        }
        for (const one of rest) {
            older.set(lengthen(one), `roll-back digest of ${name} in the lock`);
        }
    }
    return new Map([...older, ...present]);
}

/** As much of a digest as the lines have of it. */
export function digestBegin(digest: string): string {
    return digest.slice(0, digest.indexOf(":") + 1 + DIGITS);
}

function shorten(digest: string): string {
    return digestBegin(digest).replace(/^sha256:/, "");
}

function lengthen(text: string): string {
    return text.includes(":") ? text : `sha256:${text}`;
}
