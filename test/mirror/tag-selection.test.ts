import { describe, expect, it } from "vitest";
import { type Catalog, decideCatalog, type Lock, listCopies } from "../../core/catalog";
import { chooseTags, listingsOf, type SelectionOptions } from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { catalogFor, poolFor } from "./world";

const TAGS = ["0.9.0", "1.0.0", "1.0.1", "1.1.0", "1.1", "latest", "1.0.0.prev-0123456789ab"];

async function hubWith(
    tags: readonly string[],
    options: Parameters<typeof embedded>[0] = {},
): Promise<EmbeddedRegistry> {
    const hub = await embedded(options);
    const tree = singleImage();
    for (const tag of tags) {
        await pushTree(hub.host, "acme/tool", tree, { tag });
    }
    hub.requests.reset();
    return hub;
}

function tool(hub: { readonly host: string }, tags: unknown, more: object = {}): Catalog {
    const image = { source: `${hub.host}/acme/tool`, tags, targets: ["ghcr"], ...more };
    return catalogFor({ hub, ghcr: { host: "127.0.0.1:9" } }, { tool: image });
}

const choose = (catalog: Catalog, options: Partial<SelectionOptions> = {}) =>
    chooseTags(catalog, { listTags: listingsOf(poolFor(catalog, { retry: { attempts: 1 } as never })), ...options });

const lockOf = (...tags: string[]): Lock => ({
    tool: Object.fromEntries(tags.map((tag) => [tag, { digest: `sha256:${"0".repeat(64)}` }])),
});

describe("Tags by selectors", () => {
    it("cost one listing for a repository, however many images and pages", async () => {
        const hub = await hubWith(TAGS, { quirks: { tagPage: 2 } });
        const source = `${hub.host}/acme/tool`;
        const catalog = catalogFor(
            { hub, ghcr: { host: "127.0.0.1:9" } },
            {
                a: { source, tags: { semver: ">=1", newest: 2 }, targets: [{ registry: "ghcr", repository: "a" }] },
                b: {
                    source,
                    tags: ["latest", { regex: "1\\.0\\..*" }],
                    targets: [{ registry: "ghcr", repository: "b" }],
                },
            },
        );
        const { selected, failures } = await choose(catalog);
        expect(selected).toEqual({ a: ["1.1.0", "1.0.1"], b: ["1.0.1", "1.0.0"] });
        expect(failures).toEqual([]);
        expect(hub.requests.snapshot()).toEqual({ "GET tags": 4 });
        const copies = listCopies(decideCatalog(catalog, selected)).filter(({ role }) => role === "target");
        expect(copies.map(({ image, reference }) => `${image}:${reference}`)).toEqual([
            "a:1.1.0",
            "a:1.0.1",
            "b:latest",
            "b:1.0.1",
            "b:1.0.0",
        ]);
    });

    it("cost nothing where all are listed by name", async () => {
        const hub = await hubWith([]);
        expect(await choose(tool(hub, ["1.0.0"]))).toEqual({ selected: {}, failures: [] });
        expect(hub.requests.total).toBe(0);
    });

    it("are those of the lock under locked, at no request", async () => {
        const hub = await hubWith(TAGS);
        const catalog = { ...tool(hub, { semver: ">=1", newest: 2 }), upstream: "locked" as const };
        const { selected } = await choose(catalog, { lock: lockOf("0.9.0", "1.0.0", "1.0.1", "2.0.0-rc.1") });
        expect(selected).toEqual({ tool: ["1.0.1", "1.0.0"] });
        expect(hub.requests.total).toBe(0);
    });

    it("wait under locked for the environment before, and are an error without one", async () => {
        const catalog = { ...tool({ host: "127.0.0.1:9" }, { semver: ">=1" }), upstream: "locked" as const };
        expect((await choose(catalog)).failures).toMatchObject([
            { status: "empty", code: "NOTHING_LOCKED", message: expect.stringContaining('with "transship lock"') },
        ]);
        const promoted = { ...catalog, promoteFrom: "staging" };
        expect((await choose(promoted, { lock: lockOf("0.1.0") })).failures).toMatchObject([
            { status: "waiting", message: expect.stringContaining('the environment "staging" has proven no tag') },
        ]);
    });

    it("that fit nothing are told with what there is, and the image's other selectors go on", async () => {
        const hub = await hubWith(TAGS);
        const { selected, failures } = await choose(tool(hub, [{ semver: ">=9" }, { glob: "lat*" }]));
        expect(selected).toEqual({ tool: ["latest"] });
        expect(failures).toMatchObject([{ image: "tool", registry: "hub", status: "empty", code: "NOTHING_SELECTED" }]);
        expect(failures[0]?.message).toContain(
            `No tag of ${hub.host}/acme/tool fits { semver: ">=9" }, which the image "tool" asks for (of 7 there, such as 1.1, 1.1.0,`,
        );
    });

    it("that a target chooses in vain are told, too", async () => {
        const hub = await hubWith(TAGS);
        const targets = [{ registry: "ghcr", tags: { semver: "<1" } }];
        const { failures } = await choose(tool(hub, { semver: ">=1" }, { targets }));
        expect(failures).toMatchObject([{ registry: "ghcr", status: "empty" }]);
        expect(failures[0]?.message).toContain('which its target "ghcr" asks for');
    });

    it("are unknown where the listing fails, former ones stand in, and no other image is stopped", async () => {
        const intercept: NonNullable<Parameters<typeof embedded>[0]>["intercept"] = (_request, response, route) => {
            if (route.kind !== "tags" || route.repository !== "acme/tool") {
                return undefined;
            }
            response.writeHead(500).end();
            return true;
        };
        const hub = await hubWith(TAGS, { intercept });
        await pushTree(hub.host, "acme/other", singleImage(), { tag: "3.0.0" });
        const make = (name: string) => ({
            source: `${hub.host}/acme/${name}`,
            tags: { semver: ">=1" },
            targets: ["ghcr"],
        });
        const catalog = catalogFor(
            { hub, ghcr: { host: "127.0.0.1:9" } },
            { tool: make("tool"), other: make("other") },
        );
        const { selected, failures } = await choose(catalog, { previous: () => ["1.0.0", "0.9.0"] });
        expect(selected).toEqual({ other: ["3.0.0"], tool: ["1.0.0"] });
        expect(failures).toMatchObject([{ image: "tool", status: "unknown", code: "SERVER_ERROR" }]);
        expect((await choose(catalog)).selected).toEqual({ other: ["3.0.0"] });
    });

    it("are proven to be none where the repository is not there", async () => {
        const hub = await hubWith([]);
        const { failures } = await choose(tool(hub, { semver: ">=1" }));
        expect(failures).toMatchObject([{ status: "empty", code: "NAME_UNKNOWN" }]);
    });

    it("are the first target's after the cut-over, without the names that it gave to others", async () => {
        const hub = await hubWith([]);
        const target = await embedded();
        for (const tag of ["1.0.0", "1.1.0", "stable"]) {
            await pushTree(target.host, "mirror/acme/tool", singleImage(), { tag });
        }
        const catalog = catalogFor(
            { hub, ghcr: target },
            {
                tool: {
                    source: `${hub.host}/acme/tool`,
                    policy: "migrate",
                    phase: "cut-over",
                    tags: [{ from: "1.0.0", to: "stable" }, { glob: "*" }],
                    targets: ["ghcr"],
                },
            },
        );
        expect((await choose(catalog)).selected).toEqual({ tool: ["1.1.0", "1.0.0"] });
        expect(hub.requests.total).toBe(0);
    });
});
