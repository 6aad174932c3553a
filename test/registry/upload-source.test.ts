import { describe, expect, it } from "vitest";
import { RegistryError } from "../../core/registry";
import { UploadBody, UploadSource } from "../../core/registry/upload-source";

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

const sourceOf = (open: (offset: number) => AsyncIterable<Uint8Array>, reopen = 3) =>
    new UploadSource({
        open: async (offset) => open(offset),
        size: BYTES.length,
        reopen,
        pause: async () => undefined,
        wrongSize: (got) => failure("DIGEST_MISMATCH", `gave ${got}`),
    });

describe("an attempt that failed while it waited for its source", () => {
    it("takes no byte from the attempt after it", async () => {
        let opened = 0;
        let release: (() => void) | undefined;
        const source = sourceOf(async function* (offset) {
            opened += 1;
            if (opened === 1) {
                await new Promise<void>((resolve) => {
                    release = resolve;
                });
            }
            for (let at = offset; at < BYTES.length; at += 100) {
                yield BYTES.subarray(at, at + 100);
            }
        });
        await source.seek(0);
        const first = new UploadBody(source, BYTES.length);
        const waiting = first.next().catch(() => undefined);
        void first.return();
        await source.seek(0);
        const second = new UploadBody(source, BYTES.length);
        const chunks = [(await second.next()).value as Buffer];
        release?.();
        await waiting;
        for await (const chunk of second) {
            chunks.push(chunk as Buffer);
        }
        expect(Buffer.concat(chunks).equals(BYTES)).toBe(true);
    });
});

describe("a source that breaks off again and again after a few bytes", () => {
    it("is given up, however many bytes it would have come to in the end", async () => {
        let opened = 0;
        const source = sourceOf(async function* (offset) {
            opened += 1;
            yield BYTES.subarray(offset, offset + 10);
            throw failure("NETWORK_ERROR", "broke off");
        });
        await source.seek(0);
        const body = new UploadBody(source, BYTES.length);
        const read = async () => {
            for await (const _ of body) {
                // All of it.
            }
        };
        await expect(read()).rejects.toThrow("the source of an upload failed");
        expect(opened).toBe(4);
    });
});

function failure(code: RegistryError["code"], message: string): RegistryError {
    return new RegistryError(code, message, { host: "h", method: "GET", url: "http://h" });
}
