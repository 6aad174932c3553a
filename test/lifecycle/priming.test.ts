import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, compactCatalog, defineCatalog } from "../../core/catalog";
import { cachedImages, type EcrRegistry, type PrimingChoice, primingCatalog, pullThroughRules } from "../../core/ecr";
import type { PrimingInputs, PrimingOutputs } from "../../core/lifecycle";
import { primingHooks } from "../../core/lifecycle/priming";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { type PullThroughCache, pullThroughCache } from "../support/pull-through";
import { Resource } from "./stack";

let upstream: EmbeddedRegistry;
let cache: PullThroughCache;
let alpine: ImageTree;
let vault: ImageTree;

beforeEach(async () => {
    upstream = await embedded();
    cache = await pullThroughCache(upstream, "hub");
    alpine = imageIndex({ seed: "alpine", attestations: true, layers: 1, layerBytes: 10 });
    vault = singleImage({ seed: "vault", layers: 1, layerBytes: 10 });
    await pushTree(upstream.host, "library/alpine", alpine, { tag: "3.20" });
    await pushTree(upstream.host, "acme/vault", vault, { tag: "1.18" });
});

const PLACES = ["library/alpine", "acme/vault"] as const;

function catalogOf(tags: { readonly alpine?: readonly string[]; readonly vault?: readonly string[] } = {}): Catalog {
    return defineCatalog({
        version: 1,
        registries: {
            hub: { host: upstream.host, kind: "other", insecure: true },
            cache: { host: cache.registry.host, kind: "ecr", insecure: true, credentials: { from: "anonymous" } },
        },
        images: {
            alpine: { policy: "keep", source: `${upstream.host}/library/alpine`, tags: [...(tags.alpine ?? ["3.20"])] },
            vault: { policy: "keep", source: `${upstream.host}/${PLACES[1]}`, tags: [...(tags.vault ?? ["1.18"])] },
        },
    });
}

function inputsOf(
    catalog = catalogOf(),
    choice: PrimingChoice = {},
    onFailure: PrimingInputs["onFailure"] = "fail",
): PrimingInputs {
    // The table has no upstream on this machine; everything else is the component's own way.
    const [rule] = pullThroughRules([{ key: "hub", upstream: "quay", hasCredentials: false, hasRole: false }]);
    const rules = rule === undefined ? [] : [{ ...rule, host: upstream.host }];
    const registry = catalog.registries.cache as EcrRegistry;
    const chosen = primingCatalog(catalog, registry, cachedImages(catalog, rules), choice);
    return { catalog: compactCatalog(chosen, Object.keys(chosen.images)), onFailure };
}

function resource(): Resource<PrimingInputs, PrimingOutputs> {
    return new Resource<PrimingInputs, PrimingOutputs>(
        (session) => primingHooks(() => session),
        () => new Date(0),
    );
}

const short = (digest: string | undefined): string => (digest ?? "").slice(7, 19);
const children = (): string[] =>
    alpine.manifests.slice(0, 2).map(({ digest }) => `hub/library/alpine@${short(digest)}`);

describe("A cache that ignores a first pull by digest", () => {
    it("has nothing of an image until it is primed, and then has all of it by digest", async () => {
        const url = `http://${cache.registry.host}/v2/hub/library/alpine/manifests/${alpine.root}`;
        const headers = { accept: "*/*" };
        expect((await fetch(url, { headers })).status).toBe(404);
        expect((await resource().up(inputsOf())).step).toBe("create");
        expect((await fetch(url, { headers })).status).toBe(200);
    });
});

