import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { TransshipError } from "../errors";
import { canonicalJson } from "./digest";
import { reasonOf } from "./include";
import { HISTORY } from "./lock";
import { type LockFile, readLock } from "./lock-file";
import { replaceFile } from "./replace-file";
import type { Lock, LockEntry } from "./types";
import { yamlText } from "./yaml-text";

/** The lock file could not be written. Code `LOCK_UNWRITABLE`. */
export class LockWriteError extends TransshipError {
    override readonly name: string = "LockWriteError";
}

/**
 * Replaces one environment's section of a lock file. Other environments stay, and so do the comments above the first
 * key; others are lost, as they belong to lines that move. Keys are sorted, histories hold five digests at most. Where
 * nothing changes, the file is not touched. A reader sees the old file or the new one, never a half; of two writers at
 * one time the last one wins.
 *
 * @returns whether the file was written
 * @throws CatalogError when the present file is not a lock file: it is not overwritten
 * @throws LockWriteError
 */
export function writeLock(path: string, environment: string, lock: Lock): boolean {
    const present = readLock(path);
    const { [environment]: _replaced, ...others } = present.environments;
    const section = tidy(lock);
    const environments = Object.keys(section).length === 0 ? others : { ...others, [environment]: section };
    const wanted: LockFile = { version: 1, environments };
    if (canonicalJson(present) === canonicalJson(wanted)) {
        return false;
    }
    const text = yamlText(sorted(wanted));
    try {
        replaceFile(path, headOf(path) + text);
        return true;
    } catch (error) {
        const advice = `make ${dirname(path)} writable, or pass another lock file`;
        throw new LockWriteError(
            "LOCK_UNWRITABLE",
            `The lock file ${path} cannot be written: ${reasonOf(error)}; ${advice}.`,
            {
                cause: error,
            },
        );
    }
}

/** The text of a lock file that is none yet; undefined where nothing is locked. */
export function writtenLockFile(environments: LockFile["environments"]): string | undefined {
    const tidied = Object.entries(environments).map(([name, lock]) => [name, tidy(lock)] as const);
    const filled = tidied.filter(([, lock]) => Object.keys(lock).length > 0);
    return filled.length === 0
        ? undefined
        : HEAD + yamlText(sorted({ version: 1, environments: Object.fromEntries(filled) }));
}

/** Without images that have no tag, and with short histories. */
function tidy(lock: Lock): Lock {
    const images = Object.entries(lock).filter(([, tags]) => Object.keys(tags).length > 0);
    return Object.fromEntries(
        images.map(([image, tags]) => [
            image,
            Object.fromEntries(Object.entries(tags).map(([tag, entry]) => [tag, tidyEntry(entry)])),
        ]),
    );
}

function tidyEntry({ digest, history = [], since, subset, olderSubsets = [], missing }: LockEntry): LockEntry {
    return {
        digest,
        ...(history.length > 0 ? { history: history.slice(0, HISTORY) } : {}),
        ...(since === undefined ? {} : { since }),
        ...(subset === undefined ? {} : { subset: { digest: subset.digest, platforms: subset.platforms } }),
        ...(olderSubsets.length > 0 ? { olderSubsets: olderSubsets.slice(0, HISTORY) } : {}),
        ...(missing === undefined ? {} : { missing }),
    };
}

/** Maps, since an object puts the keys 9 and 10 before all others, whatever the order they came in. */
function sorted(file: LockFile): unknown {
    const sortedMap = <T>(values: Readonly<Record<string, T>>, inner: (value: T) => unknown) =>
        new Map(
            Object.entries(values)
                .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
                .map(([key, value]) => [key, inner(value)]),
        );
    const environments = sortedMap(file.environments, (lock) =>
        sortedMap(lock, (tags) => sortedMap(tags, (entry) => entry)),
    );
    return { version: file.version, environments };
}

const HEAD = `# Which digest each tag is, for each environment: written by "transship lock" and "transship sync".\n`;

/** The comments and blank lines above the first key. */
function headOf(path: string): string {
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return HEAD;
        }
        throw error;
    }
    return /^(?:\uFEFF)?((?:[ \t]*(?:#[^\n]*)?\r?\n)*)/.exec(text)?.[1] ?? "";
}
