import { defineCatalog } from "transship";
import type { Catalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type ImageTree, imageIndex, pushTree } from "./images";

/** A catalogue of some images of one repository each, from `hub` to `ghcr`. */
export function catalogOf(
    hub: Pick<EmbeddedRegistry, "host">,
    target: Pick<EmbeddedRegistry, "host">,
    images: Readonly<Record<string, object>>,
    more: object = {},
): Catalog {
    return defineCatalog({
        version: 1,
        defaults: { targets: ["ghcr"] },
        registries: {
            hub: { host: hub.host, kind: "distribution", insecure: true },
            ghcr: { host: `${target.host}/mirror`, kind: "distribution", insecure: true },
        },
        images,
        ...more,
    } as never) as Catalog;
}

/** Pushes a fresh two-platform image and returns it. */
export async function pushImage(
    registry: Pick<EmbeddedRegistry, "host">,
    repository: string,
    tag: string,
): Promise<ImageTree> {
    const tree = imageIndex();
    await pushTree(registry.host, repository, tree, { tag });
    return tree;
}

/** The digest under a tag, asked by plain fetch. */
export async function digestAt(
    registry: { readonly host: string },
    repository: string,
    tag: string,
): Promise<string | undefined> {
    const response = await fetch(`http://${registry.host}/v2/${repository}/manifests/${tag}`, { method: "HEAD" });
    return response.status === 404 ? undefined : (response.headers.get("docker-content-digest") ?? undefined);
}
