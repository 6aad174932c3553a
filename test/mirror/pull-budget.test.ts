import { describe, expect, it } from "vitest";
import { listCopies } from "../../core/catalog";
import { circumstancesOf, judge, observe, reconcile } from "../../core/mirror";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { embedded, temporaryFolder } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, sha256, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, poolFor, statusOf, sync, verdictsOf } from "./world";

const WINDOW = 3600;

/** A hub with a pull limit whose clock the test holds, and a target. */
async function limited(limit: number, more: Partial<EmbeddedRegistryOptions> = {}) {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const hub = await embedded({ pullLimit: { limit, windowSeconds: WINDOW }, now: () => now, ...more });
    const target = await embedded();
    const openAgain = () => {
        now += WINDOW * 1000;
    };
    return { hub, target, openAgain };
}

function image(hub: EmbeddedRegistry, name: string, more: object = {}): object {
    return { source: `${hub.host}/acme/${name}`, tags: ["1"], targets: ["ghcr"], ...more };
}

async function pushAll(hub: EmbeddedRegistry, trees: Readonly<Record<string, ImageTree>>): Promise<void> {
    for (const [name, tree] of Object.entries(trees)) {
        await pushTree(hub.host, `acme/${name}`, tree, { tag: "1" });
    }
}

/** An index without any white space: its 12 children look like fewer. */
function denseIndex(): { readonly tree: ImageTree; readonly children: number } {
    const platforms = Array.from({ length: 12 }, (_, number) => `linux/arm/v${number + 5}`);
    const tree = imageIndex({ platforms, layers: 1 });
    const root = tree.manifests.at(-1) as ImageTree["manifests"][number];
    const bytes = Buffer.from(JSON.stringify(JSON.parse(root.bytes.toString("utf8"))));
    const digest = sha256(bytes);
    const manifests = [...tree.manifests.slice(0, -1), { ...root, bytes, digest }];
    return { tree: { ...tree, root: digest, manifests }, children: platforms.length };
}

function codesOf({ failures }: Awaited<ReturnType<typeof sync>>): Record<string, string> {
    return Object.fromEntries(failures.map(({ copy, code }) => [copy.image, code]));
}

describe("what a carry spends of a pull limit", () => {
    it("is 1 + P for an index, 1 for a single manifest, and 0 where nothing moved", async () => {
        const { hub, target } = await limited(100);
        await pushAll(hub, {
            list: imageIndex({ platforms: ["linux/amd64", "linux/arm64", "linux/s390x"] }),
            one: singleImage(),
        });
        const catalog = catalogFor({ hub, ghcr: target }, { list: image(hub, "list"), one: image(hub, "one") });
        const first = await sync(catalog);
        expect(first.failures).toEqual([]);
        expect([hub.pullsSpent, first.pullsSpent.get(hub.host)]).toEqual([1 + 3 + 1, 5]);
        const second = await sync(catalog);
        expect([hub.pullsSpent, second.pullsSpent.get(hub.host)]).toEqual([5, 0]);
    });

    it("is the same for two targets, two tags and two images of one digest", async () => {
        const { hub, target } = await limited(100);
        const second = await embedded();
        const tree = imageIndex();
        await pushAll(hub, { list: tree, again: tree });
        await pushTree(hub.host, "acme/list", tree, { tag: "2" });
        const targets = ["ghcr", "second"];
        const done = await sync(
            catalogFor(
                { hub, ghcr: target, second },
                { list: image(hub, "list", { tags: ["1", "2"], targets }), again: image(hub, "again", { targets }) },
            ),
        );
        expect(done.failures).toEqual([]);
        expect(hub.pullsSpent).toBe(3);
    });

    it("is nothing where the target has the image and only a tag is missing, though nothing is left", async () => {
        const { hub, target } = await limited(0);
        const tree = imageIndex();
        await pushAll(hub, { list: tree });
        await pushTree(target.host, "mirror/acme/list", tree, { tag: "other" });
        const done = await sync(catalogFor({ hub, ghcr: target }, { list: image(hub, "list") }));
        expect(done.failures).toEqual([]);
        expect(hub.pullsSpent).toBe(0);
    });

    it("is nothing for repositories that the registry does not count", async () => {
        const { hub, target } = await limited(4, { pullLimit: { limit: 4, unlimited: ["acme/free"] } });
        await pushAll(hub, { free: imageIndex(), list: imageIndex() });
        const catalog = catalogFor(
            { hub, ghcr: target },
            { free: image(hub, "free"), list: image(hub, "list") },
            { hub: { keepRemaining: 1 } },
        );
        expect((await sync(catalog)).failures).toEqual([]);
        expect(hub.pullsSpent).toBe(3);
    });
});