describe("Priming", () => {
    it("asks no registry in a preview, and says what it will prime", async () => {
        const ran = await resource().preview(inputsOf());
        expect(ran).toMatchObject({
            step: "create",
            lines: [
                "to be primed: alpine:3.20 as hub/library/alpine:3.20",
                "to be primed: vault:1.18 as hub/acme/vault:1.18",
            ],
        });
        expect(cache.asked()).toEqual([]);
        expect(cache.fetched).toEqual([]);
    });

    it("pulls by tag, then each platform's child by digest, and no attestation", async () => {
        const stack = resource();
        const ran = await stack.up(inputsOf());
        expect(ran.reasons).toEqual([]);
        expect(cache.asked().filter((one) => one.includes("alpine"))).toEqual([
            "GET hub/library/alpine:3.20",
            ...children().map((one) => `GET ${one}`),
        ]);
        expect([...cache.fetched].sort()).toEqual(
            ["hub/acme/vault:1.18", "hub/library/alpine:3.20", ...children()].sort(),
        );
        expect(stack.state?.outputs).toMatchObject({
            digests: { alpine: { "3.20": alpine.root }, vault: { "1.18": vault.root } },
            different: [],
            failed: [],
        });
        expect(ran.lines.at(-1)).toBe("primed 2 tags at the pull-through cache");
    });

    it("primes nothing when nothing changed, and a new tag alone", async () => {
        const stack = resource();
        await stack.up(inputsOf());
        cache.asked();
        expect((await stack.up(inputsOf())).step).toBe("same");
        expect(cache.asked()).toEqual([]);

        await pushTree(upstream.host, "acme/vault", singleImage({ seed: "new" }), { tag: "1.19" });
        const more = inputsOf(catalogOf({ vault: ["1.18", "1.19"] }));
        const preview = await stack.preview(more);
        expect(preview).toMatchObject({ step: "update", lines: ["to be primed: vault:1.19 as hub/acme/vault:1.19"] });
        expect(cache.asked()).toEqual([]);
        await stack.up(more);
        expect(cache.asked()).toEqual(["GET hub/acme/vault:1.19"]);
        expect(Object.keys(stack.state?.outputs.digests.vault ?? {})).toEqual(["1.18", "1.19"]);

        await stack.up(inputsOf());
        expect(cache.asked()).toEqual([]);
        expect(Object.keys(stack.state?.outputs.digests.vault ?? {})).toEqual(["1.18"]);
    });

    it("has only the platforms fetched that are wanted, and says which one an image does not have", async () => {
        const stack = resource();
        await stack.up(inputsOf(catalogOf(), { images: ["alpine"], platforms: ["linux/arm64", "linux/s390x"] }));
        expect(cache.asked()).toEqual(["GET hub/library/alpine:3.20", `GET ${children()[1]}`]);
        expect(stack.state?.outputs.different).toEqual(["alpine:3.20: it has no linux/s390x"]);
        await stack.up(inputsOf(catalogOf(), { images: ["alpine"], platforms: ["linux/amd64"] }));
        expect(cache.asked()).toEqual(["GET hub/library/alpine:3.20", `GET ${children()[0]}`]);
        expect(stack.state?.outputs.different).toEqual([]);
    });

    it("says where the cache still has what the source has moved away from, and keeps the cache's digest", async () => {
        await fetch(`http://${cache.registry.host}/v2/hub/acme/vault/manifests/1.18`, { headers: { accept: "*/*" } });
        const moved = singleImage({ seed: "moved" });
        await pushTree(upstream.host, "acme/vault", moved, { tag: "1.18" });
        const stack = resource();
        const ran = await stack.up(inputsOf());
        const line = `vault:1.18: the cache has ${vault.root}, and ${upstream.host} has ${moved.root}: ECR asks for a cached tag once in 24 hours`;
        expect(stack.state?.outputs.different).toEqual([line]);
        expect(ran.lines).toContain(line);
        expect(stack.state?.outputs.digests.vault).toEqual({ "1.18": vault.root });
    });

    it("primes again, after a refresh, what the cache has lost; a refresh has nothing fetched", async () => {
        const stack = resource();
        await stack.up(inputsOf());
        cache.asked();
        await stack.refresh();
        expect(cache.asked().sort()).toEqual([
            `HEAD hub/acme/vault@${short(vault.root)}`,
            `HEAD hub/library/alpine@${short(alpine.root)}`,
        ]);
        expect((await stack.preview(inputsOf())).step).toBe("same");
        cache.fail("hub/acme/vault", { status: 404, code: "NAME_UNKNOWN", message: "no such repository" });
        await stack.refresh();
        cache.fail("hub/acme/vault", undefined);
        cache.asked();
        expect(await stack.up(inputsOf())).toMatchObject({ step: "update" });
        expect(cache.asked()).toEqual(["GET hub/acme/vault:1.18"]);
    });

    it("takes what a refresh cannot ask to be there", async () => {
        const stack = resource();
        await stack.up(inputsOf());
        cache.fail("hub/acme/vault", { status: 403, code: "DENIED", message: "not authorized" });
        await stack.refresh();
        expect(stack.state?.outputs.digests.vault).toEqual({ "1.18": vault.root });
    });

    it("compares with what can be asked: a source that refuses is told, and is no failure", async () => {
        const stack = resource();
        const inputs = inputsOf();
        await fetch(`http://${cache.registry.host}/v2/hub/acme/vault/manifests/1.18`, { headers: { accept: "*/*" } });
        await fetch(`http://${upstream.host}/v2/acme/vault/manifests/1.18`, { method: "DELETE" });
        await stack.up(inputs);
        expect(stack.state?.outputs.different).toEqual([
            expect.stringMatching(/^vault:1\.18: not compared with its source: /),
        ]);
    });

    it("destroys nothing", async () => {
        const stack = resource();
        await stack.up(inputsOf());
        cache.asked();
        expect((await stack.destroy()).step).toBe("deleted");
        expect(cache.asked()).toEqual([]);
    });
});

