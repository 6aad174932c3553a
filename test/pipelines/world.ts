import { defineCatalog, type Registry } from "../../core/catalog";
import {
    DEFAULT_TAGS,
    type ImageBuild,
    type PublishPipelineParameters,
    type PublishTriggers,
} from "../../core/workflows";
import { EVERY_PLACE, EXPLORER, SERVER } from "../workflows/publish-parameters";

export { EVERY_PLACE, EXPLORER, SERVER };

/** Two images to every place; `over` changes it. */
export function publishing(over: Partial<PublishPipelineParameters> = {}): PublishPipelineParameters {
    return {
        kind: "publish",
        catalog: "catalog.yaml",
        registries: EVERY_PLACE,
        version: "1.2.3",
        builds: [EXPLORER, SERVER],
        on: { branches: ["main", "release/*"], tags: ["v*"] },
        sign: true,
        provenance: "max",
        sbom: true,
        ...over,
    };
}

/** Three local registries, and an image of ours that is published at all of them. */
export interface LocalPlaces {
    readonly on: PublishTriggers;
    /** The catalogue as it is written. */
    readonly text: string;
    readonly registries: readonly Registry[];
    readonly builds: readonly ImageBuild[];
    /** Host and repository of each. */
    readonly places: readonly (readonly [string, string])[];
}

/** @param hosts the build's own registry first */
export function localPlaces(hosts: readonly string[]): LocalPlaces {
    const names = hosts.map((_host, index) => `place${index}`);
    const registries = Object.fromEntries(
        hosts.map((host, index) => [
            names[index],
            {
                host: `${host}/acme`,
                kind: "distribution",
                insecure: true,
                credentials: {
                    from: index === 1 ? "env" : "docker",
                    ...(index === 1 && { username: "ONE_USER", password: "ONE_SECRET" }),
                },
            },
        ]),
    );
    const [, ...others] = names;
    const catalog = {
        version: 1,
        registries,
        images: {
            explorer: {
                policy: "dual",
                source: `${hosts[0]}/acme/explorer`,
                targets: others.map((registry) => ({ registry, repository: "explorer" })),
                tags: ["main"],
            },
        },
    };
    return {
        // JSON is YAML too.
        text: JSON.stringify(catalog, undefined, 2),
        registries: Object.values(defineCatalog(catalog as Parameters<typeof defineCatalog>[0]).registries),
        on: { branches: ["main"] },
        builds: [
            {
                image: "explorer",
                context: ".",
                platforms: ["linux/amd64", "linux/arm64"],
                repository: `${hosts[0]}/acme/explorer`,
                tags: DEFAULT_TAGS,
            },
        ],
        places: hosts.map((host) => [host, "acme/explorer"] as const),
    };
}
