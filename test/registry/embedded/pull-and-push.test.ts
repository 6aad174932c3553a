import { describe, expect, it } from "vitest";
import { embedded } from "../../support/embedded";
import { artifact, imageIndex, noise, pushTree, sha256, singleImage } from "../../support/images";
import { ask, pushBlob } from "./wire";

const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

describe("pushing to and pulling from the embedded registry", () => {
    it.each(["oci", "docker"] as const)("gives back every byte of an index of the %s family", async (family) => {
        const registry = await embedded();
        const tree = imageIndex({ family, attestations: family === "oci" });
        await pushTree(registry.host, "team/app", tree, { tag: "1.0" });

        const byTag = await ask(registry, "GET", "/v2/team/app/manifests/1.0");
        expect(byTag.headers["docker-content-digest"]).toBe(tree.root);
        expect(byTag.headers["content-type"]).toBe(tree.mediaType);
        expect(sha256(byTag.body)).toBe(tree.root);
        for (const { digest, bytes, mediaType } of tree.manifests) {
            const { body, headers } = await ask(registry, "GET", `/v2/team/app/manifests/${digest}`);
            expect([body.equals(bytes), headers["content-type"]]).toEqual([true, mediaType]);
        }
        for (const [digest, bytes] of tree.blobs) {
            expect((await ask(registry, "GET", `/v2/team/app/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        }
    });

    it("answers a HEAD as the GET, without a body", async () => {
        const registry = await embedded();
        const tree = singleImage();
        await pushTree(registry.host, "app", tree, { tag: "latest" });
        const head = await ask(registry, "HEAD", "/v2/app/manifests/latest");
        const get = await ask(registry, "GET", "/v2/app/manifests/latest");
        expect(head.body).toHaveLength(0);
        for (const name of ["content-length", "content-type", "docker-content-digest"]) {
            expect(head.headers[name]).toBe(get.headers[name]);
        }
    });

    it("moves a tag and keeps the digest it had", async () => {
        const registry = await embedded();
        const [first, second] = [singleImage(), singleImage()];
        await pushTree(registry.host, "app", first, { tag: "latest" });
        await pushTree(registry.host, "app", second, { tag: "latest" });
        const tag = await ask(registry, "HEAD", "/v2/app/manifests/latest");
        expect(tag.headers["docker-content-digest"]).toBe(second.root);
        expect((await ask(registry, "HEAD", `/v2/app/manifests/${first.root}`)).status).toBe(200);
    });

    it("refuses to move a tag when tags are immutable, in ECR's words, and takes the same digest again", async () => {
        const registry = await embedded({ immutableTags: true });
        const [first, second] = [singleImage(), singleImage()];
        await pushTree(registry.host, "app", first, { tag: "v1" });
        await pushTree(registry.host, "app", first, { tag: "v1" });
        await expect(pushTree(registry.host, "app", second, { tag: "v1" })).rejects.toThrow(
            /answered 400.*TAG_INVALID.*'v1' already exists in the 'app' repository/,
        );
        const tag = await ask(registry, "HEAD", "/v2/app/manifests/v1");
        expect(tag.headers["docker-content-digest"]).toBe(first.root);
    });

    it("pushes one manifest under several tags by its sha512 digest", async () => {
        const registry = await embedded();
        const tree = singleImage();
        await pushTree(registry.host, "app", tree);
        const bytes = tree.manifests[0]?.bytes ?? Buffer.alloc(0);
        const { createHash } = await import("node:crypto");
        const digest = `sha512:${createHash("sha512").update(bytes).digest("hex")}`;
        const headers = { "content-type": OCI_MANIFEST };
        const put = await ask(registry, "PUT", `/v2/app/manifests/${digest}?tag=a&tag=B`, { headers, body: bytes });
        expect([put.status, put.headers["oci-tag"]]).toEqual([201, "a, B"]);
        for (const tag of ["a", "B"]) {
            const head = await ask(registry, "HEAD", `/v2/app/manifests/${tag}`);
            expect(head.headers["docker-content-digest"]).toBe(digest);
        }
    });

    it("mounts from a named repository only what that one has, and from anywhere without a name", async () => {
        const registry = await embedded();
        const bytes = noise("mounted");
        const digest = sha256(bytes);
        await pushBlob(registry, "from", digest, bytes);
        const mount = (query: string) => ask(registry, "POST", `/v2/to/blobs/uploads/?mount=${digest}${query}`);
        expect((await mount("&from=elsewhere")).status).toBe(202);
        expect((await ask(registry, "HEAD", `/v2/to/blobs/${digest}`)).status).toBe(404);
        expect((await mount("&from=from")).status).toBe(201);
        expect((await ask(registry, "GET", `/v2/to/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        await ask(registry, "DELETE", `/v2/to/blobs/${digest}`);
        expect((await mount("")).status).toBe(201);
    });

    it("keeps the other repository's blob when one of two is deleted, and frees the disk with the last", async () => {
        const registry = await embedded();
        const bytes = noise("shared");
        const digest = sha256(bytes);
        await pushBlob(registry, "a", digest, bytes);
        await pushBlob(registry, "b", digest, bytes);
        expect((await ask(registry, "DELETE", `/v2/a/blobs/${digest}`)).status).toBe(202);
        expect((await ask(registry, "GET", `/v2/a/blobs/${digest}`)).code).toBe("BLOB_UNKNOWN");
        expect((await ask(registry, "GET", `/v2/b/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        expect((await ask(registry, "DELETE", `/v2/b/blobs/${digest}`)).status).toBe(202);
        const mount = await ask(registry, "POST", `/v2/c/blobs/uploads/?mount=${digest}`);
        expect(mount.status).toBe(202);
    });

    it("deletes a tag alone, and with a manifest all its tags", async () => {
        const registry = await embedded();
        const tree = singleImage();
        await pushTree(registry.host, "app", tree, { tag: "one" });
        await pushTree(registry.host, "app", tree, { tag: "two" });
        await pushTree(registry.host, "app", tree, { tag: "three" });
        expect((await ask(registry, "DELETE", "/v2/app/manifests/one")).status).toBe(202);
        expect((await ask(registry, "GET", "/v2/app/manifests/one")).code).toBe("MANIFEST_UNKNOWN");
        expect((await ask(registry, "HEAD", `/v2/app/manifests/${tree.root}`)).status).toBe(200);
        expect((await ask(registry, "DELETE", `/v2/app/manifests/${tree.root}`)).status).toBe(202);
        expect((await ask(registry, "HEAD", "/v2/app/manifests/two")).status).toBe(404);
        const tags = await ask(registry, "GET", "/v2/app/tags/list");
        expect(JSON.parse(tags.body.toString())).toEqual({ name: "app", tags: [] });
    });

    it("stores concurrent pushes of one blob once, whole, for every repository", async () => {
        const registry = await embedded();
        const bytes = noise("popular", 3_000_000);
        const digest = sha256(bytes);
        const names = Array.from({ length: 12 }, (_, index) => `team${index % 3}/app${index}`);
        const statuses = await Promise.all(
            [...names, ...names].map(async (name) => (await pushBlob(registry, name, digest, bytes)).status),
        );
        expect(new Set(statuses)).toEqual(new Set([201]));
        for (const name of names) {
            expect((await ask(registry, "GET", `/v2/${name}/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        }
        for (const name of names.slice(1)) {
            await ask(registry, "DELETE", `/v2/${name}/blobs/${digest}`);
        }
        expect((await ask(registry, "GET", `/v2/${names[0]}/blobs/${digest}`)).body.equals(bytes)).toBe(true);
    });
});

describe("what the embedded registry refuses", () => {
    it("refuses an image without its blobs, an index without its children, unless that is allowed", async () => {
        const tree = imageIndex();
        const strict = await embedded();
        const lenient = await embedded({ allowMissing: true });
        for (const { bytes, mediaType, digest } of tree.manifests) {
            const put = { headers: { "content-type": mediaType }, body: bytes };
            const refused = await ask(strict, "PUT", `/v2/app/manifests/${digest}`, put);
            expect([refused.status, refused.code]).toEqual([400, "MANIFEST_BLOB_UNKNOWN"]);
            expect((await ask(lenient, "PUT", `/v2/app/manifests/${digest}`, put)).status).toBe(201);
        }
        expect((await ask(strict, "GET", `/v2/app/manifests/${tree.root}`)).code).toBe("NAME_UNKNOWN");
        expect(JSON.parse((await ask(strict, "GET", "/v2/_catalog")).body.toString())).toEqual({ repositories: [] });
    });

    it("takes an artifact whose subject is not there, and says that it understood", async () => {
        const registry = await embedded();
        const image = singleImage();
        const signature = artifact({ subject: image });
        await pushTree(registry.host, "app", signature);
        const { bytes } = signature.manifests[0] ?? { bytes: Buffer.alloc(0) };
        const path = `/v2/app/manifests/${signature.root}`;
        const put = await ask(registry, "PUT", path, { headers: { "content-type": OCI_MANIFEST }, body: bytes });
        expect(put.headers["oci-subject"]).toBe(image.root);
    });

    it.each([
        ["schema 1", { schemaVersion: 1, name: "app", fsLayers: [] }, undefined, 400, "MANIFEST_INVALID"],
        ["another type than it has", singleImage(), "application/vnd.oci.image.index.v1+json", 400, "MANIFEST_INVALID"],
        ["a type that is no manifest's", singleImage(), "application/json", 400, "MANIFEST_INVALID"],
        ["no JSON", "nonsense", OCI_MANIFEST, 400, "MANIFEST_INVALID"],
    ])("refuses a manifest of %s", async (_title, content, type, status, code) => {
        const registry = await embedded({ allowMissing: true });
        const isTree = typeof content === "object" && "manifests" in content;
        const body = isTree ? (content.manifests[0]?.bytes ?? "") : JSON.stringify(content);
        const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
        const put = await ask(registry, "PUT", "/v2/app/manifests/latest", { headers, body });
        expect([put.status, put.code]).toEqual([status, code]);
        expect((await ask(registry, "HEAD", "/v2/app/manifests/latest")).status).toBe(404);
    });

    it("refuses a manifest under a digest that is not its own", async () => {
        const registry = await embedded({ allowMissing: true });
        const headers = { "content-type": OCI_MANIFEST };
        const body = singleImage().manifests[0]?.bytes ?? "";
        const put = await ask(registry, "PUT", `/v2/app/manifests/${singleImage().root}`, { headers, body });
        expect([put.status, put.code]).toEqual([400, "DIGEST_INVALID"]);
    });

    it("refuses a manifest above 4 MiB with 413, also when its length is not announced", async () => {
        const registry = await embedded();
        const body = new Uint8Array(4 * 1024 * 1024 + 1).fill(32);
        const headers = { "content-type": OCI_MANIFEST };
        expect((await ask(registry, "PUT", "/v2/app/manifests/x", { headers, body })).status).toBe(413);
        const stream = new ReadableStream({
            start(controller) {
                controller.enqueue(body);
                controller.close();
            },
        });
        const request = { method: "PUT", headers, body: stream, duplex: "half" } as RequestInit;
        expect((await fetch(`${registry.url}/v2/app/manifests/x`, request)).status).toBe(413);
    });

    it("tells an unknown repository, manifest and blob apart", async () => {
        const registry = await embedded();
        await pushTree(registry.host, "app", singleImage(), { tag: "latest" });
        const nothing = sha256(Buffer.from("nothing"));
        expect((await ask(registry, "GET", "/v2/none/manifests/latest")).code).toBe("NAME_UNKNOWN");
        expect((await ask(registry, "GET", "/v2/none/tags/list")).code).toBe("NAME_UNKNOWN");
        expect((await ask(registry, "GET", "/v2/app/manifests/none")).code).toBe("MANIFEST_UNKNOWN");
        expect((await ask(registry, "GET", `/v2/app/manifests/${nothing}`)).code).toBe("MANIFEST_UNKNOWN");
        expect((await ask(registry, "GET", `/v2/app/blobs/${nothing}`)).code).toBe("BLOB_UNKNOWN");
        expect((await ask(registry, "GET", "/v2/app/blobs/uploads/none")).code).toBe("BLOB_UPLOAD_UNKNOWN");
    });
});
