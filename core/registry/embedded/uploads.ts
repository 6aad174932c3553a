import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DigestAlgorithm } from "../../oci";
import { KeyedLock } from "../keyed-lock";
import { Upload } from "./upload";
import { uploadUnknown } from "./wire-error";

/** An upload that nobody touched for so long is given up. Milliseconds. */
const GIVEN_UP_AFTER = 24 * 3600 * 1000;

/** The uploads under way. They live as long as the process: a restart forgets them, and clients begin again. */
export class Uploads {
    private readonly open = new Map<string, Upload>();
    private readonly lock = new KeyedLock();

    constructor(
        private readonly scratch: string,
        private readonly now: () => number,
    ) {}

    async begin(repository: string, algorithm: DigestAlgorithm = "sha256"): Promise<Upload> {
        await this.dropStale();
        const id = randomUUID();
        const upload = new Upload(id, repository, join(this.scratch, id), this.now(), algorithm);
        await writeFile(upload.file, "", { flag: "wx" });
        this.open.set(id, upload);
        return upload;
    }

    /**
     * Runs a step of an upload when its earlier steps have ended: a client whose connection broke may come back before
     * the server has noticed.
     *
     * @throws WireError BLOB_UPLOAD_UNKNOWN, also when the upload belongs to another repository
     */
    step<T>(repository: string, id: string, task: (upload: Upload) => Promise<T>): Promise<T> {
        return this.lock.run(id, async () => {
            const upload = this.open.get(id);
            if (upload === undefined || upload.repository !== repository) {
                throw uploadUnknown();
            }
            upload.touched = this.now();
            return task(upload);
        });
    }

    /** Forgets an upload and deletes its file, if it is still there. */
    async end(upload: Upload): Promise<void> {
        this.open.delete(upload.id);
        await rm(upload.file, { force: true });
    }

    private async dropStale(): Promise<void> {
        const limit = this.now() - GIVEN_UP_AFTER;
        for (const upload of this.open.values()) {
            if (upload.touched < limit) {
                await this.end(upload);
            }
        }
    }
}
