import type { Registry, RegistryKind } from "../catalog";

/** A registry as Harbor knows it. */
export interface Endpoint {
    /** Harbor's word for it: `docker-hub`, `github-ghcr`. */
    readonly type: string;
    /** Its address, as Harbor wants it for that type. */
    readonly endpoint: string;
}

/**
 * Harbor's word for each kind. Registries for which it has none are asked as plain ones, which need no catalogue as long as
 * repositories are named exactly. (src/pkg/reg/model/registry.go; src/pkg/reg/adapter/native/adapter.go)
 */
const TYPES: Readonly<Partial<Record<RegistryKind, string>>> = {
    dockerhub: "docker-hub",
    ghcr: "github-ghcr",
    quay: "quay",
    ecr: "aws-ecr",
    harbor: "harbor",
    gar: "google-gcr",
    acr: "azure-acr",
};

/** Of a registry of the catalogue. Docker Hub has an address of its own, which Harbor's adapter for it asks. */
export function endpointOf({ host, insecure, kind }: Pick<Registry, "host" | "insecure" | "kind">): Endpoint {
    const type = TYPES[kind] ?? "docker-registry";
    if (kind === "dockerhub" && host === "docker.io") {
        return { type, endpoint: "https://hub.docker.com" };
    }
    return { type, endpoint: `${insecure === true ? "http" : "https"}://${host}` };
}
