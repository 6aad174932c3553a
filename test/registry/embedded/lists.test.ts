import { describe, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../../core/registry/embedded";
import { embedded } from "../../support/embedded";
import { artifact, pushTree, singleImage } from "../../support/images";
import { ask } from "./wire";

const TAGS = ["1.0", "1.10", "1.2", "Beta", "_x", "alpha", "beta"];

async function withTags(registry: EmbeddedRegistry): Promise<void> {
    const tree = singleImage();
    for (const tag of [...TAGS].reverse()) {
        await pushTree(registry.host, "app", tree, { tag });
    }
}

async function tagsAt(registry: EmbeddedRegistry, path: string) {
    const { body, headers, status } = await ask(registry, "GET", path);
    expect(status).toBe(200);
    const next = /^<([^>]+)>; rel="next"$/.exec(String(headers.link ?? ""))?.[1];
    return { tags: (JSON.parse(body.toString()) as { tags: string[] }).tags, next };
}

async function allPages(registry: EmbeddedRegistry, first: string): Promise<string[][]> {
    const pages: string[][] = [];
    for (let path: string | undefined = first; path !== undefined; ) {
        const { tags, next } = await tagsAt(registry, path);
        pages.push(tags);
        path = next;
    }
    return pages;
}

describe("listing tags", () => {
    it("lists all in the order of their bytes, upper case apart from lower", async () => {
        const registry = await embedded();
        await withTags(registry);
        expect(await allPages(registry, "/v2/app/tags/list")).toEqual([TAGS]);
    });

    it("pages by n and last, and links to the next page until there is none", async () => {
        const registry = await embedded();
        await withTags(registry);
        expect(await allPages(registry, "/v2/app/tags/list?n=3")).toEqual([
            TAGS.slice(0, 3),
            TAGS.slice(3, 6),
            TAGS.slice(6),
        ]);
        expect(await allPages(registry, `/v2/app/tags/list?n=${TAGS.length}`)).toEqual([TAGS]);
        expect((await tagsAt(registry, "/v2/app/tags/list?last=1.15")).tags).toEqual(TAGS.slice(2));
        expect(await tagsAt(registry, "/v2/app/tags/list?n=0")).toEqual({ tags: [], next: undefined });
        expect((await ask(registry, "GET", "/v2/app/tags/list?n=many")).code).toBe("PAGINATION_NUMBER_INVALID");
    });

    it("has pages of its own size where it is told to, as ECR and Quay do", async () => {
        const registry = await embedded({ quirks: { tagPage: 2 } });
        await withTags(registry);
        const pages = await allPages(registry, "/v2/app/tags/list?n=1000");
        expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 1]);
        expect(pages.flat()).toEqual(TAGS);
    });

    it("lists the repositories", async () => {
        const registry = await embedded();
        for (const name of ["b/c", "a", "b"]) {
            await pushTree(registry.host, name, singleImage({ seed: "same" }));
        }
        const first = await ask(registry, "GET", "/v2/_catalog?n=2");
        expect(JSON.parse(first.body.toString())).toEqual({ repositories: ["a", "b"] });
        expect(first.headers.link).toBe('</v2/_catalog?n=2&last=b>; rel="next"');
    });
});

describe("listing referrers", () => {
    async function referrers(registry: EmbeddedRegistry, path: string) {
        const answer = await ask(registry, "GET", path);
        const index = JSON.parse(answer.body.toString()) as { manifests: { digest: string; artifactType: string }[] };
        return { ...answer, digests: index.manifests.map(({ digest }) => digest), manifests: index.manifests };
    }

    it("shows type and annotations, filters by type and says so, and none is an empty index", async () => {
        const registry = await embedded();
        const image = singleImage();
        const sbom = artifact({ subject: image, artifactType: "application/spdx+json", annotations: { by: "us" } });
        const signature = artifact({ subject: image });
        await pushTree(registry.host, "app", image, { tag: "latest" });
        await pushTree(registry.host, "app", sbom);
        await pushTree(registry.host, "app", signature);

        const all = await referrers(registry, `/v2/app/referrers/${image.root}`);
        expect(all.headers["content-type"]).toBe("application/vnd.oci.image.index.v1+json");
        expect(all.digests).toEqual([sbom.root, signature.root].sort());
        expect(all.manifests.find(({ digest }) => digest === sbom.root)).toMatchObject({
            mediaType: "application/vnd.oci.image.manifest.v1+json",
            artifactType: "application/spdx+json",
            annotations: { by: "us" },
            size: sbom.manifests[0]?.bytes.length,
        });

        const type = encodeURIComponent("application/spdx+json");
        const filtered = await referrers(registry, `/v2/app/referrers/${image.root}?artifactType=${type}`);
        expect(filtered.digests).toEqual([sbom.root]);
        expect(filtered.headers["oci-filters-applied"]).toBe("artifactType");

        await ask(registry, "DELETE", `/v2/app/manifests/${sbom.root}`);
        expect((await referrers(registry, `/v2/app/referrers/${image.root}`)).digests).toEqual([signature.root]);
        expect((await referrers(registry, `/v2/none/referrers/${image.root}`)).digests).toEqual([]);
    });

    it("pages where it is told to, and has no such API where it is told so", async () => {
        const image = singleImage();
        const paged = await embedded({ quirks: { referrersPage: 2 } });
        const signatures = Array.from({ length: 5 }, () => artifact({ subject: image }));
        for (const signature of signatures) {
            await pushTree(paged.host, "app", signature);
        }
        const found: string[] = [];
        for (let path: string | undefined = `/v2/app/referrers/${image.root}`; path !== undefined; ) {
            const { digests, headers } = await referrers(paged, path);
            expect(digests.length).toBeLessThanOrEqual(2);
            found.push(...digests);
            path = /^<([^>]+)>/.exec(String(headers.link ?? ""))?.[1];
        }
        expect(found).toEqual(signatures.map(({ root }) => root).sort());

        const old = await embedded({ quirks: { noReferrersApi: true } });
        expect((await ask(old, "GET", `/v2/app/referrers/${image.root}`)).status).toBe(404);
    });
});
