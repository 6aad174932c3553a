import {
    type Descriptor,
    formatPlatform,
    isIndexType,
    isUnknownPlatform,
    matchesPlatform,
    parseManifest,
    parsePlatform,
} from "../oci";
import { RegistryError } from "../registry";
import type { Registries } from "./observe";
import type { Place } from "./plan";

/** One tag that a pull-through cache is to have. */
export interface PrimeTask {
    readonly image: string;
    readonly tag: string;
    readonly source: Place;
    readonly cache: Place;
    readonly platforms: "all" | readonly string[];
}

/** What the cache has now. */
export interface PrimedTag {
    /** What the tag names at the cache. */
    readonly digest: string;
    /** What it names at the source; absent where that could not be asked. */
    readonly source?: string;
    /** Why the source could not be asked. */
    readonly unasked?: string;
    /** Platforms that are wanted and that the index does not have. */
    readonly lacking: readonly string[];
}

/**
 * Has a pull-through cache fetch an image: a GET by tag, since a first pull by digest fetches nothing
 * (aws/containers-roadmap#2837), then one of each child that is wanted, by digest. One HEAD at the source, which costs no
 * pull, says whether it is the same.
 *
 * @throws RegistryError where the cache does not have it then
 */
export async function primeTag(task: PrimeTask, registries: Registries): Promise<PrimedTag> {
    const cache = registries.client(task.cache.registry);
    const { bytes, digest, mediaType } = await cache.getManifest(task.cache.repository, task.tag);
    const { children, lacking } = isIndexType(mediaType)
        ? wantedChildren(parseManifest(bytes, mediaType).manifests, task.platforms)
        : { children: [], lacking: [] };
    for (const child of children) {
        await cache.getManifest(task.cache.repository, child.digest);
    }
    return { digest, lacking, ...(await askSource(task, registries)) };
}

async function askSource({ source, tag }: PrimeTask, registries: Registries): Promise<Partial<PrimedTag>> {
    try {
        return { source: (await registries.client(source.registry).headManifest(source.repository, tag)).digest };
    } catch (error) {
        if (!(error instanceof RegistryError)) {
            throw error;
        }
        return { unasked: error.message };
    }
}

/** Attestations run nowhere: who wants them asks for them by digest, and has them fetched by that. */
function wantedChildren(
    all: readonly Descriptor[],
    platforms: PrimeTask["platforms"],
): { readonly children: Descriptor[]; readonly lacking: string[] } {
    const running = all.filter(({ platform }) => platform === undefined || !isUnknownPlatform(platform));
    if (platforms === "all") {
        return { children: running, lacking: [] };
    }
    const wanted = platforms.map(parsePlatform);
    const children = running.filter(({ platform }) => platform && wanted.some((one) => matchesPlatform(one, platform)));
    const lacking = wanted.filter(
        (one) => !children.some(({ platform }) => platform && matchesPlatform(one, platform)),
    );
    return { children, lacking: lacking.map(formatPlatform) };
}

/**
 * Why the cache did not fetch it, and what to do: ECR says little of it.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/error-pullthroughcache.html, …/pull-through-cache-iam.html)
 */
export function primeFailure(task: PrimeTask, error: RegistryError): string {
    return `${task.image}:${task.tag} was not primed: ${error.message.replace(/\.$/, "")}; ${adviceFor(error, task)}.`;
}

function adviceFor({ code }: RegistryError, { cache, source, tag }: PrimeTask): string {
    const upstream = `${source.registry}/${source.repository}`;
    switch (code) {
        case "NAME_UNKNOWN":
            return `either there is no ${upstream}, or whoever deploys lacks "ecr:CreateRepository" and "ecr:BatchImportUpstreamImage" for the repository ${cache.repository}`;
        case "MANIFEST_UNKNOWN":
            return `either ${upstream} has no tag ${tag}, or whoever deploys lacks "ecr:BatchImportUpstreamImage" for the repository ${cache.repository}`;
        case "DENIED":
        case "UNAUTHORIZED":
            return `grant "ecr:BatchImportUpstreamImage" and "ecr:CreateRepository" for the repository ${cache.repository} to whoever deploys (beside "ecr:BatchGetImage"), and where it speaks of the upstream, mend the rule's credentials`;
        case "RATE_LIMITED":
        case "PULL_LIMIT":
            return "the limit is the cache's or the upstream's, counted for the rule's credentials: deploy again later, or give the rule an account with a higher one";
        default:
            return "deploy again to go on with what is left";
    }
}
