import { describe, expect, it } from "vitest";
import { type Descriptor, digestOf, MediaType } from "../../core/oci";
import { fallbackTag } from "../../core/registry";
import { embedded } from "../support/embedded";
import { FAMILIES, imageIndex, pushTree, singleImage } from "../support/images";
import { clientOf, json, scripted } from "./scripted-server";

const SUBJECT = `sha256:${"b".repeat(64)}`;
const entry = (fill: string, more: object = {}): Descriptor => ({
    mediaType: MediaType.ociManifest,
    digest: `sha256:${fill.repeat(64)}`,
    size: 7,
    ...more,
});

describe("The list of referrers under the fallback tag", () => {
    /** A registry that keeps one manifest, by tag. */
    async function keeping(first: object | undefined) {
        const bytes: Buffer | undefined = first && Buffer.from(JSON.stringify(first));
        const kept: { bytes: Buffer | undefined; puts: number } = { bytes, puts: 0 };
        const server = await scripted((request, response) => {
            if (request.method === "PUT") {
                kept.bytes = request.body;
                kept.puts += 1;
                response.writeHead(201).end();
            } else if (kept.bytes === undefined) {
                json(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
            } else {
                const headers = { "content-type": MediaType.ociIndex, "docker-content-digest": digestOf(kept.bytes) };
                response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : kept.bytes);
            }
        });
        return { kept, client: clientOf(server), server };
    }

    it("is written as Go's clients write it, so that both get one digest", async () => {
        const { kept, client } = await keeping(undefined);
        const annotations = { z: "<b> & \u2028", a: "1" };
        await client.addReferrers("a/b", SUBJECT, [entry("c", { artifactType: "x/y", annotations })]);
        expect(kept.bytes?.toString()).toBe(
            `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":` +
                `"application/vnd.oci.image.manifest.v1+json","digest":"sha256:${"c".repeat(64)}","size":7,"annotations":` +
                `{"a":"1","z":"\\u003cb\\u003e \\u0026 \\u2028"},"artifactType":"x/y"}]}`,
        );
    });

    it("keeps what is in it, also what is not understood, and is not written where nothing is new", async () => {
        const old = { ...entry("d"), "org.example.later": [1] };
        const index = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [old], annotations: { k: "v" } };
        const { kept, client } = await keeping(index);
        expect(await client.addReferrers("a/b", SUBJECT, [entry("d")])).toBe(false);
        expect(kept.puts).toBe(0);
        expect(await client.addReferrers("a/b", SUBJECT, [entry("d"), entry("e"), entry("e")])).toBe(true);
        expect(JSON.parse(kept.bytes?.toString() ?? "")).toEqual({ ...index, manifests: [old, entry("e")] });
    });

    it("is not written over something else that has its name", async () => {
        const image = { schemaVersion: 2, mediaType: FAMILIES.docker.index, manifests: [] };
        const server = await scripted((_request, response) =>
            response.writeHead(200, { "content-type": FAMILIES.docker.index }).end(JSON.stringify(image)),
        );
        await expect(clientOf(server).addReferrers("a/b", SUBJECT, [entry("c")])).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            message: expect.stringContaining("no list of referrers"),
        });
        expect(server.seen.map(({ method }) => method)).toEqual(["GET"]);
    });

    it("is none where the registry takes the tag for the digest, as GitLab's: the subject's children are no referrers", async () => {
        const registry = await embedded({ quirks: { noReferrersApi: true } });
        const tree = imageIndex();
        await pushTree(registry.host, "a/b", tree);
        // The tag names the subject itself, which is what such a registry answers.
        await pushTree(registry.host, "a/b", tree, { tag: fallbackTag(tree.root) });
        const client = clientOf({ host: registry.host });
        expect(await client.referrers("a/b", tree.root)).toEqual([]);
        expect(await client.referrersByTag("a/b", tree.root)).toEqual([]);
    });

    it("that does not stay as it was written is an error after a few tries", async () => {
        const tree = singleImage();
        const server = await scripted((request, response) => {
            const bytes = tree.manifests[0]?.bytes;
            const headers = { "content-type": tree.mediaType, "docker-content-digest": tree.root };
            response.writeHead(request.method === "PUT" ? 201 : 200, request.method === "PUT" ? {} : headers);
            response.end(request.method === "GET" ? bytes : undefined);
        });
        await expect(clientOf(server).addReferrers("a/b", tree.root, [entry("c")])).rejects.toMatchObject({
            message: expect.stringContaining("does not keep the list"),
        });
        expect(server.seen.filter(({ method }) => method === "PUT")).toHaveLength(3);
    });
});
