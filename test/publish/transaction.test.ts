import { describe, expect, it } from "vitest";
import { imageIndex, pushTree, singleImage } from "../support/images";
import { build, everywhere, publishTree, refusing, shown, world } from "./world";

const PATH = "mirror/kuzudb/explorer";
/** One attempt each: what a registry refuses stays refused. */
const ONCE = { environment: { retry: { attempts: 1 } } };

/** `latest` and 0.10.0 are published as `first` at all three; `second` is built. */
async function published(options: Parameters<typeof world>[0] = {}) {
    const there = await world(options);
    const [first, second] = [await build(there.ghcr), await build(there.ghcr)];
    expect((await publishTree(there, first, { tags: ["0.10.0", "latest"] })).failures).toEqual([]);
    return { there, first, second };
}

describe("A publication that fails", () => {
    it("moves no tag anywhere while one place has not the image", async () => {
        let isRefused = false;
        const { there, first, second } = await published({
            ecr: { intercept: refusing((method) => isRefused && method === "POST") },
        });
        isRefused = true;
        const done = await publishTree(there, second, { tags: ["0.11.0", "latest"] });
        expect(done.failures).toEqual([
            {
                code: "DENIED",
                registry: "ecr",
                message: expect.stringMatching(/^could not carry explorer:sha256:.*@ecr: /),
            },
        ]);
        expect(done.places.map(({ digest }) => digest)).toEqual(["carried", "origin", "missing"]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
        expect(await shown(there, "0.11.0")).toEqual(everywhere("-"));
        isRefused = false;
        expect((await publishTree(there, second, { tags: ["0.11.0", "latest"] })).failures).toEqual([]);
        expect(await shown(there, "0.11.0")).toEqual(everywhere(second.root));
    });

    it("puts back what has moved where the last place refuses a tag", async () => {
        let isRefused = false;
        const { there, first, second } = await published({
            ecr: {
                intercept: refusing((method, reference) => isRefused && method === "PUT" && reference === "latest"),
            },
        });
        isRefused = true;
        const done = await publishTree(there, second, { tags: ["0.11.0", "latest"] });
        expect(done.failures.map(({ code, registry, tag }) => [code, registry, tag])).toEqual([
            ["DENIED", "ecr", "latest"],
        ]);
        const statuses = done.places.map(({ registry, tags }) => [registry, ...tags.map(({ status }) => status)]);
        expect(statuses).toEqual([
            ["hub", "put-back", "put-back"],
            ["ghcr", "put-back", "put-back"],
            ["ecr", "put-back", "waiting"],
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
        expect(await shown(there, "0.11.0")).toEqual(everywhere("-"));
        isRefused = false;
        expect((await publishTree(there, second, { tags: ["0.11.0", "latest"] })).failures).toEqual([]);
        expect(await shown(there, "latest")).toEqual(everywhere(second.root));
    });

    it("touches no tag where what it shows cannot be kept", async () => {
        let isRefused = false;
        const { there, first, second } = await published({
            ecr: {
                intercept: refusing(
                    (method, reference) => isRefused && method === "PUT" && reference.includes(".prev-"),
                ),
            },
        });
        isRefused = true;
        const done = await publishTree(there, second, { tags: ["latest"] });
        expect(done.failures).toMatchObject([{ code: "DENIED", registry: "ecr" }]);
        expect(done.places.flatMap(({ tags }) => tags.map(({ status }) => status))).toEqual([
            "waiting",
            "waiting",
            "waiting",
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
    });

    it("says exactly which place shows what where a registry dies between two tags", async () => {
        let [isArmed, isDead] = [false, false];
        const { there, first, second } = await published({
            hub: {
                intercept: (request, response, { reference = "" }) => {
                    // It takes the first tag, and dies at the second.
                    isDead ||= request.method === "PUT" && reference === "latest" && isArmed;
                    if (isDead) {
                        request.resume();
                        response.writeHead(503).end();
                    }
                    return isDead;
                },
            },
        });
        isArmed = true;
        const done = await publishTree(there, second, { tags: ["0.11.0", "latest"], ...ONCE });
        isArmed = false;
        expect(done.failures.map(({ code, registry, tag }) => [code, registry, tag])).toEqual([
            ["SERVER_ERROR", "hub", "latest"],
            ["NOT_PUT_BACK", "hub", "0.11.0"],
            ["NOT_PUT_BACK", "hub", "latest"],
        ]);
        expect(done.failures[2]?.message).toContain(
            `explorer:latest@hub, which showed ${first.root} before, could not be put back: it cannot be asked`,
        );
        isDead = false;
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
        expect(await shown(there, "0.11.0")).toEqual({ hub: second.root, ghcr: "-", ecr: "-" });
        // The same again goes on where it stopped, and takes its own digest for no stranger's.
        expect((await publishTree(there, second, { tags: ["0.11.0", "latest"] })).failures).toEqual([]);
        expect(await shown(there, "latest")).toEqual(everywhere(second.root));
    });

    it("tells of a new tag that its registry cannot take away", async () => {
        let isRefused = false;
        const { there, second } = await published({
            hub: { intercept: refusing((method) => isRefused && method === "DELETE") },
            ecr: {
                intercept: refusing((method, reference) => isRefused && method === "PUT" && reference === "0.11.0"),
            },
        });
        isRefused = true;
        const done = await publishTree(there, second, { tags: ["0.11.0"] });
        expect(done.failures.map(({ message }) => message)).toEqual([
            expect.stringContaining("explorer:0.11.0@ecr could not be moved: "),
            `explorer:0.11.0@hub, which was not there before, could not be put back: it shows ${second.root}; run the same again once its registry answers`,
        ]);
        expect(done.places[0]?.tags[0]).toMatchObject({ status: "astray", shows: second.root });
        expect(await shown(there, "0.11.0")).toEqual({ hub: second.root, ghcr: "-", ecr: "-" });
    });

    it("takes a digest for its own that a half-done run has left under the authority's tag", async () => {
        const { there, first, second } = await published();
        // As if the run had died after the first place, whose old digest it had kept everywhere.
        for (const [host, path] of Object.values(there.repositories)) {
            await pushTree(host.host, path, first, { tag: `latest.prev-${first.root.slice(7, 19)}` });
        }
        await pushTree(there.hub.host, "kuzudb/explorer", second, { tag: "latest" });
        expect((await publishTree(there, second, { tags: ["latest"] })).failures).toEqual([]);
        expect(await shown(there, "latest")).toEqual(everywhere(second.root));
    });

    it("is none where an answer was lost and the tag is set", async () => {
        let isLost = false;
        const { there, second } = await published({
            ecr: {
                intercept: async (request, response, { reference }) => {
                    const isTag = request.method === "PUT" && reference === "latest";
                    if (!isLost || !isTag || request.headers["x-kept"] !== undefined) {
                        return false;
                    }
                    const chunks: Buffer[] = [];
                    for await (const chunk of request) {
                        chunks.push(chunk as Buffer);
                    }
                    const headers = { "content-type": request.headers["content-type"] ?? "", "x-kept": "yes" };
                    const url = `http://${request.headers.host}${request.url}`;
                    await fetch(url, { method: "PUT", headers, body: new Uint8Array(Buffer.concat(chunks)) });
                    response.destroy();
                    return true;
                },
            },
        });
        isLost = true;
        const done = await publishTree(there, second, { tags: ["latest"], ...ONCE });
        expect(done.failures).toEqual([]);
        expect(await shown(there, "latest")).toEqual(everywhere(second.root));
    });
});

describe("Immutable tags", () => {
    it("are a success where they show the digest, and one clear error where they show another", async () => {
        const there = await world({ ecr: { immutableTags: true, quirks: { refuseSameDigest: true } } });
        const [first, second] = [imageIndex(), singleImage()];
        await pushTree(there.ghcr.host, PATH, first);
        await pushTree(there.ghcr.host, PATH, second);
        expect((await publishTree(there, first, { tags: ["0.11.0", "latest"] })).failures).toEqual([]);
        expect((await publishTree(there, first, { tags: ["0.11.0", "latest"] })).failures).toEqual([]);
        const done = await publishTree(there, second, { tags: ["latest"] });
        expect(done.failures).toEqual([
            {
                code: "TAG_IMMUTABLE",
                registry: "ecr",
                tag: "latest",
                message: expect.stringContaining("explorer:latest@ecr could not be moved: "),
            },
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
    });
});
