import {
    InvalidPlatformError,
    InvalidReferenceError,
    isRepositoryPath,
    parsePlatform,
    parseReference,
    quote,
} from "../oci";
import type { Claims } from "./claims";
import { namespaceOf, usualPath } from "./namespaces";
import type { Place } from "./place";
import type { Problems } from "./problems";
import { below, type Entry, type Registries, type SourcePlace } from "./registries";
import { readReplication } from "./replication";
import type { WrittenCatalog, WrittenImage } from "./schema";
import { checkChoice, chooseListed, NO_TAGS, type ReadTags, readTags } from "./tags";
import type { CatalogImage, ImageTarget, Policy } from "./types";
import type { Loose } from "./validate";

/** What images are resolved against. */
export interface ImageContext {
    readonly registries: Registries;
    readonly defaults: Loose<NonNullable<WrittenCatalog["defaults"]>>;
    readonly defaultsPlace: Place;
    /** Purpose -> path below a target's own. */
    readonly namespaces: Readonly<Record<string, string>>;
    readonly claims: Claims;
    readonly problems: Problems;
}

type WrittenTarget = NonNullable<Loose<NonNullable<WrittenImage["targets"]>>[number]>;

/** Applies every default to one image and checks every name; undefined where its source is no reference. */
export function resolveImage(entry: Entry<WrittenImage>, context: ImageContext): CatalogImage | undefined {
    const { written, place, name } = entry;
    const { defaults, problems } = context;
    const policy = written.policy ?? defaults.policy ?? "mirror";
    if (written.phase !== undefined && policy !== "migrate" && !problems.isBroken(place.at("policy"))) {
        problems.report(place.at("phase"), `"phase" goes with policy migrate only, and this image's is ${policy}`);
    }
    const source = readSource(entry, context);
    const tags = written.tags === undefined ? NO_TAGS : readTags(written.tags, place.at("tags"), problems);
    const targets = readTargets(entry, policy, source, tags, context);
    const platforms = written.platforms ?? defaults.platforms ?? "all";
    const platformsPlace = written.platforms === undefined ? context.defaultsPlace : place;
    if (source === undefined) {
        readPlatforms(platforms, platformsPlace.at("platforms"), problems);
        return undefined;
    }
    return {
        name,
        policy,
        ...(policy === "migrate" ? { phase: written.phase ?? "copying" } : {}),
        source: { registry: source.registry.name, repository: source.repository },
        tags: [...new Set(tags.pairs.map(({ from }) => from))],
        ...(tags.selectors.length === 0 ? {} : { selectors: tags.selectors }),
        targets,
        platforms: readPlatforms(platforms, platformsPlace.at("platforms"), problems),
        referrers: written.referrers ?? defaults.referrers ?? true,
        foreignLayers: written.foreignLayers ?? defaults.foreignLayers ?? "skip",
        wave: written.wave ?? 0,
        ...(written.purpose === undefined ? {} : { purpose: written.purpose }),
        critical: written.critical ?? false,
    };
}

function readSource({ written, place }: Entry<WrittenImage>, context: ImageContext): SourcePlace | undefined {
    const { problems, registries } = context;
    if (written.source === undefined) {
        return undefined;
    }
    const at = place.at("source");
    if (/:\/\/[^/]*@/.test(written.source)) {
        // Not repeated: what stands before the @ may be a password.
        problems.report(at, "a source is a host and a repository, without a scheme and a user name");
        return undefined;
    }
    try {
        const reference = parseReference(written.source);
        const { tag, digest } = reference;
        if (digest !== undefined) {
            const held = "the lock file says which digest a tag is";
            problems.report(at, `${quote(written.source)} has a digest: name the repository only; ${held}`);
        } else if (tag !== undefined) {
            problems.report(at, `${quote(written.source)} has a tag: write it below tags, as in tags: [${quote(tag)}]`);
        }
        return registries.source(reference);
    } catch (error) {
        if (!(error instanceof InvalidReferenceError)) {
            throw error;
        }
        problems.report(at, error.message.replace(/\.$/, ""));
        return undefined;
    }
}

