import { isDigest } from "../core/oci";
import type { PackageDeletion } from "../core/packages";
import { UsageError } from "./exit-code";
import { readIfThere, readNamed, writeNamed } from "./files";

/** A record of deletions, for undo: in the order in which they were deleted. */
interface DeletionsFile {
    readonly version: 1;
    readonly deletions: readonly PackageDeletion[];
}

/** What a file lists; it has to be there. @throws UsageError */
export function readDeletions(path: string): readonly PackageDeletion[] {
    return parse(path, readNamed(path));
}

/** The same, nothing where there is no such file. */
export function readDeletionsIfThere(path: string): readonly PackageDeletion[] {
    const text = readIfThere(path);
    return text === undefined ? [] : parse(path, text);
}

/** Replaces it at once. @throws UsageError */
export function writeDeletions(path: string, deletions: readonly PackageDeletion[]): void {
    const file: DeletionsFile = { version: 1, deletions };
    writeNamed(path, `${JSON.stringify(file, undefined, 2)}\n`);
}

/** Also what `--json` printed, and a stack's output `deletions`. */
function parse(path: string, text: string): readonly PackageDeletion[] {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        // Said below.
    }
    const list = Array.isArray(value) ? value : (value as Partial<DeletionsFile> | undefined)?.deletions;
    if (!Array.isArray(list) || !list.every(isDeletion)) {
        throw new UsageError(
            `${path} is no record of deletions: give the file that --record named, or what --json printed.`,
        );
    }
    return list;
}

function isDeletion(value: unknown): value is PackageDeletion {
    const { digest, id, package: name, tags } = (value ?? {}) as Partial<PackageDeletion>;
    return (
        typeof name === "string" &&
        name.includes("/") &&
        Number.isSafeInteger(id) &&
        isDigest(digest) &&
        Array.isArray(tags)
    );
}
