import * as pulumi from "@pulumi/pulumi";
import { type Catalog, defineCatalog, HarborMirror, type HarborMirrorArgs } from "transship";
import { describe, expect, it } from "vitest";
import { type Recorded, type RecordOptions, recordResources } from "../../support/mocks";

const URL = "https://harbor.example.com";
const TYPE = "pulumi-nodejs:dynamic/transship:";

function catalogOf(images: object, more: object = {}): Catalog {
    return defineCatalog({
        version: 1,
        registries: {
            harbor: { host: "harbor.example.com/mirror", kind: "harbor", ...more },
            hub: { host: "docker.io", credentials: { from: "config", key: "dockerhub" } },
            ghcr: { host: "ghcr.io" },
        },
        defaults: { targets: ["harbor"] },
        images,
    } as never) as Catalog;
}

const IMAGES = {
    vault: { source: "docker.io/hashicorp/vault", tags: ["1.18", "1.18.3"] },
    consul: { source: "docker.io/hashicorp/consul", tags: ["1.18", "1.18.3"] },
    alpine: { source: "docker.io/library/alpine", tags: ["3"] },
    api: { source: "ghcr.io/acme/api", tags: ["2"], targets: [{ registry: "harbor", repository: "team/api" }] },
    app: { source: "ghcr.io/acme/app", tags: ["2"], targets: [{ registry: "harbor", repository: "renamed" }] },
};

/** Numbers as Harbor gives them. */
const computed: RecordOptions["computed"] = ({ inputs, name, type }) =>
    type === `${TYPE}HarborRobot`
        ? { objectId: 7, username: `robot$${inputs.name}`, secret: "made by Harbor" }
        : { objectId: 100 + name.length };

function mirror(changes: Partial<HarborMirrorArgs> = {}, options: RecordOptions = {}): Promise<Recorded> {
    return recordResources(
        () => {
            const made = new HarborMirror("m", { catalog: catalogOf(IMAGES), ...changes });
            const { carriedByTransship, endpoints, projects, robot, rules } = made;
            return { carriedByTransship, endpoints, projects, rules, username: robot?.username, secret: robot?.secret };
        },
        { computed, ...options },
    );
}

const namesOf = (recorded: Recorded) => recorded.resources.map(({ name }) => name).sort();
const inputsOf = (recorded: Recorded, name: string) => recorded.resource(name).inputs as Record<string, unknown>;

