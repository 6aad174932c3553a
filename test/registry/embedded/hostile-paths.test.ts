import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embedded, temporaryFolder } from "../../support/embedded";
import { pushTree, sha256, singleImage } from "../../support/images";
import { ask } from "./wire";

const SECRET = "not for anybody";

async function besideSecret() {
    const folder = await temporaryFolder();
    const root = join(folder, "store");
    await mkdir(root);
    await writeFile(join(folder, "secret"), SECRET);
    const registry = await embedded({ root });
    await pushTree(registry.host, "app", singleImage(), { tag: "latest" });
    return { registry, folder, root };
}

async function allFiles(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("paths that were made to break out of the store", () => {
    const digest = sha256(Buffer.from(SECRET));

    it.each([
        "/v2/../secret/manifests/latest",
        "/v2/../../secret",
        "/v2/%2e%2e/%2e%2e/secret/tags/list",
        "/v2/app/manifests/..%2f..%2f..%2fsecret",
        "/v2/app/manifests/..",
        "/v2/app/blobs/sha256:..%2f..%2f..%2fsecret",
        `/v2/app/blobs/sha256:../${digest.slice("sha256:../".length)}`,
        "/v2/app/blobs/uploads/..%2f..%2fsecret",
        "/v2/app/blobs/uploads/../../../secret",
        "/v2/app%00/manifests/latest",
        "/v2/_tags/manifests/latest",
        "/v2/app/_manifests/tags/list",
        "/v2/App/manifests/latest",
        "/v2//app/manifests/latest",
        "/v2/app/manifests/%E0%A4%A",
        `/v2/${"a".repeat(300)}/manifests/latest`,
        "//etc/passwd",
        "/v2/app/referrers/..%2fsecret",
    ])("%s finds nothing, by any method", async (path) => {
        const { registry, folder } = await besideSecret();
        const before = await allFiles(folder);
        for (const method of ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"]) {
            const answer = await ask(registry, method, path, method === "GET" ? {} : { body: SECRET });
            expect([method, answer.status >= 400 && answer.status < 500]).toEqual([method, true]);
            expect(answer.body.toString()).not.toContain(SECRET);
        }
        expect(await allFiles(folder)).toEqual(before);
    });

    it("answers any path at all with a status, and never with 500", async () => {
        const { registry } = await besideSecret();
        const piece = fc.oneof(
            fc.constantFrom("v2", "app", "manifests", "blobs", "uploads", "tags", "list", "..", "_tags", "latest"),
            fc.webPath(),
            fc.string({ maxLength: 12 }).map(encodeURIComponent),
        );
        const path = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join("/")}`);
        const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE");
        await fc.assert(
            fc.asyncProperty(method, path, async (verb, target) => {
                const { status } = await ask(registry, verb, target);
                expect(status).toBeGreaterThanOrEqual(200);
                expect(status).toBeLessThan(500);
            }),
            { numRuns: 300 },
        );
    });

    it("takes a repository that is called like an endpoint", async () => {
        const { registry } = await besideSecret();
        const tree = singleImage();
        for (const name of ["manifests", "blobs/uploads", "a/tags/list", "v2/manifests/blobs"]) {
            await pushTree(registry.host, name, tree, { tag: "latest" });
            const head = await ask(registry, "HEAD", `/v2/${name}/manifests/latest`);
            expect([name, head.headers["docker-content-digest"]]).toEqual([name, tree.root]);
        }
    });
});
