import { defineCatalog } from "../../../core/catalog";

export const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";

/** Two repositories at a private registry; one of them holds two images. */
export const catalog = defineCatalog({
    version: 1,
    registries: {
        ecr: { host: `${HOST}/mirror`, kind: "ecr" },
        gallery: { host: "public.ecr.aws/acme/images", kind: "ecr-public" },
        ghcr: { host: "ghcr.io/acme" },
    },
    defaults: { targets: ["ecr"] },
    images: {
        alpine: { source: "docker.io/library/alpine", tags: ["3.20.1"], targets: ["ecr", "gallery"] },
        edge: {
            source: "docker.io/library/alpine",
            tags: ["edge"],
            targets: [{ registry: "ecr", repository: "alpine" }],
        },
        vault: { source: "docker.io/hashicorp/vault", tags: ["1.18", "1.18.3"], targets: ["ecr", "ghcr"] },
        tool: { source: "quay.io/acme/tool", tags: ["2.0.0"], targets: ["gallery"] },
        elsewhere: { source: "quay.io/acme/app", tags: ["1"], targets: ["ghcr"] },
    },
});

/** The same for repositories of which no tag moves by nature. */
export const releases = defineCatalog({
    version: 1,
    registries: { ecr: { host: HOST, kind: "ecr" } },
    images: {
        app: {
            source: "quay.io/acme/app",
            tags: ["1.0.0", "1.0.1"],
            targets: [{ registry: "ecr", repository: "app" }],
        },
    },
});