describe("HarborMirror", () => {
    it("makes all that the catalogue needs there, under names that follow from what they are", async () => {
        const recorded = await mirror();
        expect(namesOf(recorded)).toEqual([
            "m",
            "m-endpoint-ghcr",
            "m-endpoint-hub",
            "m-immutable-mirror/hashicorp",
            "m-project-mirror",
            "m-retention-mirror",
            "m-robot",
            "m-rule-ghcr/mirror/team/api",
            "m-rule-hub/mirror/alpine",
            "m-rule-hub/mirror/hashicorp/consul",
        ]);
        const children = recorded.resources.filter(({ name }) => name !== "m");
        expect(new Set(children.map(({ parent }) => parent))).toEqual(new Set(["transship:harbor:HarborMirror::m"]));
        expect(children.every(({ inputs }) => (inputs as { url: string }).url === URL)).toBe(true);
    });

    it("pulls from endpoints whose logins are named by the catalogue, and never given", async () => {
        const recorded = await mirror({ sources: { ghcr: { credentials: "packages", name: "GitHub" } } });
        expect(inputsOf(recorded, "m-endpoint-hub")).toMatchObject({
            name: "m-hub",
            type: "docker-hub",
            endpoint: "https://hub.docker.com",
            registryCredentials: "dockerhub",
        });
        expect(inputsOf(recorded, "m-endpoint-ghcr")).toMatchObject({
            name: "GitHub",
            type: "github-ghcr",
            endpoint: "https://ghcr.io",
            registryCredentials: "packages",
        });
    });

    it("has rules that wait for their project and name what they bring", async () => {
        const recorded = await mirror({ replication: { schedule: "0 0 2 * * *", singleActive: true } });
        const rule = recorded.resource("m-rule-hub/mirror/hashicorp/consul");
        expect(rule.inputs).toMatchObject({
            name: "m-hub-mirror-hashicorp-consul",
            direction: "pull",
            registryId: 100 + "m-endpoint-hub".length,
            namespace: "mirror",
            flatten: "none",
            filters: { names: "hashicorp/{consul,vault}", tags: { matches: "{1.18,1.18.3}" } },
            trigger: { type: "scheduled", cron: "0 0 2 * * *" },
            singleActive: true,
        });
        expect(rule.dependencies).toContain(`${TYPE}HarborProject::m-project-mirror`);
        expect(recorded.outputs).toMatchObject({
            rules: {
                "m-hub-mirror-hashicorp-consul": {
                    objectId: 100 + "m-rule-hub/mirror/hashicorp/consul".length,
                    source: "hub",
                    images: ["consul", "vault"],
                },
            },
            carriedByTransship: {
                app: [
                    {
                        repository: "mirror/renamed",
                        tags: ["2"],
                        reason: expect.stringMatching(/renames no repository/),
                    },
                ],
            },
            endpoints: { ghcr: 115, hub: 114 },
            projects: { mirror: 116 },
        });
    });

    it("keeps what the catalogue names, and nobody moves its releases", async () => {
        const recorded = await mirror({ retention: { others: { latestPushed: 5 }, schedule: "daily" } });
        expect(inputsOf(recorded, "m-retention-mirror")).toMatchObject({
            project: "mirror",
            schedule: "daily",
            rules: [
                { keep: "always", tags: { matches: expect.stringContaining("*.prev-*") } },
                { keep: { latestPushed: 5 } },
            ],
        });
        expect(inputsOf(recorded, "m-immutable-mirror/hashicorp")).toMatchObject({
            repositories: { matches: "hashicorp/{consul,vault}" },
            tags: { matches: "1.18.3" },
        });
        const without = await mirror({ retention: false, immutableTags: { except: ["vault", "consul"] } });
        expect(namesOf(without).filter((name) => /retention|immutable/.test(name))).toEqual([]);
    });

    it("sets projects as the catalogue and the arguments say, one of them otherwise", async () => {
        const catalog = catalogOf(
            { ...IMAGES, other: { source: "ghcr.io/acme/other", tags: ["1"] } },
            { public: true },
        );
        const recorded = await mirror({
            catalog,
            project: { quota: "50GiB", autoScan: true },
            perProject: { mirror: { quota: "unlimited" } },
        });
        expect(inputsOf(recorded, "m-project-mirror")).toMatchObject({
            public: true,
            quota: "unlimited",
            autoScan: true,
        });
    });

    it("gives CI a robot that pushes to its projects, pulls from caches, and may do nothing else", async () => {
        const recorded = await mirror({
            proxyCaches: { hubcache: { source: "hub", speed: 1000, public: true }, quay: { source: "quay.io" } },
        });
        expect(inputsOf(recorded, "m-robot")).toMatchObject({
            name: "m-ci",
            permissions: [
                { project: "mirror", access: ["pull", "push"] },
                { project: "hubcache", access: ["pull"] },
                { project: "quay", access: ["pull"] },
            ],
        });
        expect(recorded.outputs).toMatchObject({ username: "robot$m-ci" });
        expect(recorded.resource("m-robot").options).toMatchObject({
            additionalSecretOutputs: ["secret", "candidate"],
        });
        expect(inputsOf(recorded, "m-cache-hubcache")).toMatchObject({
            name: "hubcache",
            public: true,
            registryId: 114,
            proxyCache: { speed: 1000 },
        });
        expect(inputsOf(recorded, "m-endpoint-quay.io")).toMatchObject({ type: "quay", endpoint: "https://quay.io" });
        const pulling = await mirror({ robot: { access: "pull", name: "reader" } });
        expect(inputsOf(pulling, "m-robot")).toMatchObject({
            name: "reader",
            permissions: [{ project: "mirror", access: ["pull"] }],
        });
        expect(namesOf(await mirror({ robot: false }))).not.toContain("m-robot");
    });

    it("collects garbage and scans where it is asked to, and says of untagged artifacts what it means", async () => {
        const recorded = await mirror({ garbageCollection: { schedule: "weekly", workers: 2 }, scanAll: "daily" });
        expect(inputsOf(recorded, "m-garbage-collection")).toMatchObject({
            name: "garbage-collection",
            schedule: "weekly",
            deleteUntagged: false,
            workers: 2,
        });
        expect(inputsOf(recorded, "m-scan-all")).toMatchObject({ name: "scan-all", schedule: "daily" });
    });

    it("takes another address, login and what is there already for all of its parts", async () => {
        const recorded = await mirror({ url: pulumi.output("http://10.0.0.1"), credentials: "root", adopt: true });
        for (const { inputs, name } of recorded.resources.filter((one) => one.name !== "m")) {
            expect([name, inputs]).toMatchObject([name, { url: "http://10.0.0.1", credentials: "root", adopt: true }]);
        }
    });

    it("without rules names everything as ours to carry", async () => {
        const recorded = await mirror({ replication: false });
        expect(namesOf(recorded).filter((name) => /rule|endpoint/.test(name))).toEqual([]);
        const { carriedByTransship } = recorded.outputs as { carriedByTransship: object };
        expect(Object.keys(carriedByTransship).sort()).toEqual(Object.keys(IMAGES).sort());
    });
});

