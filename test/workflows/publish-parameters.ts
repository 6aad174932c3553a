import { defineCatalog, type Registry } from "../../core/catalog";
import {
    DEFAULT_TAGS,
    type ImageBuild,
    installation,
    type PublishParameters,
    publishWorkflow,
    registryAccess,
    renderWorkflow,
} from "../../core/workflows";

/** Places of a project that publishes: each with credentials that may push. */
export const PLACES = defineCatalog({
    version: 1,
    registries: {
        hub: {
            host: "docker.io/kuzudb",
            kind: "dockerhub",
            credentials: { pull: { from: "anonymous" }, push: { from: "docker" } },
        },
        ghcr: { host: "ghcr.io/kuzudb", kind: "ghcr", credentials: { from: "docker" } },
        ecr: { host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/kuzu", kind: "ecr", credentials: { from: "aws" } },
        harbor: {
            host: "harbor.example.com/kuzu",
            kind: "harbor",
            credentials: {
                pull: { from: "env", username: "HARBOR_READER", password: "HARBOR_READER_SECRET" },
                push: { from: "env", username: "HARBOR_ROBOT", password: "HARBOR_SECRET" },
            },
        },
    },
    images: { explorer: { policy: "keep", source: "docker.io/kuzudb/explorer", tags: ["latest"] } },
}).registries;

export const EVERY_PLACE: readonly Registry[] = Object.values(PLACES);

export const EXPLORER: ImageBuild = {
    image: "explorer",
    context: ".",
    platforms: ["linux/amd64", "linux/arm64"],
    repository: "ghcr.io/kuzudb/explorer",
    tags: DEFAULT_TAGS,
};

export const SERVER: ImageBuild = {
    image: "mcp-server",
    context: "./servers/mcp",
    file: "servers/mcp/Dockerfile.release",
    target: "final",
    buildArgs: { VERSION: "1.2.3", TITLE: "an MCP server" },
    platforms: ["linux/amd64"],
    repository: "ghcr.io/kuzudb/mcp-server",
    tags: ["type=semver,pattern={{version}}", "type=raw,value=edge,enable={{is_default_branch}}"],
    flavor: ["latest=false"],
};

/** One image to ghcr.io and nowhere else; `over` changes it. */
export function publishing(
    over: Partial<PublishParameters> = {},
    places: readonly Registry[] = [],
    way: "npx" | "npm-ci" = "npx",
): PublishParameters {
    const access = registryAccess(places, places);
    return {
        catalog: "catalog.yaml",
        runner: ["ubuntu-24.04"],
        access,
        installation: installation(way, "1.2.3", access.peers),
        builds: [EXPLORER],
        on: { branches: ["main"], tags: ["v*"] },
        sign: true,
        provenance: "max",
        sbom: true,
        ...over,
    };
}

export function rendered(parameters: PublishParameters): string {
    return renderWorkflow(publishWorkflow(parameters).workflow);
}
