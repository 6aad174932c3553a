import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { mirrored, world } from "../world";
import { watching } from "./watching";

const LOOKS = 100;
/** So many until all that V8 compiles and remembers of the code is there. */
const WARM = 50;
const IMAGES = 40;
const MEBIBYTE = 1024 * 1024;

function collectGarbage(): void {
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
}

describe("An exporter that runs for long", () => {
    it(`needs no more memory after ${LOOKS} looks, and between two of them it has no connection open`, async () => {
        const open = new Set<Socket>();
        let opened = 0;
        const place = await world({
            images: (host) =>
                Object.fromEntries(
                    Array.from({ length: IMAGES }, (_, index) => [
                        `image-${index}`,
                        mirrored(`${host}/acme/i${index}`),
                    ]),
                ),
            source: {
                intercept: ({ socket }) => {
                    if (!open.has(socket)) {
                        opened += 1;
                        open.add(socket);
                        socket.once("close", () => open.delete(socket));
                    }
                    return false;
                },
            },
        });
        // The world was filled by connections of the test's own.
        open.clear();
        opened = 0;
        const { watch, text } = watching(place);
        let heads = 0;
        const usage = async (looks: number): Promise<number> => {
            for (let look = 0; look < looks; look += 1) {
                await watch.look();
                await text();
            }
            await expect.poll(() => open.size).toBe(0);
            heads += place.source.requests.count({ method: "HEAD" });
            // The registries live in this process, too: what they remember of the requests is none of the exporter's.
            place.source.requests.reset();
            place.target.requests.reset();
            collectGarbage();
            return process.memoryUsage().heapUsed;
        };
        const before = await usage(WARM);
        const after = await usage(LOOKS - WARM);
        expect(opened).toBeGreaterThanOrEqual(LOOKS);
        expect(heads).toBe(LOOKS * IMAGES);
        // 50 looks of 80 copies take some 0.2 MiB; a look that were kept would be about 0.1 MiB.
        expect(after - before).toBeLessThan(1 * MEBIBYTE);
    });
});