describe("A mistake ends the program, before anything is made:", () => {
    const hubCache = { hubcache: { source: "hub" } };
    it.each<[string, Partial<HarborMirrorArgs>, RegExp]>([
        [
            "the forbidden pair",
            { proxyCaches: hubCache, garbageCollection: { schedule: "daily", deleteUntagged: true } },
            /proxy cache "hubcache".*harbor#23570.*leave out "deleteUntagged"/s,
        ],
        ["a project that nothing is in", { perProject: { miror: {} } }, /no image in a project "miror".*"?mirror"?/],
        [
            "a cache where images go",
            { proxyCaches: { mirror: { source: "hub" } } },
            /nothing can be carried to a proxy cache/,
        ],
        [
            "a cache of nothing",
            { proxyCaches: { x: { source: "hubb" } } },
            /"hubb" is no registry of the catalogue and no host.*hub/,
        ],
        ["an unknown source", { sources: { ghrc: {} } }, /no image and no proxy cache comes from "ghrc".*ghcr/],
        ["an unknown image", { immutableTags: { except: ["valt"] } }, /The catalogue has no image "valt".*vault/],
        ["an unknown word", { replication: { locked: "nobody" as never } }, /must be one of "transship", "harbor"/],
        ["a registry that is no Harbor", { registry: "ghcr" }, /is of kind ghcr/],
    ])("%s", async (_, changes, message) => {
        await expect(mirror(changes)).rejects.toThrow(message);
    });

    it("the forbidden pair in two components, whichever comes first", async () => {
        const catalog = catalogOf(IMAGES);
        const cache = () => new HarborMirror("a", { catalog, proxyCaches: hubCache });
        const collect = () =>
            new HarborMirror("b", { catalog, garbageCollection: { schedule: "daily", deleteUntagged: true } });
        for (const [first, second] of [
            [cache, collect],
            [collect, cache],
        ] as const) {
            await expect(
                recordResources(
                    () => {
                        first();
                        second();
                    },
                    { computed },
                ),
            ).rejects.toThrow(/harbor#23570/);
        }
    });

    it("two that set one schedule", async () => {
        const make = (name: string) =>
            new HarborMirror(name, { catalog: catalogOf(IMAGES), garbageCollection: { schedule: "daily" } });
        await expect(recordResources(() => void [make("a"), make("b")], { computed })).rejects.toThrow(
            /is one for the whole registry harbor.example.com, and a sets it already/,
        );
    });
});
