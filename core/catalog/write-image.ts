import { namespaceOf, usualPath } from "./namespaces";
import { below } from "./registries";
import type { WrittenImage } from "./schema";
import type { CatalogImage, ImageTarget, Registry, TagPair } from "./types";

type WrittenTag = string | { from: string; to: string };

/** What an image is written beside: registries, whose hosts an environment may replace (`write-catalog.ts`), and namespaces. */
export interface WrittenHosts {
    readonly namespaces?: Readonly<Record<string, string>>;
    /** Host and path by which sources find their registry. */
    host(registry: string): string;
    registry(name: string): Registry;
}

/** One image as a catalogue without `defaults` has it: what is usual is left out. Pure. */
export function writeImage(image: CatalogImage, hosts: WrittenHosts): WrittenImage {
    const { source, policy, phase, tags, selectors = [], platforms, wave, purpose } = image;
    const path = withoutPrefix(source.repository, hosts.registry(source.registry).prefix);
    const written = below(hosts.host(source.registry), path);
    const usual = usualPath(written.slice(written.indexOf("/") + 1), namespaceOf(hosts, purpose));
    const pairs = pairsOf(image);
    const list = [...(pairs ?? tags.map((tag) => ({ from: tag, to: tag }))).map(writePair), ...selectors];
    const targets = image.targets.map((target) => writeTarget(target, image, pairs, usual, hosts));
    return {
        ...(policy === "mirror" ? {} : { policy }),
        ...(phase === undefined ? {} : { phase }),
        source: written,
        tags: list,
        ...(targets.length === 0 ? {} : { targets }),
        ...(platforms === "all" ? {} : { platforms: [...platforms] }),
        ...(image.referrers ? {} : { referrers: false }),
        ...(image.foreignLayers === "skip" ? {} : { foreignLayers: image.foreignLayers }),
        ...(wave === 0 ? {} : { wave }),
        ...(purpose === undefined ? {} : { purpose }),
        ...(image.critical ? { critical: true } : {}),
    } as WrittenImage;
}

/** The image's own tags with their names at the targets, as a target without a list of its own shows them. */
function pairsOf({ targets, tags, selectors }: CatalogImage): readonly TagPair[] | undefined {
    const whole = targets.find((target) => target.selectors === "all");
    if (selectors !== undefined || whole !== undefined) {
        return whole?.tags;
    }
    const isWhole = (pairs: readonly TagPair[]) =>
        JSON.stringify([...new Set(pairs.map(({ from }) => from))]) === JSON.stringify(tags);
    return targets.find((target) => isWhole(target.tags))?.tags;
}

function writeTarget(
    { registry, repository, tags, selectors, replicateWith, rule }: ImageTarget,
    image: CatalogImage,
    pairs: readonly TagPair[] | undefined,
    path: string,
    hosts: WrittenHosts,
) {
    const { prefix } = hosts.registry(registry);
    const isUsual = repository === below(prefix, path);
    const isAll = image.selectors === undefined ? JSON.stringify(tags) === JSON.stringify(pairs) : selectors === "all";
    if (isUsual && isAll && replicateWith === undefined) {
        return registry;
    }
    const own = typeof selectors === "string" ? [] : (selectors ?? []);
    return {
        registry,
        ...(isUsual ? {} : { repository: withoutPrefix(repository, prefix) }),
        ...(isAll ? {} : { tags: [...tags.map(writePair), ...own] }),
        ...(replicateWith === undefined ? {} : { replicateWith }),
        ...(rule === undefined ? {} : { rule }),
    };
}

function writePair({ from, to }: TagPair): WrittenTag {
    return from === to ? from : { from, to };
}

function withoutPrefix(repository: string, prefix: string): string {
    return prefix === "" ? repository : repository.slice(prefix.length + 1);
}
