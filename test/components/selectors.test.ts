import { describe, expect, it } from "vitest";
import { chooseCopy, chosenTag } from "../../components/images/choose";
import { buildReferences } from "../../components/images/pinned";
import { decideImage, defineCatalog } from "../../core/catalog";

const A = `sha256:${"a".repeat(64)}`;
const { images, registries } = defineCatalog({
    version: 1,
    registries: { ghcr: { host: "ghcr.io/acme" }, ecr: { host: "ecr.example/mirror" } },
    images: {
        explorer: {
            source: "docker.io/kuzudb/explorer",
            tags: [
                { from: "latest", to: "edge" },
                { semver: ">=0.7", newest: 2 },
            ],
            targets: ["ghcr", { registry: "ecr", tags: { newest: 1 } }],
        },
    },
});
const { explorer } = images;

describe("A choice among tags that selectors choose", () => {
    it("takes a listed tag at once, and lets the Output judge any other", () => {
        expect(chooseCopy(explorer, { tag: "edge", registry: "ghcr" })).toEqual({ tag: "latest", registry: "ghcr" });
        expect(chooseCopy(explorer, { tag: "0.9.0", registry: "ghcr" })).toEqual({ tag: "0.9.0", registry: "ghcr" });
        expect(() => chooseCopy(explorer, { registry: "gchr" })).toThrow('did you mean "ghcr"?');
    });

    it("is the one that was chosen, where nothing else was", () => {
        const chosen = chooseCopy(explorer, { registry: "ecr" });
        expect(chosenTag(explorer, chosen, ["0.9.0"])).toBe("0.9.0");
        expect(() => chosenTag(explorer, chosen, ["0.9.0", "0.8.0"])).toThrow("name one of 0.9.0, 0.8.0 as { tag }");
        expect(() => chosenTag(explorer, chosen, [])).toThrow(
            'no selector of the image "explorer" has chosen any tag for "ecr", or nothing proves it yet',
        );
        expect(() => chosenTag(explorer, { ...chosen, tag: "0.9.1" }, ["0.9.0"])).toThrow('did you mean "0.9.0"?');
    });

    it("has references at the targets that take it, though an older tag alone is proven", () => {
        const proven = { explorer: { "0.8.0": { digest: A } } };
        const decided = { explorer: decideImage(explorer, ["0.9.0", "0.8.0"]) };
        expect(buildReferences(decided, registries, proven, [])).toEqual({
            explorer: {
                "0.8.0": {
                    "docker.io": `docker.io/kuzudb/explorer:0.8.0@${A}`,
                    ghcr: `ghcr.io/acme/kuzudb/explorer:0.8.0@${A}`,
                },
            },
        });
    });
});
