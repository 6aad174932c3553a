import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Broadcast } from "../../core/mirror/broadcast";
import { RegistryError } from "../../core/registry";

const PLENTY = { maxBehind: 1_000_000, stallMs: 60_000 };

function bytes(...lengths: number[]): Buffer[] {
    return lengths.map((length, index) => Buffer.alloc(length, index + 1));
}

/** A source that counts what was taken of it, and whether it was left. */
function sourceOf(chunks: readonly Buffer[], failure?: Error) {
    const state = { taken: 0, left: false };
    async function* generate(): AsyncGenerator<Uint8Array> {
        for (const chunk of chunks) {
            state.taken += chunk.length;
            yield chunk;
        }
        if (failure !== undefined) {
            throw failure;
        }
    }
    const generator = generate();
    const leave = generator.return.bind(generator);
    generator.return = (value) => {
        state.left = true;
        return leave(value);
    };
    return { state, iterator: generator as AsyncIterator<Uint8Array> };
}

async function collect(body: AsyncIterable<Uint8Array>, delay?: () => number): Promise<Buffer> {
    const all: Uint8Array[] = [];
    for await (const chunk of body) {
        all.push(chunk);
        if (delay !== undefined) {
            await pause(delay());
        }
    }
    return Buffer.concat(all);
}

describe("a broadcast", () => {
    it("gives every reader all bytes in order, whatever their speeds and however little they may be behind", async () => {
        const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 });
        await fc.assert(
            fc.asyncProperty(
                lengths,
                fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
                fc.integer({ min: 1, max: 900 }),
                async (sizes, slow, maxBehind) => {
                    const chunks = bytes(...sizes);
                    const broadcast = new Broadcast(sourceOf(chunks).iterator, { maxBehind, stallMs: 60_000 });
                    const readers = slow.map(() => broadcast.reader());
                    const got = await Promise.all(
                        readers.map((reader, index) => collect(reader, slow[index] ? () => 0 : undefined)),
                    );
                    for (const one of got) {
                        expect(one.equals(Buffer.concat(chunks))).toBe(true);
                    }
                },
            ),
            { numRuns: 40 },
        );
    });

    it("reads no further ahead of the slowest reader than it may", async () => {
        const { state, iterator } = sourceOf(bytes(...Array.from({ length: 50 }, () => 100)));
        const broadcast = new Broadcast(iterator, { maxBehind: 500, stallMs: 60_000 });
        const [fast, slow] = [broadcast.reader(), broadcast.reader()];
        const all = collect(fast);
        await pause(20);
        expect(state.taken).toBeLessThanOrEqual(500 + 100);
        expect((await collect(slow)).length).toBe(5000);
        expect((await all).length).toBe(5000);
    });

    it("leaves a reader behind that takes nothing, with a fault after which it may read on by itself", async () => {
        const broadcast = new Broadcast(sourceOf(bytes(...Array.from({ length: 50 }, () => 100))).iterator, {
            maxBehind: 500,
            stallMs: 30,
        });
        const [fast, stalled] = [broadcast.reader(), broadcast.reader()];
        await stalled.next().catch(() => undefined);
        expect((await collect(fast)).length).toBe(5000);
        const error = await stalled.next().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(RegistryError);
        expect((error as RegistryError).code).toBe("NETWORK_ERROR");
    });

    it("goes on without a reader that left, and leaves the source with the last one", async () => {
        const { state, iterator } = sourceOf(bytes(10, 10, 10, 10));
        const broadcast = new Broadcast(iterator, { ...PLENTY, maxBehind: 10 });
        const [one, other] = [broadcast.reader(), broadcast.reader()];
        await one.return?.();
        await other.next();
        await other.next();
        await other.next();
        expect(state.left).toBe(false);
        await other.return?.();
        expect(state.left).toBe(true);
    });

    it("tells every reader what broke the source, after the bytes that came before", async () => {
        const broadcast = new Broadcast(sourceOf(bytes(5, 5), new Error("cut")).iterator, PLENTY);
        const [one, other] = [broadcast.reader(), broadcast.reader()];
        await expect(collect(one)).rejects.toThrow("cut");
        expect((await other.next()).value).toHaveLength(5);
        expect((await other.next()).value).toHaveLength(5);
        await expect(other.next()).rejects.toThrow("cut");
    });
});
