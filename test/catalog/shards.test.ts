import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, defineCatalog, listCopies, shardImages } from "../../core/catalog";

/** Images with one to five tags each, at one to three registries. */
function catalogOf(names: readonly string[]): Catalog {
    return defineCatalog({
        version: 1,
        registries: Object.fromEntries(["a", "b", "c"].map((name) => [name, { host: `${name}.example.com` }])),
        images: Object.fromEntries(
            names.map((name, index) => [
                name,
                {
                    source: `docker.io/acme/${name}`,
                    targets: ["a", "b", "c"].slice(0, 1 + (index % 3)),
                    tags: Array.from({ length: 1 + (index % 5) }, (_, tag) => `${tag}`),
                },
            ]),
        ),
    } as Parameters<typeof defineCatalog>[0]);
}

const names = fc.uniqueArray(fc.stringMatching(/^i-[a-z]{1,12}$/), { minLength: 1, maxLength: 120 });
const counts = fc.integer({ min: 1, max: 16 });

function shardsOf(catalog: Catalog, images: readonly string[], count: number): string[][] {
    return Array.from({ length: count }, (_, index) => shardImages(catalog, images, { index: index + 1, count }));
}

describe("the shards of a fleet", () => {
    it("are together the whole, every image in one of them, in its order", () => {
        fc.assert(
            fc.property(names, counts, (images, count) => {
                const catalog = catalogOf(images);
                const shards = shardsOf(catalog, images, count);
                expect(shards.flat().sort()).toEqual([...images].sort());
                for (const shard of shards) {
                    expect(images.filter((name) => shard.includes(name))).toEqual(shard);
                }
            }),
            { numRuns: 50 },
        );
    });

    it("hold no more than a twentieth above an even share of the copies, and one image", () => {
        fc.assert(
            fc.property(names, counts, (images, count) => {
                const catalog = catalogOf(images);
                const copies = (chosen: readonly string[]) => listCopies(catalog, chosen).length;
                const largest = Math.max(...images.map((name) => copies([name])));
                const even = copies(images) / count;
                for (const shard of shardsOf(catalog, images, count)) {
                    expect(copies(shard)).toBeLessThan(even * 1.05 + largest + 1e-9);
                }
            }),
            { numRuns: 50 },
        );
    });

    it("do not depend on the order in which images are named", () => {
        const images = Array.from({ length: 50 }, (_, index) => `image-${index}`);
        const catalog = catalogOf(images);
        const turned = shardsOf(catalog, [...images].reverse(), 4).map((shard) => shard.sort());
        expect(turned).toEqual(shardsOf(catalog, images, 4).map((shard) => shard.sort()));
    });

    it("keep nearly all of their images where one is added or leaves", () => {
        const images = Array.from({ length: 1000 }, (_, index) => `image-${index}`);
        const catalog = catalogOf([...images, "one-more"]);
        const place = (all: readonly string[]) =>
            new Map(shardsOf(catalog, all, 8).flatMap((shard, index) => shard.map((name) => [name, index] as const)));
        const [before, after] = [place(images), place([...images, "one-more"])];
        const moved = images.filter((name) => before.get(name) !== after.get(name)).length;
        expect(moved).toBeLessThan(20);
        const sizes = shardsOf(catalog, images, 8).map((shard) => listCopies(catalog, shard).length);
        expect(Math.max(...sizes) / (sizes.reduce((sum, size) => sum + size) / 8)).toBeLessThan(1.08);
    });

    it("count what selectors may choose, though nobody has listed it", () => {
        const catalog = defineCatalog({
            version: 1,
            registries: { a: { host: "a.example.com" } },
            defaults: { targets: ["a"] },
            images: {
                many: { source: "docker.io/acme/many", tags: { semver: "*", newest: 40 } },
                ...Object.fromEntries(
                    Array.from({ length: 40 }, (_, index) => [
                        `one-${index}`,
                        { source: `docker.io/acme/one-${index}`, tags: ["1"] },
                    ]),
                ),
            },
        } as Parameters<typeof defineCatalog>[0]);
        const sizes = shardsOf(catalog, Object.keys(catalog.images), 2).map((shard) => shard.length);
        expect(Math.min(...sizes)).toBeLessThan(4);
    });
});
