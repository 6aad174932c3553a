import { describe, expect, it } from "vitest";
import { poolFor, sync, verdictsOf } from "../../mirror/world";
import { pushTree, singleImage } from "../../support/images";
import { ecrWorld, HASTY, REPOSITORY } from "./world";

describe("lists of ECR", () => {
    it("are read to their end by its links, whose tokens nobody understands, and never asked for more than 1000", async () => {
        const { app, catalog, quirks } = await ecrWorld({ tagPage: 40 });
        const tags = Array.from({ length: 95 }, (_, index) => `v${index}`);
        for (const tag of tags) {
            quirks.tags.set(`${REPOSITORY}:${tag}`, app.root);
        }
        const found: string[] = [];
        for await (const tag of poolFor(catalog(), HASTY).client("ecr").listTags(REPOSITORY)) {
            found.push(tag);
        }
        expect(found.sort()).toEqual([...tags].sort());
        expect(quirks.of("ListImages").map(({ status }) => status)).toEqual([0, 0, 0]);
    });

    it("that are asked for more are refused, so that the test above is one", async () => {
        const { ecr } = await ecrWorld();
        expect((await fetch(`http://${ecr.host}/v2/${REPOSITORY}/tags/list?n=1001`)).status).toBe(405);
    });
});

describe("layers that another repository of the registry has", () => {
    /** The second image has a layer of the first one, which is in ECR. */
    async function shared(mounts: boolean) {
        const world = await ecrWorld({ mounts });
        const first = singleImage({ seed: "base", layers: 2, layerBytes: 50_000 });
        await pushTree(world.hub.host, "acme/first", first, { tag: "1" });
        await pushTree(world.hub.host, "acme/second", first, { tag: "1" });
        const images = { first: {}, second: {} };
        const wanted = world.catalog(images);
        // The blobs of `first` are named by a manifest by then: ECR mounts no others.
        await sync(world.catalog({ first: {} }), { environment: HASTY });
        world.quirks.calls.length = 0;
        const done = await sync(wanted, { environment: HASTY });
        expect(done.failures).toEqual([]);
        expect(verdictsOf(done)).toContain("second:1@ecr consistent");
        const starts = world.quirks.of("InitiateLayerUpload");
        return {
            starts: starts.map(({ mount }) => mount),
            uploads: world.quirks.of("CompleteLayerUpload").length,
            blobs: first.blobs.size,
        };
    }

    it("are mounted where the account allows it, without a byte", async () => {
        const { starts, uploads, blobs } = await shared(true);
        expect([starts, uploads]).toEqual([Array(blobs).fill(true), 0]);
    });

    it("are uploaded where it does not, in the session that the mount has opened", async () => {
        const { starts, uploads, blobs } = await shared(false);
        expect([starts, uploads]).toEqual([Array(blobs).fill(true), blobs]);
    });
});
