import { defineCatalog, type Registry } from "../../core/catalog";
import { installation, registryAccess, type Scheduled } from "../../core/workflows";

/** A registry of each kind, each with another way of getting credentials. */
const CATALOG = defineCatalog({
    version: 1,
    registries: {
        hub: {
            host: "docker.io",
            kind: "dockerhub",
            credentials: { from: "env", username: "HUB_USER", password: "HUB_TOKEN" },
        },
        ghcr: { host: "ghcr.io/acme", kind: "ghcr", credentials: { from: "docker" } },
        "my-nexus": { host: "nexus.example.com/mirror", kind: "nexus", credentials: { from: "docker" } },
        ecr: {
            host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/m",
            kind: "ecr",
            credentials: { from: "aws", profile: "hub" },
        },
        "ecr-b": { host: "111111111111.dkr.ecr.us-east-1.amazonaws.com/m", kind: "ecr", credentials: { from: "aws" } },
        gar: { host: "europe-docker.pkg.dev/acme/m", kind: "gar", credentials: { from: "gcp" } },
        harbor: { host: "harbor.example.com/m", kind: "harbor", credentials: { from: "config", key: "harbor" } },
        quay: { host: "quay.io/acme", kind: "quay" },
    },
    images: { vault: { policy: "keep", source: "docker.io/hashicorp/vault", tags: ["1.18"] } },
});

export const EVERY_REGISTRY: readonly Registry[] = Object.values(CATALOG.registries);

/** What every workflow is told, for these registries. */
export function scheduled(
    over: Partial<Scheduled> = {},
    registries: readonly Registry[] = [],
    way: "npx" | "npm-ci" = "npx",
): Scheduled {
    const access = registryAccess(registries);
    return {
        catalog: "catalog.yaml",
        runner: ["ubuntu-24.04"],
        schedule: "17 5 * * *",
        access,
        installation: installation(way, "1.2.3", access.peers),
        ...over,
    };
}