describe("a pull limit that is too small", () => {
    it("never goes below keepRemaining with 16 images at a time, leaves nothing half-done, and goes on when it opens again", async () => {
        const { hub, target, openAgain } = await limited(40);
        const names = Array.from({ length: 20 }, (_, number) => `app-${number}`);
        for (const name of names) {
            await pushAll(hub, { [name]: imageIndex({ layers: 1 }) });
        }
        const catalog = catalogFor(
            { hub, ghcr: target },
            Object.fromEntries(names.map((name) => [name, image(hub, name)])),
            { hub: { keepRemaining: 10 } },
        );
        const first = await sync(catalog);
        expect(hub.pullsSpent).toBe(30);
        expect(first.failures.map(({ code }) => code)).toEqual(Array(10).fill("PULL_BUDGET"));
        expect(first.failures[0]?.message).toMatch(
            /^could not carry app-\d+:1@ghcr: it needs about 3 pulls of [\d.:]+, and 10 of 40 are left, 10 kept back; run it again when more are left$/,
        );
        const complete = await Promise.all(names.map((name) => statusOf(target, `mirror/acme/${name}`, "1")));
        expect(complete.filter((status) => status === 200)).toHaveLength(10);
        expect(target.requests.count({ method: "PUT", kind: "manifest" })).toBe(30);

        const blocked = await sync(catalog);
        expect([hub.pullsSpent, blocked.failures.length]).toEqual([30, 10]);
        openAgain();
        expect((await sync(catalog)).failures).toEqual([]);
        expect(hub.pullsSpent).toBe(60);
        for (const name of names) {
            await resolveWholly(target.host, `mirror/acme/${name}`, "1");
        }
    });

    it("carries the critical images first, then those that cost the fewest pulls", async () => {
        const { hub, target } = await limited(6);
        await pushAll(hub, { big: imageIndex(), middle: imageIndex(), small: singleImage(), urgent: imageIndex() });
        const done = await sync(
            catalogFor(
                { hub, ghcr: target },
                {
                    big: image(hub, "big"),
                    middle: image(hub, "middle"),
                    small: image(hub, "small"),
                    urgent: image(hub, "urgent", { critical: true }),
                },
            ),
        );
        expect(codesOf(done)).toEqual({ big: "PULL_BUDGET", middle: "PULL_BUDGET" });
        expect(hub.pullsSpent).toBe(4);
    });

    it("leaves an index that is larger than its size told before a child is read, and no tag", async () => {
        const { hub, target } = await limited(12);
        const { tree, children } = denseIndex();
        await pushAll(hub, { dense: tree, one: singleImage() });
        const catalog = catalogFor(
            { hub, ghcr: target },
            { dense: image(hub, "dense"), one: image(hub, "one") },
            { hub: { keepRemaining: 1 } },
        );
        const done = await sync(catalog);
        expect(codesOf(done)).toEqual({ dense: "PULL_BUDGET" });
        expect(done.failures[0]?.message).toContain(`it needs ${children} pulls of`);
        expect(hub.pullsSpent).toBe(1 + 1);
        expect(target.requests.count({ method: "PUT", kind: "manifest" })).toBe(1);
        expect(await statusOf(target, "mirror/acme/dense", "1")).toBe(404);
    });

    it("is kept by the client itself, whoever reads", async () => {
        const { hub, target } = await limited(5);
        await pushAll(hub, { one: singleImage() });
        const catalog = catalogFor({ hub, ghcr: target }, { one: image(hub, "one") }, { hub: { keepRemaining: 3 } });
        const client = poolFor(catalog).client("hub");
        const reads = Array.from({ length: 16 }, () => client.getManifest("acme/one", "1"));
        const codes = (await Promise.allSettled(reads)).map((one) =>
            one.status === "rejected" ? one.reason.code : "read",
        );
        expect(codes.filter((code) => code === "read")).toHaveLength(2);
        expect(codes.filter((code) => code === "PULL_BUDGET")).toHaveLength(14);
        expect(hub.pullsSpent).toBe(2);
    });

    it("uses what estimates had set aside too much for further images, in the same run", async () => {
        const { hub, target } = await limited(11);
        // Attestations with annotations make an index look larger than it is: 4 children, 5 by its size.
        const looksLarge = () => imageIndex({ attestations: true });
        await pushAll(hub, { one: looksLarge(), two: looksLarge() });
        const done = await sync(catalogFor({ hub, ghcr: target }, { one: image(hub, "one"), two: image(hub, "two") }));
        expect(done.failures).toEqual([]);
        expect(hub.pullsSpent).toBe(10);
    });

    it("says of an image that needs more than there ever is that it will never fit", async () => {
        const { hub, target } = await limited(4);
        await pushAll(hub, { list: imageIndex({ platforms: ["linux/amd64", "linux/arm64", "linux/s390x"] }) });
        const done = await sync(
            catalogFor({ hub, ghcr: target }, { list: image(hub, "list") }, { hub: { keepRemaining: 2 } }),
        );
        expect(done.failures[0]?.message).toContain("whose limit is 4 with 2 kept back: it will never fit;");
        expect(hub.pullsSpent).toBe(0);
    });

    it("does not stop what another copy of ours has", async () => {
        const { hub, target } = await limited(0);
        const second = await embedded();
        const tree = imageIndex();
        await pushAll(hub, { list: tree });
        await pushTree(target.host, "mirror/acme/list", tree, { tag: "1" });
        const done = await sync(
            catalogFor({ hub, ghcr: target, second }, { list: image(hub, "list", { targets: ["ghcr", "second"] }) }),
        );
        expect(verdictsOf(done)).toEqual([
            "list:1@hub consistent",
            "list:1@ghcr consistent",
            "list:1@second consistent",
        ]);
    });

    it("is shared by two registries of the catalogue that are one account, with the higher keepRemaining", async () => {
        const { hub, target } = await limited(8);
        await pushTree(hub.host, "acme/one", imageIndex(), { tag: "1" });
        await pushTree(hub.host, "mirror/two", imageIndex(), { tag: "1" });
        const rest = { tags: ["1"], targets: ["ghcr"] };
        const catalog = catalogFor(
            { hub, twin: hub, ghcr: target },
            { one: image(hub, "one"), two: { source: `${hub.host}/mirror/two`, ...rest } },
            { hub: { keepRemaining: 1, timeouts: { connect: "5s" } }, twin: { keepRemaining: 3 } },
        );
        expect(Object.values(catalog.images).map(({ source }) => source.registry)).toEqual(["hub", "twin"]);
        expect(Object.values(codesOf(await sync(catalog)))).toEqual(["PULL_BUDGET"]);
        expect(hub.pullsSpent).toBe(3);
    });

    it("keeps back what it must when an answer is lost and the request sent again", async () => {
        let lost = 0;
        const { hub, target } = await limited(8, {
            intercept: (request, response, route) => {
                if (request.method === "GET" && route.kind === "manifest" && lost < 3) {
                    lost += 1;
                    const end = response.end.bind(response);
                    response.end = ((...args: Parameters<typeof end>) => {
                        request.socket.destroy();
                        return end(...args);
                    }) as typeof response.end;
                }
                return false;
            },
        });
        await pushAll(hub, { list: imageIndex(), more: imageIndex() });
        const catalog = catalogFor(
            { hub, ghcr: target },
            { list: image(hub, "list"), more: image(hub, "more") },
            { hub: { keepRemaining: 2 } },
        );
        await sync(catalog, { concurrency: 1 });
        expect(lost).toBe(3);
        expect(hub.pullsSpent).toBeLessThanOrEqual(6);
    });
});

