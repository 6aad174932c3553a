import { type Catalog, defineCatalog } from "transship";

export const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";

/** Images of several upstreams, and one that is carried to ECR. */
export function cachedCatalog(host = `${HOST}/mirror`): Catalog {
    return defineCatalog({
        version: 1,
        registries: { ecr: { host, kind: "ecr", credentials: { from: "aws" } } },
        images: {
            alpine: { policy: "keep", source: "docker.io/alpine", tags: ["3.20", "3.21"] },
            pause: { policy: "keep", source: "registry.k8s.io/pause", tags: ["3.10"] },
            vault: { source: "docker.io/hashicorp/vault", targets: ["ecr"], tags: ["1.18"] },
        },
    });
}
