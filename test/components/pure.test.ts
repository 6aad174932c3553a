import { describe, expect, it } from "vitest";
import { chooseCopy } from "../../components/images/choose";
import { imageUriOf } from "../../components/images/image-uri";
import { buildMatrix, buildReferences, referenceIn } from "../../components/images/pinned";
import { defineCatalog, type Lock } from "../../core/catalog";

const A = `sha256:${"a".repeat(64)}`;
const ARM = `sha256:${"b".repeat(64)}`;

const catalog = defineCatalog({
    version: 1,
    registries: {
        ghcr: { host: "ghcr.io/acme", kind: "ghcr" },
        ecr: { host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/mirror", kind: "ecr" },
    },
    images: {
        vault: {
            source: "docker.io/hashicorp/vault",
            tags: ["1.18", "1.18.3"],
            targets: ["ghcr", { registry: "ecr", repository: "infra/vault", tags: [{ from: "1.18.3", to: "stable" }] }],
        },
        master: { policy: "keep", source: "docker.io/nextcloud/all-in-one", tags: ["latest"] },
    },
});
const vault = catalog.images.vault;
const proven: Lock = {
    vault: { "1.18": { digest: A, platforms: { "linux/amd64": A, "linux/arm64/v8": ARM } }, "1.18.3": { digest: A } },
    master: { latest: { digest: A } },
};

describe("the references of a fleet", () => {
    it("name every proven place, with a target's own tag", () => {
        expect(buildReferences(catalog.images, catalog.registries, proven, [])).toEqual({
            vault: {
                "1.18": {
                    "docker.io": `docker.io/hashicorp/vault:1.18@${A}`,
                    ghcr: `ghcr.io/acme/hashicorp/vault:1.18@${A}`,
                },
                "1.18.3": {
                    "docker.io": `docker.io/hashicorp/vault:1.18.3@${A}`,
                    ghcr: `ghcr.io/acme/hashicorp/vault:1.18.3@${A}`,
                    ecr: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/mirror/infra/vault:stable@${A}`,
                },
            },
            master: { latest: { "docker.io": `docker.io/nextcloud/all-in-one:latest@${A}` } },
        });
    });

    it("leave out what never was proven", () => {
        const absent = ["vault:1.18.3 as stable@ecr", "vault:1.18@ghcr"];
        const refs = buildReferences(catalog.images, catalog.registries, proven, absent);
        expect(Object.keys(refs.vault?.["1.18.3"] ?? {})).toEqual(["docker.io", "ghcr"]);
        expect(Object.keys(refs.vault?.["1.18"] ?? {})).toEqual(["docker.io"]);
        expect(buildReferences(catalog.images, catalog.registries, {}, [])).toEqual({});
    });

    it("can be asked for a tag that is called constructor", () => {
        const odd = { ...catalog.images, vault: { ...vault, tags: ["constructor"], targets: [] } };
        const refs = buildReferences(odd, catalog.registries, { vault: { constructor: { digest: A } } }, []);
        expect(referenceIn(refs, "vault", "constructor", "docker.io")).toContain(`:constructor@${A}`);
        expect(() => referenceIn({}, "constructor", "1", "x")).toThrow('nothing proves an image "constructor" yet');
    });

    it("become a matrix that says unproven where there is no proof", () => {
        const matrix = buildMatrix(catalog.images, proven, ["vault:1.18@ghcr"]);
        expect(matrix.vault?.["1.18"]).toEqual({ "docker.io": A, ghcr: "unproven" });
    });
});

describe("the choice of a copy", () => {
    it("takes the only one there is", () => {
        expect(chooseCopy(catalog.images.master, {})).toEqual({ registry: "docker.io", tag: "latest" });
        expect(chooseCopy(vault, { registry: "ecr" })).toEqual({ registry: "ecr", tag: "1.18.3" });
    });

    it("knows a tag by its source's name and by the target's own", () => {
        expect(chooseCopy(vault, { registry: "ecr", tag: "stable" })).toEqual({ registry: "ecr", tag: "1.18.3" });
        expect(chooseCopy(vault, { registry: "ghcr", tag: "1.18" })).toEqual({ registry: "ghcr", tag: "1.18" });
    });

    it.each([
        [{}, 'the image "vault" is at several registries; name one of ghcr, ecr as { registry }'],
        [{ registry: "ghcr" }, 'the image "vault" has several tags; name one of 1.18, 1.18.3 as { tag }'],
        [{ registry: "gchr" }, 'the image "vault" is not at a registry "gchr"; did you mean "ghcr"?'],
        [{ registry: "ghcr", tag: "1.81" }, 'the image "vault" has no tag "1.81" at "ghcr"; did you mean "1.18"?'],
        [{ registry: "ecr", tag: "1.18" }, 'the image "vault" has no tag "1.18" at "ecr"; did you mean "1.18.3"?'],
    ])("refuses %j in one sentence", (choice, message) => {
        expect(() => chooseCopy(vault, choice)).toThrow(message);
    });
});

describe("an image URI", () => {
    const pinned = `registry.example:5000/acme/vault:1.18@${A}`;

    it("has a digest and no tag, and keeps a port", () => {
        expect(imageUriOf(pinned, proven.vault?.["1.18"], undefined)).toBe(`registry.example:5000/acme/vault@${A}`);
        expect(imageUriOf(`localhost:5000/vault@${A}`, undefined, undefined)).toBe(`localhost:5000/vault@${A}`);
    });

    it("takes one platform's own digest, and the only variant for its plain name", () => {
        const uri = imageUriOf(pinned, proven.vault?.["1.18"], "linux/arm64");
        expect(uri).toBe(`registry.example:5000/acme/vault@${ARM}`);
    });

    it("names the platforms that there are", () => {
        const wanted = () => imageUriOf(pinned, proven.vault?.["1.18"], "linux/s390x");
        expect(wanted).toThrow('has no platform "linux/s390x"; it has linux/amd64, linux/arm64/v8');
        expect(() => imageUriOf(pinned, undefined, "linux/amd64")).toThrow("no platform of it is known");
    });
});
