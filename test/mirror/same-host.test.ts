import { describe, expect, it } from "vitest";
import type { EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, sync } from "./world";

const IMAGES = 50;

/**
 * Source and target are one host, which mounts nothing: every blob is read from it and written to it, within one limit
 * of requests. A download that held its place while its upload waits for one would wait for ever.
 */
async function carryAtOneHost(
    concurrency: number,
    trees: readonly ImageTree[],
    options: Partial<EmbeddedRegistryOptions> = {},
): Promise<void> {
    const hub = await embedded({ quirks: { noMount: true }, ...options });
    const images: Record<string, object> = {};
    const push = async (tree: ImageTree, number: number) => {
        await pushTree(hub.host, `acme/app-${number}`, tree, { tag: "1" });
        images[`app-${number}`] = { source: `${hub.host}/acme/app-${number}`, tags: ["1"], targets: ["ghcr"] };
    };
    await Promise.all(trees.map(push));
    const limit = { hub: { concurrency }, ghcr: { concurrency } };
    const done = await sync(catalogFor({ hub, ghcr: hub }, images, limit));
    expect(done.failures).toEqual([]);
    await Promise.all(trees.map((_, number) => resolveWholly(hub.host, `mirror/acme/app-${number}`, "1")));
}

describe.each([1, 2])("with source and target on one host, and %i requests at a time", (concurrency) => {
    it(`carries ${IMAGES} images to their end`, async () => {
        await carryAtOneHost(
            concurrency,
            Array.from({ length: IMAGES }, () => singleImage({ layers: 1 })),
        );
    });

    it("carries layers that are larger than what is held in memory", async () => {
        const trees = Array.from({ length: 2 }, () => imageIndex({ layers: 1, layerBytes: 3_000_000 }));
        await carryAtOneHost(concurrency, trees);
    });

    it("reads on where a source hangs up in the middle, though its own upload has the place", async () => {
        const broken = new Set<string>();
        const trees = Array.from({ length: 4 }, () => singleImage({ layers: 1, layerBytes: 300_000 }));
        const blobs = new Map(trees.flatMap((tree) => [...tree.blobs]));
        await carryAtOneHost(concurrency, trees, {
            intercept: ({ method }, response, { kind, reference }) => {
                const bytes = blobs.get(reference);
                if (method !== "GET" || kind !== "blob" || bytes === undefined || broken.has(reference)) {
                    return false;
                }
                broken.add(reference);
                response.writeHead(200, { "content-length": bytes.length });
                response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
                return true;
            },
        });
        expect(broken.size).toBe(blobs.size);
    });
});
