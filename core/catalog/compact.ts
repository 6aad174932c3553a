import type {
    Catalog,
    CatalogImage,
    ImageTarget,
    MaintenanceWindow,
    Phase,
    Policy,
    Registry,
    Replicator,
    TagSelector,
    Waiver,
} from "./types";

/**
 * A catalogue as a resource's inputs hold it: one line for each image, so that a fleet of a thousand stays a small
 * state, and a change of one image is one line of a preview.
 */
export interface CompactCatalog {
    readonly environment: string;
    readonly upstream: Catalog["upstream"];
    readonly onForeignDigest: Catalog["onForeignDigest"];
    readonly promoteFrom?: string;
    readonly minAge?: number;
    /** Only those that the images use. */
    readonly registries: Readonly<Record<string, Registry>>;
    /** Name -> line; see `compactImage`. */
    readonly images: Readonly<Record<string, string>>;
    /** Those of the images; absent where there are none. */
    readonly waive?: readonly Waiver[];
    readonly maintenance?: readonly MaintenanceWindow[];
}

/** What a resource needs of a catalogue, for the images that it is for. Pure. */
export function compactCatalog(catalog: Catalog, images: readonly string[]): CompactCatalog {
    const chosen = images.flatMap((name) => catalog.images[name] ?? []);
    const used = new Set(chosen.flatMap((image) => [image.source.registry, ...image.targets.map((to) => to.registry)]));
    const registries = Object.entries(catalog.registries).filter(([key]) => used.has(key));
    const { environment, upstream, onForeignDigest, promoteFrom, minAge } = catalog;
    const isChosen = (name: string): boolean => images.includes(name);
    const waive = (catalog.waive ?? []).filter(({ image }) => isChosen(image));
    const maintenance = (catalog.maintenance ?? []).filter(
        (one) => one.images === undefined || one.images.some(isChosen),
    );
    return {
        environment,
        upstream,
        onForeignDigest,
        ...(promoteFrom === undefined ? {} : { promoteFrom }),
        ...(minAge === undefined ? {} : { minAge }),
        registries: Object.fromEntries(registries),
        images: Object.fromEntries(chosen.map((image) => [image.name, compactImage(image, catalog.registries)])),
        ...(waive.length === 0 ? {} : { waive }),
        ...(maintenance.length === 0 ? {} : { maintenance }),
    };
}

/** The catalogue that `compactCatalog` was made from, as far as its images go; locks are empty. */
export function expandCatalog(compact: CompactCatalog): Catalog {
    const images = Object.entries(compact.images).map(([name, line]) => {
        return [name, expandImage(name, line, compact.registries)] as const;
    });
    return { ...compact, version: 1, images: Object.fromEntries(images), lock: {}, promotedLock: {}, digest: "" };
}

/**
 * `mirror hub library/vault 1.18,1.18.3 -> ghcr ~ = -> ecr infra/vault 1.18.3>stable | wave=2`: policy, source, tags,
 * then each target with its repository (`~`: the source's path below the registry's prefix) and its tags (`=`: all,
 * under their own names) and, where another engine carries, `harbor` or `harbor=<rule>`, then whatever is not the default. None of the names may hold a blank, a comma, `~` or `>`. A
 * selector is JSON among the tags, with those characters escaped; among
 * a target's tags `=` beside others is what the image's selectors choose.
 */
export function compactImage(image: CatalogImage, registries: Registries = {}): string {
    const policy = image.phase === undefined ? image.policy : `${image.policy}/${image.phase}`;
    const source = `${policy} ${image.source.registry} ${image.source.repository} ${[...image.tags, ...(image.selectors ?? []).map(escapeSelector)].join(",")}`;
    const targets = image.targets.map((to) => {
        const { registry, repository } = to;
        const usual = usualRepository(image.source.repository, registries[registry]);
        return ` -> ${registry} ${repository === usual ? "~" : repository} ${compactTags(to, image)}${compactReplication(to)}`;
    });
    const flags = Object.entries({
        wave: image.wave === 0 ? "" : String(image.wave),
        purpose: encodeURIComponent(image.purpose ?? ""),
        critical: image.critical ? "yes" : "",
        referrers: image.referrers ? "" : "no",
        foreignLayers: image.foreignLayers === "skip" ? "" : image.foreignLayers,
        platforms: image.platforms === "all" ? "" : image.platforms.join(","),
    }).filter(([, value]) => value !== "");
    const suffix = flags.length === 0 ? "" : ` | ${flags.map(([key, value]) => `${key}=${value}`).join(" ")}`;
    return source + targets.join("") + suffix;
}

