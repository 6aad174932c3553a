import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, cutCatalog, loadCatalog, writtenCatalog, writtenLock } from "../../core/catalog";
import { catalogs } from "./any-catalog";
import { folderOf, load, REGISTRIES } from "./folder";

const DIGEST = `sha256:${"a".repeat(64)}`;

/** The text in a folder of its own, loaded for the same environment; what has to do with where it lies left out. */
function reloaded(catalog: Catalog, names: readonly string[]): Catalog {
    const folder = folderOf({});
    const path = join(folder, "images.yaml");
    writeFileSync(path, writtenCatalog(catalog, names, { folder }));
    const lock = writtenLock(catalog, names);
    if (lock !== undefined) {
        writeFileSync(join(folder, "images.lock.yaml"), lock);
    }
    const { path: _, lockPath: __, ...rest } = loadCatalog(path, { environment: catalog.environment });
    return rest;
}

function cutOf(catalog: Catalog, names: readonly string[]): Catalog {
    const { path: _, lockPath: __, ...cut } = cutCatalog(catalog, names);
    return catalog.upstream === "locked" ? cut : { ...cut, lock: {}, promotedLock: {} };
}

describe("A catalogue that is written again", () => {
    it("loads as the cut of the original, whatever that holds", () => {
        let [tried, apart, several] = [0, 0, 0];
        fc.assert(
            fc.property(catalogs, fc.infiniteStream(fc.boolean()), ({ text, lock, environment }, choices) => {
                const folder = folderOf({ "catalog.yaml": text, ...(lock && { "catalog.lock.yaml": lock }) });
                let catalog: Catalog;
                try {
                    catalog = loadCatalog(join(folder, "catalog.yaml"), { environment });
                } catch {
                    // Two targets of one repository, say: not every mixture is a catalogue.
                    return;
                }
                const all = Object.keys(catalog.images);
                const some = all.filter(() => choices.next().value);
                const names = some.length === 0 ? all : some;
                expect(reloaded(catalog, names)).toEqual(cutOf(catalog, names));
                const written = writtenCatalog(catalog, names);
                tried += 1;
                apart += written.includes(".invalid") ? 1 : 0;
                several += names.length > 1 ? 1 : 0;
            }),
            { numRuns: 400 },
        );
        // The property would hold of nothing, too.
        expect(tried).toBeGreaterThan(200);
        expect(apart).toBeGreaterThan(5);
        expect(several).toBeGreaterThan(50);
    });

    it("reads as somebody would write it", () => {
        const catalog = load(`${REGISTRIES}defaults: { targets: [ghcr] }
images:
  vault: { source: docker.io/hashicorp/vault, tags: ["1.18", { from: "1.18.3", to: stable }], purpose: ci, critical: true }
  kms: { source: quay.io/a/kms, tags: { semver: ">=1.2", newest: 3 }, targets: [{ registry: ghcr, repository: infra/kms }] }
  other: { source: docker.io/a/other, tags: [latest] }
namespaces: { ci: ci }
`);
        expect(writtenCatalog(catalog, ["vault", "kms"])).toBe(`\
# 2 images of a catalogue, as the environment "default" has them.
# Written by transship: change the catalogue that it was made of, and write it again.
version: 1
registries:
  ghcr:
    host: ghcr.io/acme
  hub:
    host: docker.io
namespaces:
  ci: ci
images:
  kms:
    source: quay.io/a/kms
    tags:
      - semver: ">=1.2"
        newest: 3
    targets:
      - registry: ghcr
        repository: infra/kms
  vault:
    source: docker.io/hashicorp/vault
    tags:
      - "1.18"
      - from: 1.18.3
        to: stable
    targets:
      - ghcr
    purpose: ci
    critical: true
`);
    });

    it("holds no more than its images need", () => {
        const catalog = load(`${REGISTRIES}  secret: { host: internal.example.com }
images:
  a: { source: docker.io/x/a, tags: [latest], targets: [ghcr] }
  b: { source: docker.io/x/b, tags: [latest], targets: [secret] }
waive: [{ image: b, until: 2030-01-01, reason: internal }]
maintenance: [{ from: "22:00", to: "23:00", registries: [secret, ghcr], reason: both }, { from: "22:00", to: "23:00", images: [b], reason: hidden }]
`);
        const text = writtenCatalog(catalog, ["a"]);
        expect(text).not.toMatch(/secret|internal|hidden|\bb\b/);
        expect(text).toContain("reason: both");
    });

    it("keeps the lock of a locked environment, and of the one that it promotes from, for its images", () => {
        const entry = (image: string) =>
            `    ${image}: { "1": { digest: "${DIGEST}", since: "2026-01-01T00:00:00.000Z" } }\n`;
        const folder = folderOf({
            "catalog.yaml": `${REGISTRIES}environments: { dev: {}, prod: { promoteFrom: dev, minAge: 36h } }
defaults: { targets: [ghcr] }
images:
  a: { source: docker.io/x/a, tags: ["1"] }
  b: { source: docker.io/x/b, tags: ["1"] }
`,
            "catalog.lock.yaml": `version: 1\nenvironments:\n  dev:\n${entry("a")}${entry("b")}  prod:\n${entry("a")}${entry("b")}`,
        });
        const catalog = loadCatalog(join(folder, "catalog.yaml"), { environment: "prod" });
        const lock = writtenLock(catalog, ["a"]);
        expect(lock).toMatch(/^# Which digest each tag is/);
        expect(lock).not.toContain("b:");
        expect(reloaded(catalog, ["a"])).toEqual(cutOf(catalog, ["a"]));
        expect(writtenCatalog(catalog, ["a"])).toContain("minAge: 36h");
        expect(
            writtenLock(load(`${REGISTRIES}images:\n  a: { source: x/a, tags: [l], targets: [ghcr] }\n`), ["a"]),
        ).toBe(undefined);
    });

    it("names the nearest image for one that there is not", () => {
        const catalog = load(`${REGISTRIES}images:\n  vault: { source: x/a, tags: [l], targets: [ghcr] }\n`);
        expect(() => writtenCatalog(catalog, ["valt"])).toThrow('did you mean "vault"?');
    });
});
