import { describe, expect, it } from "vitest";
import { digestOf, MediaType } from "../../core/oci";
import { fallbackTag, isGone } from "../../core/registry";
import { clientOf, json, registryError, scripted } from "./scripted-server";

const DIGEST = `sha256:${"b".repeat(64)}`;
const SIGNATURE = {
    mediaType: MediaType.ociManifest,
    digest: digestOf(Buffer.from("s")),
    size: 1,
    artifactType: "sig/x",
};
const SBOM = { mediaType: MediaType.ociManifest, digest: digestOf(Buffer.from("b")), size: 1, artifactType: "sbom/x" };

async function all(tags: AsyncIterable<string>): Promise<string[]> {
    const found: string[] = [];
    for await (const tag of tags) {
        found.push(tag);
    }
    return found;
}

/** Pages of two tags by `last`, as the specification has them. */
function tagServer(tags: string[], link: (path: string, origin: string) => string = (path) => path) {
    let origin = "";
    const server = scripted((request, response) => {
        const url = new URL(request.url, "http://x");
        const start = tags.indexOf(url.searchParams.get("last") ?? "") + 1;
        const page = tags.slice(start, start + 2);
        const next = `/v2/a/b/tags/list?n=2&last=${page.at(-1)}`;
        const more = start + 2 < tags.length;
        json(response, 200, { name: "a/b", tags: page }, more ? { link: `<${link(next, origin)}>; rel="next"` } : {});
    });
    return server.then((one) => {
        origin = one.origin;
        return one;
    });
}

describe("the listing of tags", () => {
    it.each([
        ["relative", undefined],
        ["absolute", (path: string, origin: string) => origin + path],
    ])("follows %s links to its end", async (_title, link) => {
        const server = await tagServer(["1", "2", "3", "4", "5"], link);
        expect(await all(clientOf(server).listTags("a/b"))).toEqual(["1", "2", "3", "4", "5"]);
        expect(server.seen).toHaveLength(3);
        expect(server.seen[0]?.url).toBe("/v2/a/b/tags/list?n=1000");
    });

    it("asks for no page that nobody wants", async () => {
        const server = await tagServer(["1", "2", "3", "4"]);
        for await (const tag of clientOf(server).listTags("a/b")) {
            expect(tag).toBe("1");
            break;
        }
        expect(server.seen).toHaveLength(1);
    });

    it("takes pages of a hundred at quay, and where a thousand is refused", async () => {
        const quay = await tagServer(["1"]);
        await all(clientOf(quay, { kind: "quay" }).listTags("a/b"));
        expect(quay.seen[0]?.url).toBe("/v2/a/b/tags/list?n=100");
        const picky = await scripted((request, response) =>
            request.url.endsWith("n=1000")
                ? registryError(response, 400, "PAGINATION_NUMBER_INVALID")
                : json(response, 200, { tags: ["1"] }),
        );
        expect(await all(clientOf(picky).listTags("a/b"))).toEqual(["1"]);
        expect(picky.seen.map((one) => one.url)).toEqual(["/v2/a/b/tags/list?n=1000", "/v2/a/b/tags/list?n=100"]);
    });

    it.each([[{ tags: null }], [{}], [{ tags: [] }]])("of %j is empty", async (body) => {
        const server = await scripted((_request, response) => json(response, 200, body));
        expect(await all(clientOf(server).listTags("a/b"))).toEqual([]);
    });

    it("leaves out what is no tag", async () => {
        const server = await scripted((_request, response) =>
            json(response, 200, { tags: ["ok", "../x", 5, "a b", ""] }),
        );
        expect(await all(clientOf(server).listTags("a/b"))).toEqual(["ok"]);
    });

    it.each([
        ["another host's page", "<https://evil.example.com/v2/a/b/tags/list>; rel=next", { tags: [] }, "another host"],
        ["its own page again", "</v2/a/b/tags/list?n=1000&again=1>; rel=next", { tags: [] }, "a second time"],
        ["no object", "", [], "no JSON object"],
        ["tags that are none", "", { tags: "x" }, "holds no tags"],
    ])("with %s is a protocol error", async (_title, link, body, message) => {
        const server = await scripted((_request, response) => json(response, 200, body, link === "" ? {} : { link }));
        await expect(all(clientOf(server).listTags("a/b"))).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            message: expect.stringContaining(message),
        });
    });

    it("of a repository that is not there is gone", async () => {
        const server = await scripted((_request, response) => registryError(response, 404, "NAME_UNKNOWN"));
        expect(isGone(await all(clientOf(server).listTags("a/b")).catch((error: unknown) => error))).toBe(true);
    });
});

