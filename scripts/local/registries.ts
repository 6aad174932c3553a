import type { EmbeddedRegistryOptions } from "../../core/registry/embedded";

/** One of the four registries of the local environment; its port is fixed, since the catalogue names it. */
export interface LocalRegistry {
    readonly name: string;
    readonly port: number;
    /** What it stands in for, in words. */
    readonly standsFor: string;
}

export const LOCAL_HOST = "127.0.0.1";

/** The ports are documented in docs/local-environment.md and named in stacks/images/catalog.yaml. */
export const LOCAL_REGISTRIES: readonly LocalRegistry[] = [
    { name: "hub", port: 5551, standsFor: "Docker Hub, with its limit on anonymous pulls" },
    { name: "ghcr", port: 5552, standsFor: "ghcr.io" },
    { name: "harbor", port: 5553, standsFor: "a team's Harbor" },
    { name: "ecr", port: 5554, standsFor: "a team's ECR" },
];

/** Pulls that an anonymous client of the hub has in 6 hours: far more than the catalogue costs (about 90), and not endless. */
export const LOCAL_PULL_LIMIT = 200;

export interface LocalCredentials {
    readonly username: string;
    readonly password: string;
}

/** How each of them is run: the hub and ghcr hand out tokens, as the real ones do, the others take Basic. */
export function registryOptions(
    registry: LocalRegistry,
    directory: string,
    { username, password }: LocalCredentials,
): EmbeddedRegistryOptions {
    const isHub = registry.name === "hub";
    return {
        root: `${directory}/${registry.name}`,
        host: LOCAL_HOST,
        port: registry.port,
        auth: {
            kind: isHub || registry.name === "ghcr" ? "bearer" : "basic",
            users: { [username]: password },
            anonymousPull: isHub,
        },
        pullLimit: isHub ? { limit: LOCAL_PULL_LIMIT } : undefined,
    };
}