describe("a registry that says 429", () => {
    it("for the pull limit is asked no more, and what waits is told as such", async () => {
        const { hub, target } = await limited(100);
        await pushAll(hub, { list: imageIndex(), one: singleImage() });
        const catalog = catalogFor({ hub, ghcr: target }, { list: image(hub, "list"), one: image(hub, "one") });
        const pool = poolFor(catalog);
        const circumstances = circumstancesOf(catalog, {});
        const judged = judge(catalog, await observe(listCopies(catalog), pool), circumstances);
        // Somebody else spends all of them between the look and the first pull.
        for (let pull = 0; pull < 100; pull += 1) {
            await (await fetch(`http://${hub.host}/v2/acme/one/manifests/1`)).arrayBuffer();
        }
        hub.requests.reset();
        const done = await reconcile(catalog, judged, circumstances, pool, { concurrency: 1 });
        expect(hub.requests.count({ method: "GET", kind: "manifest" })).toBe(1);
        expect(Object.values(codesOf(done)).sort()).toEqual(["PULL_LIMIT", "PULL_LIMIT"]);
        expect(done.failures[0]?.message).toContain(`The pull limit of ${hub.host} is used up`);
    });

    it("against abuse, in plain text and without a word of pulls, is asked again, and all is carried", async () => {
        const root = await temporaryFolder();
        const before = await embedded({ root });
        const trees = Object.fromEntries(Array.from({ length: 6 }, (_, number) => [`app-${number}`, imageIndex()]));
        await pushAll(before, trees);
        await before.close();
        const pullLimit = { limit: 100 };
        const hub = await embedded({ root, pullLimit, requestLimit: { limit: 10, windowSeconds: 0.2 } });
        const target = await embedded();
        const images = Object.fromEntries(Object.keys(trees).map((name) => [name, image(hub, name)]));
        const catalog = catalogFor({ hub, ghcr: target }, images);
        const pool = poolFor(catalog, { retry: { baseMs: 100, maxMs: 300, attempts: 20 } });
        expect((await sync(catalog, { pool })).failures).toEqual([]);
        expect(pool.client("hub").stats.rateLimited).toBeGreaterThan(0);
        // What was refused was not counted.
        expect(hub.pullsSpent).toBe(18);
    });
});
