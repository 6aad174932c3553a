import {
    type Catalog,
    type CatalogImage,
    decideImage,
    hasCutOver,
    type ImageTarget,
    type Lock,
    type Registry,
    selectTags,
} from "../catalog";
import { type Destination, destinationOf } from "./destination";

/** Tags of one repository that one rule can bring to one repository here. */
export interface Carried {
    /** Key of the source's registry. */
    readonly source: string;
    readonly sourceRepository: string;
    readonly targetRepository: string;
    readonly destination: Destination;
    /** Sorted, each once; they are called the same on both sides. */
    readonly tags: readonly string[];
    /** Sorted. */
    readonly images: readonly string[];
}

/** What Harbor's replication cannot do, or is not to. */
export interface LeftToTransship {
    readonly image: string;
    readonly repository: string;
    /** As they are called here; empty where a selector would have to say them. */
    readonly tags: readonly string[];
    /** A clause. */
    readonly reason: string;
}

export interface CarriedWish {
    /** Digests that the environment has: what a selector once chose. */
    readonly lock: Lock;
    /** Who carries where the lock, and not the source, says what a tag is. */
    readonly locked: "transship" | "harbor";
    /** Whether images of which the catalogue names platforms come with all of them. */
    readonly allPlatforms: boolean;
    /** Whether there are rules at all. */
    readonly rules: boolean;
}

/** Every copy of the catalogue at a registry, each once: in a rule's hands or in ours. Pure. */
export function carriedTo(
    catalog: Catalog,
    registry: Registry,
    wish: CarriedWish,
): { readonly carried: readonly Carried[]; readonly left: readonly LeftToTransship[] } {
    const carried = new Map<string, Carried>();
    const left: LeftToTransship[] = [];
    for (const image of Object.values(catalog.images).map((one) => decidedBy(one, wish.lock))) {
        for (const target of targetsToFill(image, registry.name)) {
            const one = carriedOrReason(catalog, image, target, wish);
            if (typeof one !== "string") {
                const key = `${one.source}/${one.sourceRepository} ${one.targetRepository}`;
                carried.set(key, joined(carried.get(key), one));
                continue;
            }
            const tags = target.tags.map(({ to }) => to).sort();
            left.push({ image: image.name, repository: target.repository, tags, reason: one });
        }
    }
    return { carried: [...carried.values()], left };
}

/** After the cut-over the first target is where the image is, and nothing brings it there any more. */
function targetsToFill(image: CatalogImage, registry: string): readonly ImageTarget[] {
    return image.targets.filter((target, index) => target.registry === registry && !(hasCutOver(image) && index === 0));
}

/** The tags that the lock has by the image's selectors; without any it is as it was. */
function decidedBy(image: CatalogImage, lock: Lock): CatalogImage {
    const known = Object.hasOwn(lock, image.name) ? Object.keys(lock[image.name] ?? {}) : [];
    const chosen = (image.selectors ?? []).flatMap((selector) => selectTags(selector, known));
    return chosen.length === 0 ? image : decideImage(image, chosen);
}

function carriedOrReason(
    catalog: Catalog,
    image: CatalogImage,
    target: ImageTarget,
    wish: CarriedWish,
): Carried | string {
    const { repository: sourceRepository, registry: source } = image.source;
    const destination = destinationOf(sourceRepository, target.repository);
    const renamed = target.tags.find(({ from, to }) => from !== to);
    const from = catalog.registries[source] as Registry;
    const here = catalog.registries[target.registry] as Registry;
    if (!wish.rules) {
        return "no replication rules are wanted";
    }
    if (hasCutOver(image)) {
        return "it is cut over: its source is another target now";
    }
    if (from.host === here.host) {
        return "its source is this Harbor itself, which has no rules to itself";
    }
    if (target.selectors !== undefined) {
        return "its tags are chosen by a selector, which no pattern of Harbor's can say, and the lock has none of them yet";
    }
    if (destination === undefined) {
        return `it is called ${last(target.repository)} here and ${last(sourceRepository)} there, and Harbor renames no repository`;
    }
    if (renamed !== undefined) {
        return `its tag ${renamed.from} is called ${renamed.to} here, and Harbor renames no tag`;
    }
    if (image.platforms !== "all" && !wish.allPlatforms) {
        return "the catalogue names its platforms, and Harbor carries all of them";
    }
    if (catalog.upstream === "locked" && wish.locked === "transship") {
        return "the environment is locked, and Harbor carries what a tag is now, not what the lock says";
    }
    const tags = [...new Set(target.tags.map(({ from: tag }) => tag))].sort();
    const { repository: targetRepository } = target;
    return { source, sourceRepository, targetRepository, destination, tags, images: [image.name] };
}

function joined(one: Carried | undefined, other: Carried): Carried {
    const both = (a: readonly string[] = [], b: readonly string[] = []) => [...new Set([...a, ...b])].sort();
    return { ...other, tags: both(one?.tags, other.tags), images: both(one?.images, other.images) };
}

function last(repository: string): string {
    return repository.slice(repository.lastIndexOf("/") + 1);
}
