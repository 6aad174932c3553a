import { afterAll, beforeAll, expect, it } from "vitest";
import { type Catalog, defineCatalog, listCopies } from "../../../core/catalog";
import { carriedAmong, circumstancesOf, look } from "../../../core/mirror";
import { RegistryPool } from "../../../core/registry";
import { replicate } from "../../../core/replication";
import { embeddedForFile } from "../../support/embedded";
import { imageIndex, pushTree } from "../../support/images";
import { digestAt } from "./digest";
import { describeAgainst } from "./life";
import { byHand, madeByHand, named } from "./place";
import { sourceOf } from "./source";

/** The whole of `replicateWith: harbor`, without an engine around it. */
describeAgainst("a fleet that a real Harbor carries", (place) => {
    const { prefix, url } = place;
    const project = `${prefix}-carried`;
    const digests: Record<string, string> = {};
    let source = "";
    let pool: RegistryPool | undefined;
    let endpoint = 0;

    const push = async (name: string) => {
        const tree = imageIndex();
        await pushTree(source, `${prefix}/${name}`, tree, { tag: "v1" });
        digests[name] = tree.root;
    };
    const rule = (names: string) => ({
        name: `${prefix}-rule`,
        src_registry: { id: endpoint },
        dest_namespace: project,
        dest_namespace_replace_count: 0,
        trigger: { type: "manual" },
        filters: [
            { type: "name", value: `${prefix}/${names}` },
            { type: "tag", value: "v*", decoration: "matches" },
        ],
        override: true,
        enabled: true,
        single_active_replication: true,
    });
    const carry = async (images: readonly string[]) => {
        await pool?.close();
        const credentials = { from: "config", key: "harbor" } as const;
        const isPlain = { insecure: url.startsWith("http:") };
        const catalog = defineCatalog({
            version: 1,
            defaults: { referrers: false, targets: ["harbor"] },
            registries: {
                hub: { host: new URL(source).host, kind: "distribution", insecure: source.startsWith("http:") },
                harbor: {
                    host: `${new URL(url).host}/${project}`,
                    kind: "harbor",
                    replicateWith: "harbor",
                    credentials,
                    ...isPlain,
                },
            },
            images: Object.fromEntries(
                images.map((name) => [name, { source: `${new URL(source).host}/${prefix}/${name}`, tags: ["v1"] }]),
            ),
        } as never) as Catalog;
        const settings = Object.values(catalog.registries).map(({ prefix: _, ...rest }) => rest);
        const login = { username: place.username, password: place.password };
        pool = new RegistryPool(settings, { env: {}, home: "/nonexistent", credentials: { harbor: login } });
        const copies = listCopies(catalog);
        // What is there is ours, and may be changed.
        const circumstances = circumstancesOf(catalog, {
            carried: carriedAmong(copies),
            onForeignDigest: "overwrite",
        });
        const judged = await look(catalog, copies, circumstances, pool);
        const lines: string[] = [];
        const begun = Date.now();
        const done = await replicate(catalog, judged, circumstances, pool, {
            env: {},
            onLine: (line) => void lines.push(line),
        });
        const failures = done.failures.map(({ code, message }) => `${code}: ${message}`);
        console.log([...lines, ...failures, `${done.replicated.length} in ${Date.now() - begun} ms`].join("\n"));
        return { ...done, lines, failures };
    };

    beforeAll(async () => {
        source = await sourceOf(() => embeddedForFile());
        await push("app");
        await push("web");
        const hub = { name: `${prefix}-hub`, type: "docker-registry", url: source };
        endpoint = await madeByHand(place, "/registries", hub);
        await madeByHand(place, "/projects", { project_name: project });
    });

    afterAll(() => pool?.close());

    it("is missing a rule, and says which one would do", async () => {
        const { failures } = await carry(["app"]);
        expect(failures).toEqual([
            expect.stringMatching(/^RULE_MISSING: could not carry app:v1@harbor: no enabled rule/),
        ]);
    });

    it("is carried by one execution, and right by our own look at the digests", async () => {
        await madeByHand(place, "/replication/policies", rule("{app,web}"));
        const { failures, lines, replicated } = await carry(["app", "web"]);
        expect(failures).toEqual([]);
        expect(replicated).toHaveLength(2);
        expect(lines).toEqual([expect.stringMatching(/: started the execution \d+$/)]);
        expect(await digestAt(place, `${project}/${prefix}/app`, "v1")).toBe(digests.app);
        expect(await digestAt(place, `${project}/${prefix}/web`, "v1")).toBe(digests.web);
    });

    it("starts nothing where nothing is to be carried", async () => {
        const { lines, replicated } = await carry(["app", "web"]);
        expect([lines, replicated]).toEqual([[], []]);
    });

    it("tells by image what Harbor could not carry, in Harbor's own words: a tag that is immutable there", async () => {
        await byHand(place, "POST", `/projects/${project}/immutabletagrules`, {
            action: "immutable",
            template: "immutable_template",
            tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "**" }],
            scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**/web" }] },
        });
        await push("app");
        await push("web");
        const { failures, replicated } = await carry(["app", "web"]);
        expect(replicated.map(({ task }) => task.to.image)).toEqual(["app"]);
        expect(failures).toEqual([
            expect.stringMatching(/^REPLICATION_FAILED: could not carry web:v1@harbor: .*immutable/i),
        ]);
        expect(await digestAt(place, `${project}/${prefix}/app`, "v1")).toBe(digests.app);
    });

    it("says why a rule carries nothing at all: one of its repositories is not at the source", async () => {
        const found = await named(place, "/replication/policies", `${prefix}-rule`);
        await byHand(place, "PUT", `/replication/policies/${found.id}`, { ...found, ...rule("{app,nowhere}") });
        await push("app");
        const { failures, replicated } = await carry(["app"]);
        expect(replicated).toEqual([]);
        expect(failures).toEqual([expect.stringMatching(/could not carry app:v1@harbor: .*nowhere.*404/)]);
    });
});
