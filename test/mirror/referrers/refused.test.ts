import { describe, expect, it } from "vitest";
import { fallbackTag } from "../../../core/registry";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../../core/registry/embedded";
import { embedded } from "../../support/embedded";
import { artifact, type ImageTree, imageIndex, pushTree, singleImage } from "../../support/images";
import { catalogFor, type Host, rawManifest, statusOf, sync, verdictsOf } from "../world";
import { readReferrers } from "./snapshot";

const COPY = "mirror/acme/app";
type Intercept = NonNullable<EmbeddedRegistryOptions["intercept"]>;

/** Answers a status, with an error document, to what the test chooses. */
const refusing =
    (status: number, code: string, matches: (...args: Parameters<Intercept>) => boolean): Intercept =>
    (request, response, route) => {
        if (!matches(request, response, route)) {
            return false;
        }
        request.resume();
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ errors: [{ code, message: "not here" }] }));
        return true;
    };

const app = (hub: Host, more: object = {}) => ({
    app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], referrers: true, ...more },
});

describe("a referrer that a registry refuses", () => {
    // aws/containers-roadmap#2783: 405 to a manifest with an artifact type; others answer 400, 403, 404 or 500.
    it.each([
        [405, "UNSUPPORTED"],
        [400, "MANIFEST_INVALID"],
        [403, "DENIED"],
        [500, "UNKNOWN"],
    ])("with %i is a warning on it alone; the others and the image arrive", async (status, code) => {
        const tree = imageIndex();
        const [bad, good] = [artifact({ subject: tree }), artifact({ subject: tree })];
        const hub = await embedded();
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(hub.host, "acme/app", bad);
        await pushTree(hub.host, "acme/app", good);
        const isBad: Parameters<typeof refusing>[2] = ({ method }, _response, { reference }) =>
            method === "PUT" && reference === bad.root;
        const target = await embedded({ intercept: refusing(status, code, isBad) });
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect(done.failures).toEqual([]);
        expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr consistent"]);
        expect(done.warnings.map((warning) => warning.code)).toEqual(["REFERRER_REFUSED"]);
        expect(done.warnings[0]?.message).toContain(`app:1@ghcr: the referrer ${bad.root}`);
        expect(done.warnings[0]?.message).toContain(String(status));
        expect(await statusOf(target, COPY, good.root)).toBe(200);
        expect(await statusOf(target, COPY, bad.root)).toBe(404);
    });

    it("or that the source lists and does not have is a warning, too", async () => {
        const tree = singleImage();
        const signature = artifact({ subject: tree });
        const hub = await embedded({
            intercept: refusing(
                404,
                "MANIFEST_UNKNOWN",
                ({ method }, _response, { reference }) => method === "GET" && reference === signature.root,
            ),
        });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(hub.host, "acme/app", signature);
        const target = await embedded();
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect([done.failures, done.warnings.map(({ code }) => code)]).toEqual([[], ["REFERRER_REFUSED"]]);
    });

    it("whose list may not be read is a warning on the image's referrers", async () => {
        const tree = singleImage();
        const intercept = refusing(403, "DENIED", (_request, _response, { kind }) => kind === "referrers");
        const hub = await embedded({ intercept });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const target = await embedded();
        const done = await sync(catalogFor({ hub, ghcr: target }, app(hub)));
        expect([done.failures, done.warnings.map(({ code }) => code)]).toEqual([[], ["REFERRERS_UNREAD"]]);
    });

    it("that names no subject is carried, and it is said that the target cannot list it", async () => {
        const tree = singleImage();
        const stray = artifact();
        const hub = await embedded({ quirks: { noReferrersApi: true } });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(hub.host, "acme/app", stray);
        const { mediaType, digest, bytes } = stray.manifests[0] as ImageTree["manifests"][number];
        const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json" };
        const list = Buffer.from(JSON.stringify({ ...index, manifests: [{ mediaType, digest, size: bytes.length }] }));
        const url = `http://${hub.host}/v2/acme/app/manifests/${fallbackTag(tree.root)}`;
        await fetch(url, { method: "PUT", headers: { "content-type": index.mediaType }, body: new Uint8Array(list) });
        const [api, plain] = [await embedded(), await embedded({ quirks: { noReferrersApi: true } })];
        const done = await sync(catalogFor({ hub, api, plain }, app(hub, { targets: ["api", "plain"] })));
        expect(done.warnings.map(({ copy, code }) => `${copy.registry} ${code}`)).toEqual(["api REFERRER_UNLISTED"]);
        expect(await statusOf(api, COPY, stray.root)).toBe(200);
        // A target that lists by the tag gets the entry, with what it is pulled up.
        expect(await readReferrers(`http://${plain.host}/v2/${COPY}`, tree.root)).toMatchObject([
            { digest: stray.root, artifactType: "application/vnd.example.signature.v1" },
        ]);
    });
});

describe("what passes by itself", () => {
    const failing = (kind: string): Intercept =>
        refusing(503, "UNAVAILABLE", (_request, _response, route) => route.kind === kind);

    it("at the source leaves the tag where it was: the next run brings the image with its signature", async () => {
        const tree = singleImage();
        let down = true;
        const hub = await embedded({ intercept: (...args) => down && failing("referrers")(...args) });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const target = await embedded();
        const catalog = catalogFor({ hub, ghcr: target }, app(hub));
        const done = await sync(catalog, { environment: { retry: { attempts: 2 } } });
        expect(done.failures.map(({ code }) => code)).toEqual(["SERVER_ERROR"]);
        expect(done.failures[0]?.message).toMatch(
            /^could not carry app:1@ghcr: its referrers could not be brought \("referrers: false"/,
        );
        expect(await statusOf(target, COPY, "1")).toBe(404);
        down = false;
        expect((await sync(catalog)).failures).toEqual([]);
        expect((await rawManifest(target, COPY, "1")).digest).toBe(tree.root);
    });

    it("where another copy of ours has the image with its referrers, those are taken, and it is said", async () => {
        const tree = singleImage();
        const signature = artifact({ subject: tree });
        let down = false;
        const hub = await embedded({ intercept: (...args) => down && failing("referrers")(...args) });
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        await pushTree(hub.host, "acme/app", signature);
        const [first, second]: EmbeddedRegistry[] = [await embedded(), await embedded()];
        const registries = { hub, first: first as Host, second: second as Host };
        await sync(catalogFor(registries, app(hub, { targets: ["first"] })));
        down = true;
        const done = await sync(catalogFor(registries, app(hub, { targets: ["first", "second"] })), {
            environment: { retry: { attempts: 2 } },
        });
        expect(done.failures).toEqual([]);
        expect(done.warnings.map(({ copy, code }) => `${copy.registry} ${code}`)).toEqual(["second REFERRERS_UNREAD"]);
        expect(await statusOf(second as Host, COPY, signature.root)).toBe(200);
    });
});
