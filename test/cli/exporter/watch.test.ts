import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { see } from "../../../cli/exporter/sighting";
import { pushTree, singleImage } from "../../support/images";
import { mirrored, world } from "../world";
import { valuesOf, watching } from "./watching";

describe("A watch over the images", () => {
    it("tells of drift and its repair, each by the look that saw it", async () => {
        const place = await world();
        await pushTree(place.target.host, "mirror/acme/vault", place.vault, { tag: "1.18" });
        const { watch, lines, news } = watching(place);
        expect(watch.isReady).toBe(false);
        expect(await lines("transship_image_consistent")).toEqual([]);
        const look = async () => {
            await watch.look();
            return valuesOf(await lines("transship_image_consistent"));
        };
        expect(await look()).toEqual({ "vault:1.18@hub": 1, "vault:1.18@ghcr": 1 });
        expect(watch.isReady).toBe(true);
        await pushTree(place.target.host, "mirror/acme/vault", singleImage({ seed: "other" }), { tag: "1.18" });
        expect(await look()).toEqual({ "vault:1.18@hub": 1, "vault:1.18@ghcr": 0 });
        await look();
        await pushTree(place.target.host, "mirror/acme/vault", place.vault, { tag: "1.18" });
        expect(await look()).toEqual({ "vault:1.18@hub": 1, "vault:1.18@ghcr": 1 });
        expect(news.map(([summary]) => summary?.slice(0, 1))).toEqual(["✓", "✗", "✓"]);
        expect(news[1]?.[1]).toContain("✗ vault:1.18@ghcr: have sha256:");
    });

    it("says nothing of a copy that it could not ask for, neither the old 1 nor 0; the last success gets older", async () => {
        const place = await world();
        await pushTree(place.target.host, "mirror/acme/vault", place.vault, { tag: "1.18" });
        const { watch, clock, lines } = watching(place);
        await watch.look();
        await place.target.close();
        clock.now = 2_000_000;
        await watch.look();
        expect(valuesOf(await lines("transship_image_consistent"))).toEqual({ "vault:1.18@hub": 1 });
        expect(await lines("transship_image_verdict")).toEqual([
            expect.stringMatching(/image="vault",tag="1.18",registry="ghcr",.*verdict="unknown"} 1$/),
        ]);
        expect(valuesOf(await lines("transship_registry_up"))).toEqual({ hub: 1, ghcr: 0 });
        expect(await lines("transship_last_success_timestamp_seconds")).toEqual([
            'transship_last_success_timestamp_seconds{environment="default"} 1000',
        ]);
        expect(await lines("transship_last_look_timestamp_seconds")).toEqual([
            'transship_last_look_timestamp_seconds{environment="default"} 2000',
        ]);
        expect(valuesOf(await lines("transship_looks_total"))).toEqual({ complete: 1, incomplete: 1, failed: 0 });
    });

    it("forgets an image and a registry that leave the catalogue, and looks at what came into it", async () => {
        const place = await world();
        await pushTree(place.source.host, "acme/app", singleImage({ seed: "app" }), { tag: "1" });
        const { watch, edit, lines } = watching(place);
        await watch.look();
        edit(({ images }) => {
            images.app = { policy: "keep", source: `${place.source.host}/acme/app`, tags: ["1"] };
            delete images.vault;
        });
        await watch.look();
        expect(valuesOf(await lines("transship_image_consistent"))).toEqual({ "app:1@hub": 1 });
        expect(Object.keys(valuesOf(await lines("transship_registry_up")))).toEqual(["hub"]);
        expect(Object.keys(valuesOf(await lines("transship_registry_requests_total")))).toEqual(["hub", "ghcr"].sort());
        edit(({ registries }) => {
            delete registries.ghcr;
        });
        await watch.look();
        expect(valuesOf(await lines("transship_registry_requests_total"))).toEqual({ hub: 3 });
    });

    it("goes on with the old catalogue after a broken edit, says so once, and says when it is well again", async () => {
        const place = await world();
        const { watch, catalog, said, lines } = watching(place);
        const valid = async () => (await lines("transship_catalog_valid"))[0]?.at(-1);
        await watch.look();
        expect(await valid()).toBe("1");
        const written = readFileSync(catalog, "utf8");
        writeFileSync(catalog, written.replace('"mirror"', '"mirrour"'));
        await watch.look();
        await watch.look();
        expect(await valid()).toBe("0");
        expect(valuesOf(await lines("transship_image_consistent"))).toEqual({
            "vault:1.18@hub": 1,
            "vault:1.18@ghcr": 0,
        });
        expect(said).toEqual([
            expect.stringMatching(/^transship: .*catalog\.yaml:17:17: images\.vault\.policy: must be one of/),
            expect.stringMatching(/^transship: the catalogue is broken; .*until it is corrected\.$/),
        ]);
        writeFileSync(catalog, written);
        await watch.look();
        expect(await valid()).toBe("1");
        expect(said).toHaveLength(3);
        expect(said[2]).toContain("can be read again");
    });

    it("looks at the images that are named, and at no others", async () => {
        const place = await world({
            images: (host) => ({ vault: mirrored(`${host}/acme/vault`), app: mirrored(`${host}/acme/app`, ["1"]) }),
        });
        const { watch, lines } = watching(place, ["vault"]);
        await watch.look();
        expect(Object.keys(valuesOf(await lines("transship_image_consistent")))).toEqual([
            "vault:1.18@hub",
            "vault:1.18@ghcr",
        ]);
        expect(() => watching(place, ["valt"])).toThrow('did you mean "vault"');
    });

    it("drops every verdict where a look has no result, and counts what it asked", async () => {
        const place = await world();
        let isBroken = false;
        const { watch, said, lines } = watching(place, [], async (...look) => {
            const seen = await see(...look);
            if (isBroken) {
                throw new Error("out of memory");
            }
            return seen;
        });
        expect(await watch.look()).toBe("complete");
        isBroken = true;
        expect(await watch.look()).toBe("failed");
        expect(await lines("transship_image_consistent")).toEqual([]);
        expect(valuesOf(await lines("transship_looks_total"))).toEqual({ complete: 1, incomplete: 0, failed: 1 });
        expect(valuesOf(await lines("transship_registry_requests_total"))).toEqual({ hub: 2, ghcr: 2 });
        expect(said).toEqual(["transship: out of memory (TRANSSHIP_DEBUG=1 shows where)"]);
    });

    it("has no result of a look that is broken off, and says nothing of it", async () => {
        const { watch, stop, said, text } = watching(await world());
        const before = await text();
        stop.abort(new Error("stopped"));
        await expect(watch.look()).rejects.toThrow("stopped");
        expect([said, await text()]).toEqual([[], before]);
    });

    it("tells findings, too: what equal digests do not", async () => {
        const place = await world({
            images: (host) => ({ vault: { ...mirrored(`${host}/acme/vault`), critical: true } }),
        });
        const { watch, lines, news } = watching(place);
        await watch.look();
        expect(await lines("transship_finding")).toEqual([
            expect.stringMatching(/code="TOO_FEW_COPIES",severity="drift",image="vault",tag="1\.18",.*\} 1$/),
        ]);
        expect(news[0]?.join("\n")).toContain("vault:1.18");
    });

    it("reads the manifests of a drift once, however many looks see it", async () => {
        const place = await world();
        await pushTree(place.target.host, "mirror/acme/vault", singleImage({ seed: "other" }), { tag: "1.18" });
        const { watch } = watching(place);
        await watch.look();
        const read = place.source.requests.count({ method: "GET", kind: "manifest" });
        expect(read).toBe(1);
        await watch.look();
        await watch.look();
        expect(place.source.requests.count({ method: "GET", kind: "manifest" })).toBe(read);
        expect(place.source.requests.count({ method: "HEAD", kind: "manifest" })).toBe(3);
    });

    it("sums requests over looks, and holds no connection between them", async () => {
        const place = await world();
        const { watch, lines } = watching(place);
        for (let looks = 1; looks <= 3; looks += 1) {
            await watch.look();
            expect(valuesOf(await lines("transship_registry_requests_total"))).toEqual({ hub: looks, ghcr: looks });
        }
        expect(place.source.requests.snapshot()).toMatchObject({ "HEAD manifest": 3 });
        const durations = await lines("transship_registry_request_duration_seconds_count");
        expect(valuesOf(durations)).toEqual({ hub: 3, ghcr: 3 });
    });
});
