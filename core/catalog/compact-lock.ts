import { lockEntry } from "./lock";
import type { Lock, LockEntry } from "./types";

/**
 * A lock as a stack's state holds it: image -> a line, `1.18 sha256:… since=… history=…,… linux/amd64=…; 1.17 …`. The
 * digest of each tag is written out, for people who read a state; all others as 43 characters of base64url, and what few
 * entries have as JSON.
 */
export type CompactLock = Readonly<Record<string, string>>;

type Rare = Pick<LockEntry, "subset" | "olderSubsets" | "missing">;

const SEPARATOR = "; ";

/** Pure. */
export function compactLock(lock: Lock): CompactLock {
    return Object.fromEntries(
        Object.entries(lock).map(([image, tags]) => [
            image,
            Object.entries(tags)
                .map(([tag, entry]) => `${tag} ${compactEntry(entry)}`)
                .join(SEPARATOR),
        ]),
    );
}

/** The lock again; states of older releases hold it as it is. */
export function expandLock(lock: CompactLock | Lock): Lock {
    return Object.fromEntries(
        Object.entries(lock).map(([image, tags]: [string, string | Lock[string]]) => [
            image,
            typeof tags === "string" ? expandTags(tags) : tags,
        ]),
    );
}

/**
 * A lock without what only its own look needs: the digests before the present one, and for who does not promote from it
 * the times. That is most of it, and `proven` has it too.
 */
export function wishesOf(lock: Lock, keepsTimes: boolean): Lock {
    const wish = ({ history, olderSubsets, since, ...entry }: LockEntry): LockEntry =>
        keepsTimes && since !== undefined ? { ...entry, since } : entry;
    return mapEntries(lock, (_image, _tag, entry) => wish(entry));
}

/** Wishes with the past that the whole lock knows of them. */
export function withPast(wishes: Lock, whole: Lock): Lock {
    return mapEntries(wishes, (image, tag, entry) => {
        const known = lockEntry(whole, image, tag);
        return known?.digest === entry.digest ? { ...known, ...entry } : entry;
    });
}

function mapEntries(lock: Lock, map: (image: string, tag: string, entry: LockEntry) => LockEntry): Lock {
    return Object.fromEntries(
        Object.entries(lock).map(([image, tags]) => [
            image,
            Object.fromEntries(Object.entries(tags).map(([tag, entry]) => [tag, map(image, tag, entry)])),
        ]),
    );
}

function compactEntry({ digest, since, history, platforms, ...rare }: LockEntry): string {
    const names = Object.entries(platforms ?? {}).map(([name, one]) => `@${escaped(name)}=${shorten(one)}`);
    return [
        digest,
        ...(since === undefined ? [] : [`since=${since}`]),
        ...(history === undefined ? [] : [`history=${history.map(shorten).join(",")}`]),
        // Read, and none found, is another thing than never read.
        ...(platforms !== undefined && names.length === 0 ? ["@"] : names),
        ...(Object.keys(rare).length === 0 ? [] : [escaped(JSON.stringify(rare))]),
    ].join(" ");
}

function expandTags(line: string): Lock[string] {
    return Object.fromEntries(
        line.split(SEPARATOR).map((text) => {
            const [tag = "", digest = "", ...fields] = text.split(" ");
            return [tag, expandEntry(digest, fields)] as const;
        }),
    );
}

function expandEntry(digest: string, fields: readonly string[]): LockEntry {
    const platforms: [string, string][] = [];
    let entry: LockEntry = { digest };
    for (const field of fields) {
        const at = field.indexOf("=");
        const [key, value] = [field.slice(0, at), field.slice(at + 1)];
        if (field === "@") {
            entry = { ...entry, platforms: {} };
        } else if (key === "since") {
            entry = { ...entry, since: value };
        } else if (key === "history") {
            entry = { ...entry, history: value === "" ? [] : value.split(",").map(lengthen) };
        } else if (key.startsWith("@")) {
            platforms.push([decodeURIComponent(key.slice(1)), lengthen(value)]);
        } else {
            entry = { ...entry, ...(JSON.parse(decodeURIComponent(field)) as Rare) };
        }
    }
    return platforms.length === 0 ? entry : { ...entry, platforms: Object.fromEntries(platforms) };
}

/** Without what separates: blanks, `=` and `;`; a slash is none. */
function escaped(text: string): string {
    return encodeURIComponent(text).replaceAll("%2F", "/");
}

const SHA256 = "sha256:";

function shorten(digest: string): string {
    const hex = digest.slice(SHA256.length);
    return digest.startsWith(SHA256) && /^[0-9a-f]{64}$/.test(hex)
        ? Buffer.from(hex, "hex").toString("base64url")
        : digest;
}

function lengthen(text: string): string {
    return text.includes(":") ? text : SHA256 + Buffer.from(text, "base64url").toString("hex");
}