describe("referrers", () => {
    const index = (...manifests: unknown[]) => ({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests });

    it("come from the API, page by page", async () => {
        const server = await scripted((request, response) => {
            const second = request.url.includes("page=2");
            const link: Record<string, string> = second
                ? {}
                : { link: `</v2/a/b/referrers/${DIGEST}?page=2>; rel="next"` };
            json(response, 200, index(second ? SBOM : SIGNATURE), { "content-type": MediaType.ociIndex, ...link });
        });
        expect(await clientOf(server).referrers("a/b", DIGEST)).toEqual([SIGNATURE, SBOM]);
    });

    it.each([true, false])(
        "of one type are those of that type, whether the registry filters or not (%s)",
        async (filters) => {
            const server = await scripted((_request, response) =>
                json(
                    response,
                    200,
                    filters ? index(SBOM) : index(SIGNATURE, SBOM),
                    filters ? { "oci-filters-applied": "artifactType" } : {},
                ),
            );
            expect(await clientOf(server).referrers("a/b", DIGEST, "sbom/x")).toEqual([SBOM]);
            expect(server.seen[0]?.url).toBe(`/v2/a/b/referrers/${DIGEST}?artifactType=sbom%2Fx`);
        },
    );

    function withFallback(status: number, headers: Record<string, string> = {}) {
        const bytes = Buffer.from(JSON.stringify(index(SIGNATURE, SBOM)));
        return scripted((request, response) => {
            if (request.url.includes("/referrers/")) {
                response.writeHead(status, headers).end(status === 404 ? "404 page not found" : "");
                return;
            }
            expect(request.url).toBe(`/v2/a/b/manifests/sha256-${"b".repeat(64)}`);
            response
                .writeHead(200, { "content-type": MediaType.ociIndex, "docker-content-digest": digestOf(bytes) })
                .end(bytes);
        });
    }

    it.each([
        [404, {}],
        [303, { location: "https://github.com/404" }],
        [405, {}],
    ])("come from the fallback tag after a %i, and from then on at once", async (status, headers) => {
        const server = await withFallback(status, headers as Record<string, string>);
        const client = clientOf(server, { kind: "ghcr" });
        expect(await client.referrers("a/b", DIGEST)).toEqual([SIGNATURE, SBOM]);
        expect(await client.referrers("a/b", DIGEST, "sbom/x")).toEqual([SBOM]);
        expect(server.seen.map((one) => one.url.split("/")[4])).toEqual(["referrers", "manifests", "manifests"]);
    });

    it("are none where the fallback tag is missing too, and an error where it cannot be asked", async () => {
        const missing = await scripted((request, response) =>
            request.url.includes("/referrers/")
                ? response.writeHead(404).end()
                : registryError(response, 404, "MANIFEST_UNKNOWN"),
        );
        expect(await clientOf(missing).referrers("a/b", DIGEST)).toEqual([]);
        const denied = await scripted((request, response) =>
            request.url.includes("/referrers/")
                ? response.writeHead(404).end()
                : registryError(response, 403, "DENIED"),
        );
        await expect(clientOf(denied).referrers("a/b", DIGEST)).rejects.toMatchObject({ code: "DENIED" });
    });

    it("of one missing repository do not make the API count as missing", async () => {
        const server = await scripted((_request, response) => registryError(response, 404, "NAME_UNKNOWN"));
        const client = clientOf(server);
        expect(await client.referrers("a/b", DIGEST)).toEqual([]);
        expect(await client.referrers("a/b", DIGEST)).toEqual([]);
        expect(server.seen.filter((one) => one.url.includes("/referrers/"))).toHaveLength(2);
    });

    it("have a fallback tag of legal length for either algorithm", () => {
        expect(fallbackTag(DIGEST)).toBe(`sha256-${"b".repeat(64)}`);
        expect(fallbackTag(`sha512:${"c".repeat(128)}`)).toBe(`sha512-${"c".repeat(64)}`);
    });
});
