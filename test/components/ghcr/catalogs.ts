import { defineCatalog } from "../../../core/catalog";

/** Two images of KuzuDB's, published at two places. */
export function kuzuCatalog() {
    return defineCatalog({
        version: 1,
        defaults: { targets: ["ghcr"] },
        registries: {
            hub: { host: "docker.io", credentials: { from: "env", username: "HUB_USER", password: "HUB_TOKEN" } },
            ghcr: { host: "ghcr.io", credentials: { from: "docker" } },
        },
        images: {
            explorer: { policy: "dual", source: "docker.io/kuzudb/explorer", tags: ["0.11.0"] },
            "mcp-server": {
                policy: "migrate",
                source: "docker.io/kuzudb/mcp-server",
                tags: ["latest"],
                platforms: ["linux/amd64"],
            },
            vault: { source: "docker.io/hashicorp/vault", tags: ["1.18"], purpose: "ci" },
            alpine: { source: "docker.io/library/alpine", targets: [], policy: "keep", tags: ["3"] },
        },
    });
}

/** What SOPS' tests pull. */
export function ciCatalog() {
    return defineCatalog({
        version: 1,
        defaults: { targets: ["ghcr"] },
        registries: { ghcr: { host: "ghcr.io/getsops/ci-container-images", credentials: { from: "docker" } } },
        images: {
            alpine: { source: "docker.io/library/alpine", tags: ["3.22"], purpose: "ci" },
            "local-kms": { source: "docker.io/nsmithuk/local-kms", tags: ["3"], purpose: "ci", critical: true },
            vault: {
                source: "docker.io/hashicorp/vault",
                tags: ["1.18", { from: "1.18.3", to: "stable" }, { semver: ">=1.19", newest: 2 }],
                purpose: "ci",
                critical: true,
            },
            sops: { policy: "keep", source: "ghcr.io/getsops/sops", tags: ["v3.10.2"], purpose: "release" },
        },
    });
}