function readTargets(
    entry: Entry<WrittenImage>,
    policy: Policy,
    source: SourcePlace | undefined,
    tags: ReadTags,
    context: ImageContext,
): ImageTarget[] {
    const { written, place, name } = entry;
    const { defaults, defaultsPlace, problems } = context;
    const ownPlace = place.at("targets");
    const isOwn = written.targets !== undefined;
    if (policy === "keep") {
        if (isOwn && (written.targets?.length ?? 0) > 0 && !problems.isBroken(place.at("policy"))) {
            problems.report(ownPlace, "an image with policy keep stays at its source: leave out its targets");
        }
        return [];
    }
    const list: readonly (WrittenTarget | undefined)[] = written.targets ?? defaults.targets ?? [];
    const listPlace = isOwn ? ownPlace : defaultsPlace.at("targets");
    const isTold = problems.isBroken(ownPlace) || (!isOwn && problems.isBroken(listPlace));
    if (list.length === 0 && !isTold && !problems.isBroken(place.at("policy"))) {
        const advice = 'name registries below "targets", or watch it only with "policy: keep"';
        problems.report(isOwn ? ownPlace : place, `image ${quote(name)} has no targets: ${advice}`);
    }
    const targets: ImageTarget[] = [];
    const { purpose } = written;
    const namespace = namespaceOf(context, purpose);
    for (const [index, item] of list.entries()) {
        const target =
            item === undefined
                ? undefined
                : readTarget(item, listPlace.at(index), { source, tags, namespace }, context);
        if (target !== undefined && source !== undefined) {
            // What comes from the defaults is the image's own affair here: there its name can be read.
            const claimedAt = isOwn ? ownPlace.at(index) : place;
            const selectors = target.selectors === "all" ? tags.selectors : (target.selectors ?? []);
            context.claims.add(
                { image: name, purpose, source, target, selectors, place: claimedAt },
                context.registries,
            );
            const given = typeof item === "object" ? item : {};
            targets.push({ ...target, ...readReplication(given, { written, source, target }, claimedAt, context) });
        }
    }
    return targets;
}

/** What a target takes over from its image. */
interface Whole {
    readonly source: SourcePlace | undefined;
    readonly tags: ReadTags;
    readonly namespace: string;
}

function readTarget(
    item: WrittenTarget,
    place: Place,
    { source, tags: imageTags, namespace }: Whole,
    context: ImageContext,
): ImageTarget | undefined {
    const { problems, registries } = context;
    const written = typeof item === "string" ? { registry: item } : item;
    const namePlace = typeof item === "string" ? place : place.at("registry");
    const registry = written.registry === undefined ? undefined : registries.target(written.registry, namePlace);
    const tags = readTargetTags(written.tags, place.at("tags"), imageTags, problems);
    const repositoryPlace = written.repository === undefined ? place : place.at("repository");
    if (written.repository !== undefined && !isRepositoryPath(written.repository)) {
        const lower = written.repository.toLowerCase();
        const form = isRepositoryPath(lower)
            ? `repositories are lower case; write ${quote(lower)}`
            : 'lower-case letters and digits, separated by ".", "_", "-" and "/", without a tag';
        problems.report(repositoryPlace, `${quote(written.repository)} is not a repository: ${form}`);
        return undefined;
    }
    const path = written.repository ?? (source && usualPath(source.writtenPath, namespace));
    if (registry === undefined || path === undefined) {
        return undefined;
    }
    const repository = below(registry.prefix, path);
    if (!isRepositoryPath(repository)) {
        problems.report(repositoryPlace, `${quote(repository)} is too long for a repository: 255 characters at most`);
        return undefined;
    }
    if (!repository.includes("/") && (registry.host === "docker.io" || registry.host === "ghcr.io")) {
        const advice = `give registry ${quote(registry.name)} a path, as in host: ${registry.host}/acme`;
        problems.report(repositoryPlace, `${registry.host}/${repository} has no owner: ${advice}`);
        return undefined;
    }
    return { registry: registry.name, repository, ...tags };
}

/** A target without tags of its own takes all of the image's. */
function readTargetTags(
    written: Exclude<WrittenTarget, string>["tags"],
    place: Place,
    image: ReadTags,
    problems: Problems,
): Pick<ImageTarget, "tags" | "selectors"> {
    const hasSelectors = image.selectors.length > 0;
    if (written === undefined) {
        return { tags: image.pairs, ...(hasSelectors ? { selectors: "all" as const } : {}) };
    }
    const own = readTags(written, place, problems);
    if (image.pairs.length > 0 || hasSelectors) {
        checkChoice(own, image, problems);
    }
    if (!hasSelectors) {
        return { tags: image.pairs.length === 0 ? own.pairs : chooseListed(own, image, place, problems) };
    }
    return { tags: own.pairs, ...(own.selectors.length === 0 ? {} : { selectors: own.selectors }) };
}

function readPlatforms(
    written: Loose<NonNullable<WrittenImage["platforms"]>>,
    place: Place,
    problems: Problems,
): CatalogImage["platforms"] {
    if (typeof written === "string") {
        return written;
    }
    const platforms = new Set<string>();
    for (const [index, text] of written.entries()) {
        try {
            if (text !== undefined) {
                parsePlatform(text);
                platforms.add(text);
            }
        } catch (error) {
            if (!(error instanceof InvalidPlatformError)) {
                throw error;
            }
            problems.report(place.at(index), error.message.replace(/\.$/, ""));
        }
    }
    return [...platforms];
}