describe("An image that cannot be primed", () => {
    const FAULTS = [
        [
            { status: 404, code: "NAME_UNKNOWN", message: "The repository does not exist" },
            /lacks "ecr:CreateRepository" and "ecr:BatchImportUpstreamImage" for the repository hub\/acme\/vault\.$/,
        ],
        [
            { status: 404, code: "MANIFEST_UNKNOWN", message: "Requested image not found" },
            /has no tag 1\.18, or whoever deploys lacks "ecr:BatchImportUpstreamImage" for the repository hub\/acme\/vault\.$/,
        ],
        [
            { status: 403, code: "DENIED", message: "not authorized to perform: ecr:BatchImportUpstreamImage" },
            /not authorized to perform: ecr:BatchImportUpstreamImage.*grant "ecr:BatchImportUpstreamImage" and "ecr:CreateRepository"/,
        ],
        [
            { status: 429, code: "TOOMANYREQUESTS", message: "the upstream's pull rate limit" },
            /the limit is the cache's or the upstream's/,
        ],
    ] as const;

    it.each(FAULTS)("is named with what to do: %j", async (fault, advice) => {
        cache.fail("hub/acme/vault", fault);
        const stack = resource();
        const ran = await stack.up(inputsOf());
        expect(ran.step).toBe("failed");
        // A limit ends the pulls of the other images too.
        const [reason] = ran.reasons.filter((one) => one.startsWith("vault:1.18 was not primed: "));
        expect(ran.reasons).toHaveLength(fault.status === 429 ? 2 : 1);
        expect(reason).toMatch(advice);
    });

    it("leaves what was primed, and the next deploy goes on with the rest", async () => {
        cache.fail("hub/acme/vault", FAULTS[2][0]);
        const stack = resource();
        await stack.up(inputsOf());
        expect(stack.state).toMatchObject({ failed: true, outputs: { digests: { alpine: { "3.20": alpine.root } } } });
        cache.fail("hub/acme/vault", undefined);
        cache.asked();
        expect((await stack.up(inputsOf())).step).toBe("update");
        expect(cache.asked()).toEqual(["GET hub/acme/vault:1.18"]);
        expect(stack.state?.outputs).toMatchObject({ failed: [], digests: { vault: { "1.18": vault.root } } });
    });

    it("is only told where failures are warnings, and stays due", async () => {
        cache.fail("hub/acme/vault", FAULTS[1][0]);
        const stack = resource();
        const inputs = inputsOf(catalogOf(), {}, "warn");
        const ran = await stack.up(inputs);
        expect(ran.step).toBe("create");
        expect(ran.lines.some((line) => line.startsWith("vault:1.18 was not primed: "))).toBe(true);
        expect(stack.state?.outputs.failed).toHaveLength(1);
        expect((await stack.preview(inputs)).step).toBe("update");
    });
});
