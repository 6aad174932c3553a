import type { Catalog, CatalogImage } from "../catalog";
import {
    type Carried,
    type CarryOptions,
    type CarryTask,
    type CopyState,
    carry,
    type Registries,
    sameHostIn,
} from "../mirror";
import type { PublishOrigin } from "./origin";
import type { PublishPlace } from "./places";

/** One place, and what it said of the digest. */
export interface DigestLook {
    readonly place: PublishPlace;
    readonly state: CopyState;
}

/**
 * Carries the digest to every place but its origin, whole and without a tag, all of them side by side for one download;
 * what refers to it goes along, also to a place that has the image already. Each place that succeeds has answered a HEAD
 * for the digest.
 */
export function carryDigest(
    catalog: Catalog,
    image: CatalogImage,
    origin: PublishOrigin,
    looks: readonly DigestLook[],
    registries: Registries,
    options: Pick<CarryOptions, "signal" | "onCarried" | "manifests">,
): Promise<Carried> {
    const tasks = looks
        .filter(({ state }) => image.referrers || state.status === "missing")
        .map((look) => taskFor(catalog, image, origin, look));
    return carry(tasks, registries, { sameHost: sameHostIn(catalog), ...options });
}

function taskFor(catalog: Catalog, image: CatalogImage, origin: PublishOrigin, look: DigestLook): CarryTask {
    const { digest, registry, repository } = origin;
    const from = { registry, repository };
    const { role, registry: to, repository: path } = look.place;
    const copy = { image: image.name, tag: digest, role, registry: to, repository: path, reference: digest };
    return {
        to: {
            ...copy,
            state: look.state,
            verdict: "pending",
            wanted: digest,
            reason: "it is published",
            action: "carry",
        },
        digest,
        from: [from],
        isNew: false,
        ...(image.foreignLayers === "carry" ? { foreignLayers: "carry" as const } : {}),
        ...(image.referrers
            ? { referrers: { from: [from], sure: true, overwrite: catalog.onForeignDigest === "overwrite" } }
            : {}),
    };
}
