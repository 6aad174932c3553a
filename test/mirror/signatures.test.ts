import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, listCopies } from "../../core/catalog";
import { carryReferrers, circumstancesOf, type Finding, inspect, look } from "../../core/mirror";
import { fallbackTag } from "../../core/registry";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { artifact, type ImageTree, imageIndex, pushTree } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, poolFor } from "./world";

let hook: EmbeddedRegistryOptions["intercept"];
let tree: ImageTree;

beforeEach(() => {
    hook = undefined;
    tree = imageIndex();
});

const OWN = { noReferrersApi: true };

async function registries(
    hubQuirks: object = {},
    targetQuirks: object = {},
): Promise<[EmbeddedRegistry, EmbeddedRegistry]> {
    const hub = await embedded({ quirks: hubQuirks, intercept: (...all) => hook?.(...all) });
    const ghcr = await embedded({ quirks: targetQuirks });
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    await pushTree(ghcr.host, "mirror/acme/app", tree, { tag: "1" });
    return [hub, ghcr];
}

const catalogOf = (hub: Host, ghcr: Host, more: object = {}): Catalog =>
    catalogFor(
        { hub, ghcr },
        { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], referrers: true, ...more } },
    );

async function findingsOf(catalog: Catalog): Promise<readonly Finding[]> {
    const circumstances = circumstancesOf(catalog);
    const pool = poolFor(catalog);
    const judged = await look(catalog, listCopies(catalog), circumstances, pool);
    return (await inspect(catalog, judged, circumstances, pool, { signatures: true })).findings;
}

async function complete(catalog: Catalog): Promise<void> {
    const circumstances = circumstancesOf(catalog);
    const pool = poolFor(catalog);
    const judged = await look(catalog, listCopies(catalog), circumstances, pool);
    const done = await carryReferrers(catalog, judged, pool);
    expect(done.flatMap(({ error }) => error ?? [])).toEqual([]);
}

/** A signature of the image, or of a child of it, listed as the source does it. */
async function sign(hub: Host, catalog: Catalog, subject: ImageTree, withApi: boolean): Promise<ImageTree> {
    const signature = artifact({ subject });
    await pushTree(hub.host, "acme/app", signature);
    if (!withApi) {
        const { root: digest, mediaType, manifests } = signature;
        const entry = { digest, mediaType, size: manifests.at(-1)?.bytes.length ?? 0 };
        await poolFor(catalog).client("hub").addReferrers("acme/app", subject.root, [entry]);
    }
    return signature;
}

describe("the referrers of a copy", () => {
    it.each([
        ["with the API at both ends", {}, {}],
        ["with the API at the source alone", {}, OWN],
        ["with the API at the target alone", OWN, {}],
        ["without the API", OWN, OWN],
    ])("are drift where the target lacks one, and none once it was brought, %s", async (_title, ours, theirs) => {
        const [hub, ghcr] = await registries(ours, theirs);
        const catalog = catalogOf(hub, ghcr);
        expect(await findingsOf(catalog)).toEqual([]);
        const signature = await sign(hub, catalog, tree, ours !== OWN);
        const [finding, ...others] = await findingsOf(catalog);
        expect(others).toEqual([]);
        expect(finding).toEqual({
            code: "REFERRERS_MISSING",
            severity: "drift",
            image: "app",
            tag: "1",
            registry: "ghcr",
            repository: "mirror/acme/app",
            reference: "1",
            message:
                `app:1@ghcr lacks one referrer (signatures, SBOMs) that hub has: ${signature.root}; ` +
                '"transship sync --referrers" brings what is lacking',
        });
        await complete(catalog);
        expect(await findingsOf(catalog)).toEqual([]);
    });

    it("are asked for of the children, and of the referrers themselves", async () => {
        const [hub, ghcr] = await registries();
        const catalog = catalogOf(hub, ghcr);
        const child = {
            ...tree,
            ...tree.manifests[0],
            root: tree.manifests[0]?.digest ?? "",
            manifests: tree.manifests.slice(0, 1),
        };
        const sbom = await sign(hub, catalog, child, true);
        const signature = await sign(hub, catalog, sbom, true);
        const [finding] = await findingsOf(catalog);
        expect(finding?.message).toContain("lacks 2 referrers");
        expect(finding?.message).toContain(sbom.root);
        expect(finding?.message).toContain(signature.root);
        await complete(catalog);
        expect(await findingsOf(catalog)).toEqual([]);
    });

    it("include tags such as .sig, also one that the source has added to since", async () => {
        const [hub, ghcr] = await registries();
        const catalog = catalogOf(hub, ghcr);
        const tag = `${fallbackTag(tree.root)}.sig`;
        await pushTree(hub.host, "acme/app", artifact({ seed: "one" }), { tag });
        expect((await findingsOf(catalog))[0]?.message).toContain(tag);
        await complete(catalog);
        expect(await findingsOf(catalog)).toEqual([]);
        await pushTree(hub.host, "acme/app", artifact({ seed: "two" }), { tag });
        expect((await findingsOf(catalog)).map(({ code }) => code)).toEqual(["REFERRERS_MISSING"]);
    });

    it("that a target has besides are its own affair", async () => {
        const [hub, ghcr] = await registries();
        await pushTree(ghcr.host, "mirror/acme/app", artifact({ subject: tree }));
        expect(await findingsOf(catalogOf(hub, ghcr))).toEqual([]);
    });

    it("are not asked for where the catalogue wants none", async () => {
        const [hub, ghcr] = await registries();
        await pushTree(hub.host, "acme/app", artifact({ subject: tree }));
        hub.requests.reset();
        expect(await findingsOf(catalogOf(hub, ghcr, { referrers: false }))).toEqual([]);
        expect(hub.requests.snapshot()).toEqual({ "HEAD manifest": 1 });
    });

    it("are unknown where the source cannot be asked, and never drift", async () => {
        const [hub, ghcr] = await registries();
        await pushTree(hub.host, "acme/app", artifact({ subject: tree }));
        hook = (_request, response, route) => {
            if (route.kind === "referrers") {
                response.writeHead(429).end();
            }
            return route.kind === "referrers";
        };
        expect(await findingsOf(catalogOf(hub, ghcr))).toMatchObject([
            { code: "REFERRERS_UNKNOWN", severity: "unknown", registry: "ghcr" },
        ]);
    });

    it("cost a question for each manifest at each end, a listing each, and the index once", async () => {
        const [hub, ghcr] = await registries();
        [hub, ghcr].forEach(({ requests }) => void requests.reset());
        await findingsOf(catalogOf(hub, ghcr));
        expect(hub.requests.snapshot()).toEqual({ "GET referrers": 3, "GET tags": 1, "HEAD manifest": 1 });
        expect(ghcr.requests.snapshot()).toEqual({
            "GET manifest": 1,
            "GET referrers": 3,
            "GET tags": 1,
            "HEAD manifest": 1,
        });
    });
});

describeWith(["docker-registry"], "the referrers at a real registry", (programs) => {
    it("are found missing, and found again", async () => {
        const target = await startDockerRegistry(programs["docker-registry"]);
        try {
            const [hub] = await registries();
            await pushTree(target.host, "mirror/acme/app", tree, { tag: "1" });
            const catalog = catalogOf(hub, target);
            await pushTree(hub.host, "acme/app", artifact({ subject: tree }));
            expect((await findingsOf(catalog)).map(({ code }) => code)).toEqual(["REFERRERS_MISSING"]);
            await complete(catalog);
            expect(await findingsOf(catalog)).toEqual([]);
        } finally {
            await target.close();
        }
    });
});
