import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDigest } from "../../oci";

/** Runs what needs a file's folder; makes the folder only when it is missing, so that the usual case costs no call. */
export async function inFolder<T>(file: string, task: () => Promise<T>): Promise<T> {
    try {
        return await task();
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            throw error;
        }
        await mkdir(dirname(file), { recursive: true });
        return task();
    }
}

/**
 * Writes a file so that it is there whole or not at all: a temporary file in `scratch` (the same file system), then a
 * rename. A process that is killed leaves nothing half-done; against a loss of power there is no fsync.
 */
export async function writeWhole(file: string, scratch: string, bytes: string | Uint8Array): Promise<void> {
    const temporary = join(scratch, randomUUID());
    try {
        await writeFile(temporary, bytes, { flag: "wx" });
        await inFolder(file, () => rename(temporary, file));
    } catch (error) {
        await rm(temporary, { force: true });
        throw error;
    }
}

/** `<folder>/sha256/<hex>`: a digest as a path. Only what passed the grammar of digests becomes one. */
export function digestPath(folder: string, digest: string): string {
    const { algorithm, hex } = parseDigest(digest);
    return join(folder, algorithm, hex);
}
