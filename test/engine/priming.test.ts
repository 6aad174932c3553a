import { defineCatalog } from "transship";
import { EcrPriming } from "transship/ecr";
import { expect, it } from "vitest";
import { type CachedImage, type EcrRegistry, primingCatalog } from "../../core/ecr";
import { embedded } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { imageIndex, pushTree, singleImage } from "../support/images";
import { pullThroughCache } from "../support/pull-through";
import { describeWithEngine } from "../support/require-program";

describeWithEngine("priming a pull-through cache on the real engine", (engine) => {
    it("fetches nothing in a preview, each tag once, and a new tag alone", async () => {
        const upstream = await embedded();
        const cache = await pullThroughCache(upstream, "hub");
        const alpine = imageIndex({ seed: "alpine", layers: 1, layerBytes: 10 });
        await pushTree(upstream.host, "library/alpine", alpine, { tag: "3.20" });
        await pushTree(upstream.host, "library/alpine", singleImage({ seed: "next" }), { tag: "3.21" });
        let tags = ["3.20"];
        const program = async () => {
            const catalog = defineCatalog({
                version: 1,
                registries: {
                    hub: { host: upstream.host, kind: "other", insecure: true },
                    cache: {
                        host: cache.registry.host,
                        kind: "ecr",
                        insecure: true,
                        credentials: { from: "anonymous" },
                    },
                },
                images: { alpine: { policy: "keep", source: `${upstream.host}/library/alpine`, tags } },
            });
            // The provider of AWS is not here: the resource alone, as the component makes it.
            const image: CachedImage = { image: "alpine", rule: "hub", repository: "hub/library/alpine", tags };
            const chosen = primingCatalog(catalog, catalog.registries.cache as EcrRegistry, [image]);
            const { digests, different, failed } = new EcrPriming("cache-priming", {
                catalog: chosen,
                onFailure: "fail",
            });
            return { digests, different, failed };
        };
        const stack = await TestStack.open(engine, program);

        const preview = await stack.preview();
        expect(preview.text).toContain("to be primed: alpine:3.20 as hub/library/alpine:3.20");
        expect(cache.asked()).toEqual([]);

        const first = await stack.up();
        expect(first.text).toContain("primed 1 tag at the pull-through cache");
        expect(first.outputs).toEqual({ digests: { alpine: { "3.20": alpine.root } }, different: [], failed: [] });
        expect(cache.asked()).toHaveLength(3);

        tags = ["3.20", "3.21"];
        expect((await stack.up()).changes).toMatchObject({ update: 1 });
        expect(cache.asked()).toEqual(["GET hub/library/alpine:3.21"]);

        expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
        expect(cache.asked().every((one) => one.startsWith("HEAD hub/library/alpine@"))).toBe(true);
    });
});
