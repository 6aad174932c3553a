import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { TransshipError } from "../../core/errors";
import { UsageError } from "../exit-code";

/**
 * The file that node_exporter's textfile collector reads. A reader sees the old file or the new one, never a half: the
 * draft lies in the same folder, under a name that the collector does not read.
 */
export class Textfile {
    /** @throws UsageError for a name that the collector would pass over; TransshipError TEXTFILE_UNWRITABLE */
    constructor(readonly path: string) {
        if (!path.endsWith(".prom")) {
            throw new UsageError(
                `--textfile ${path} does not end with .prom, and node_exporter reads no other files: rename it; --once alone prints on standard output.`,
            );
        }
        try {
            accessSync(dirname(path), constants.W_OK);
        } catch (error) {
            throw unwritable(path, error);
        }
    }

    /** @throws TransshipError TEXTFILE_UNWRITABLE */
    async write(text: string): Promise<void> {
        const draft = `${this.path}.${randomBytes(6).toString("hex")}.tmp`;
        try {
            // Its reader is another user.
            await writeFile(draft, text, { mode: 0o644, flag: "wx" });
            await rename(draft, this.path);
        } catch (error) {
            await rm(draft, { force: true }).catch(() => undefined);
            throw unwritable(this.path, error);
        }
    }
}

function unwritable(path: string, cause: unknown): TransshipError {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const message = `The metrics cannot be written to ${path} (${why}): make its folder, and let this user write to it.`;
    return new TransshipError("TEXTFILE_UNWRITABLE", message, { cause });
}
