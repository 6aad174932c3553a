import { type FileHandle, open } from "node:fs/promises";
import { createDigester, type DigestAlgorithm, type Digester, parseDigest } from "../../oci";

/** Bytes gathered before a write: one call of the file system for each costs less than one for each packet. */
const BATCH = 1024 * 1024;

/** One upload: a file in the scratch folder that grows in order, and the digest of what is in it so far. */
export class Upload {
    /** Bytes received and written. */
    size = 0;
    private digester: Digester;

    constructor(
        readonly id: string,
        readonly repository: string,
        readonly file: string,
        /** When it was last written to, milliseconds. */
        public touched: number,
        private algorithm: DigestAlgorithm = "sha256",
    ) {
        this.digester = createDigester(algorithm);
    }

    /** Says which digest will be asked for: hashing on the way then saves reading the file again. */
    expect(algorithm: DigestAlgorithm): void {
        if (this.size === 0 && algorithm !== this.algorithm) {
            this.algorithm = algorithm;
            this.digester = createDigester(algorithm);
        }
    }

    /**
     * Appends what comes. When the sender goes away in the middle, this rejects, what came is kept, and `size` says
     * how much: the upload can be resumed there.
     */
    async append(source: AsyncIterable<Buffer>): Promise<void> {
        const handle = await open(this.file, "a");
        const writer = new BatchWriter(handle);
        try {
            for await (const chunk of source) {
                this.digester.update(chunk);
                this.size += chunk.length;
                await writer.add(chunk);
            }
        } finally {
            try {
                await writer.flush();
            } finally {
                await handle.close();
            }
        }
    }

    /** The digest of all bytes, by the algorithm of `wanted`. Reads the file when another was hashed on the way. */
    async digest(wanted: string): Promise<string> {
        const { algorithm } = parseDigest(wanted);
        if (algorithm === this.algorithm) {
            return this.digester.digest();
        }
        const digester = createDigester(algorithm);
        const handle = await open(this.file, "r");
        for await (const chunk of handle.createReadStream({ highWaterMark: BATCH })) {
            digester.update(chunk as Buffer);
        }
        return digester.digest();
    }
}

/** Writes in large pieces, the next one gathered while the last is written. */
class BatchWriter {
    private batch: Buffer[] = [];
    private bytes = 0;
    private writing: Promise<void> = Promise.resolve();

    constructor(private readonly handle: FileHandle) {}

    async add(chunk: Buffer): Promise<void> {
        this.batch.push(chunk);
        this.bytes += chunk.length;
        if (this.bytes >= BATCH) {
            await this.write();
        }
    }

    async flush(): Promise<void> {
        await this.write();
        await this.writing;
    }

    private async write(): Promise<void> {
        await this.writing;
        const { batch, bytes } = this;
        this.batch = [];
        this.bytes = 0;
        if (bytes > 0) {
            this.writing = this.writeAll(batch, bytes);
            // Who awaits it next sees the failure; until then it must not count as unhandled.
            this.writing.catch(() => {});
        }
    }

    private async writeAll(batch: Buffer[], bytes: number): Promise<void> {
        const { bytesWritten } = await this.handle.writev(batch);
        if (bytesWritten !== bytes) {
            throw Object.assign(new Error("The disk took only a part of a write"), { code: "ENOSPC" });
        }
    }
}
