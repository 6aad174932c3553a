import type { Catalog } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor } from "../mirror/world";
import { embedded } from "../support/embedded";
import { type ImageTree, pushTree, singleImage } from "../support/images";

/** Two images at a source, nothing at the target yet, and their catalogue. */
export interface AppAndOther {
    readonly hub: EmbeddedRegistry;
    readonly target: EmbeddedRegistry;
    /** What `app` is at its source. */
    readonly tree: ImageTree;
    readonly catalog: Catalog;
}

export async function appAndOther(): Promise<AppAndOther> {
    const [hub, target] = [await embedded(), await embedded()];
    const tree = singleImage();
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    await pushTree(hub.host, "acme/other", singleImage(), { tag: "1" });
    const rest = { tags: ["1"], targets: ["ghcr"] };
    const catalog = catalogFor(
        { hub, ghcr: target },
        { app: { source: `${hub.host}/acme/app`, ...rest }, other: { source: `${hub.host}/acme/other`, ...rest } },
    );
    return { hub, target, tree, catalog };
}
