import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/**
 * Writes a file at once: a reader sees the old text or the new one, never a half. A link stays a link: what it leads to
 * is replaced. The mode is kept; a new file gets 0644. Throws Node's own errors.
 */
export function replaceFile(path: string, text: string): void {
    const target = realPath(path);
    // The name is this process's own, in the same folder: a rename is atomic within one file system only.
    const draft = `${target}.${randomBytes(6).toString("hex")}.tmp`;
    try {
        const file = openSync(draft, "wx", modeOf(target));
        try {
            writeFileSync(file, text);
            fsyncSync(file);
        } finally {
            closeSync(file);
        }
        renameSync(draft, target);
    } catch (error) {
        rmSync(draft, { force: true });
        throw error;
    }
}

function realPath(path: string): string {
    try {
        return realpathSync.native(path);
    } catch {
        return path;
    }
}

function modeOf(path: string): number {
    return statSync(path, { throwIfNoEntry: false })?.mode ?? 0o644;
}