type Registries = CompactCatalog["registries"];

/** Where a copy goes that the catalogue gives no repository of its own. */
function usualRepository(source: string, registry: Registry | undefined): string | undefined {
    const path = source.replace(/^library\//, "");
    return registry && (registry.prefix === "" ? path : `${registry.prefix}/${path}`);
}

function compactTags({ tags: pairs, selectors }: ImageTarget, image: CatalogImage): string {
    const same =
        pairs.length === image.tags.length && pairs.every(({ from, to }, i) => from === to && from === image.tags[i]);
    if (same && (selectors === "all" || image.selectors === undefined)) {
        return "=";
    }
    const own = selectors === "all" ? ["="] : (selectors ?? []).map(escapeSelector);
    return [...pairs.map(({ from, to }) => (from === to ? from : `${from}>${to}`)), ...own].join(",");
}

function compactReplication({ replicateWith, rule }: ImageTarget): string {
    const named = rule === undefined ? "" : `=${encodeURIComponent(rule)}`;
    return replicateWith === undefined ? "" : ` ${replicateWith}${named}`;
}

function expandReplication(word: string | undefined): Pick<ImageTarget, "replicateWith" | "rule"> {
    const [replicateWith, rule] = (word ?? "").split("=") as [Replicator | "", string | undefined];
    return {
        ...(replicateWith === "" ? {} : { replicateWith }),
        ...(rule === undefined ? {} : { rule: decodeURIComponent(rule) }),
    };
}

function escapeSelector(selector: TagSelector): string {
    return JSON.stringify(selector).replace(/[\s,>%]/g, encodeURIComponent);
}

function readItems(list: string): { readonly names: string[]; readonly selectors: TagSelector[] } {
    const items = list.split(",").filter((item) => item !== "");
    return {
        names: items.filter((item) => !item.startsWith("{")),
        selectors: items.filter((item) => item.startsWith("{")).map((item) => JSON.parse(decodeURIComponent(item))),
    };
}

export function expandImage(name: string, line: string, registries: Registries = {}): CatalogImage {
    const [body = "", suffix = ""] = line.split(" | ");
    const [source = "", ...targets] = body.split(" -> ");
    const [policyAndPhase = "", registry = "", repository = "", tagList = ""] = source.split(" ");
    const [policy, phase] = policyAndPhase.split("/") as [Policy, Phase | undefined];
    const { names: tags, selectors } = readItems(tagList);
    if (tags.length + selectors.length === 0) {
        // Nobody would ever look at it.
        throw new Error(`the image "${name}" has no tags`);
    }
    const flags = new Map(suffix.split(" ").map((flag) => flag.split("=") as [string, string]));
    const purpose = flags.get("purpose");
    return {
        name,
        policy,
        ...(phase === undefined ? {} : { phase }),
        source: { registry, repository },
        tags,
        ...(selectors.length === 0 ? {} : { selectors }),
        targets: targets.map((target) => {
            const [key = "", path = "", list = "", replication] = target.split(" ");
            const place = path === "~" ? (usualRepository(repository, registries[key]) ?? path) : path;
            const expanded = expandTarget({ registry: key, repository: place }, list, tags, selectors.length > 0);
            return { ...expanded, ...expandReplication(replication) };
        }),
        platforms: flags.get("platforms")?.split(",") ?? "all",
        referrers: flags.get("referrers") !== "no",
        foreignLayers: flags.get("foreignLayers") === "carry" ? "carry" : "skip",
        wave: Number(flags.get("wave") ?? 0),
        ...(purpose === undefined ? {} : { purpose: decodeURIComponent(purpose) }),
        critical: flags.get("critical") === "yes",
    };
}

function expandTarget(
    place: Pick<ImageTarget, "registry" | "repository">,
    list: string,
    tags: readonly string[],
    isChosen: boolean,
): ImageTarget {
    const { names, selectors } = readItems(list);
    const pairs = list === "=" ? tags : names.filter((name) => name !== "=");
    return {
        ...place,
        tags: pairs.map((pair) => {
            const [from = "", to = from] = pair.split(">");
            return { from, to };
        }),
        ...(names.includes("=") && isChosen ? { selectors: "all" as const } : {}),
        ...(selectors.length === 0 ? {} : { selectors }),
    };
}
