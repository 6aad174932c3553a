import type { Command } from "commander";
import { type Catalog, decideCatalog, findImage, listCopies, loadCatalog, lockEntry } from "../core/catalog";
import {
    type Circumstances,
    ContentComparer,
    chooseTags,
    circumstancesOf,
    type JudgedCopy,
    listingsOf,
    look as lookAt,
    ManifestCache,
    type PullStatus,
    pullStatus,
    type SelectionOptions,
    type TagSelection,
} from "../core/mirror";
import { AwsTokens, RegistryPool } from "../core/registry";
import type { ShardDocument } from "../core/report";
import { readCredentials } from "./credentials";
import type { EnvironmentPart } from "./documents";
import { UsageError } from "./exit-code";
import type { Output } from "./output";
import { startProgress } from "./progress";
import { imagesOfPurpose } from "./purposes";
import { chooseShard } from "./shard";

/** The options of every verb that works on a catalogue. */
export function addCatalogOptions(command: Command): void {
    addEnvironmentOptions(command.argument("[image...]", "names of images in the catalogue (default: all)"));
    command.option("--purpose <word>", "only images of this purpose, as the catalogue says it: ci, release");
}

/** The same for a verb that is about registries and takes no images. */
export function addEnvironmentOptions(command: Command): void {
    command
        .option("-c, --catalog <file>", "the catalogue", "catalog.yaml")
        .option("-e, --environment <name>", "the environment; needed where the catalogue has several");
}

/** A catalogue of one environment, clients of its registries, and what is known of its past. */
export interface Session {
    readonly catalog: Catalog;
    /** Those that were named, or a shard's; undefined for all. */
    readonly images: readonly string[] | undefined;
    /** The part of the fleet that this run is for, where that is not all. */
    readonly shard?: ShardDocument;
    readonly registries: RegistryPool;
    readonly circumstances: Circumstances;
    /** What the look has read, which a carry need not read again. */
    readonly manifests: ManifestCache;
    readonly signal: AbortSignal;
}

export function openSession(
    options: Readonly<Record<string, unknown>>,
    images: readonly string[],
    signal: AbortSignal,
): Session {
    return sessionOf(openCatalog(options, images), options, images, signal);
}

/** The same of a catalogue that was read before. @param manifests what earlier looks have read @param awsTokens theirs */
export function sessionOf(
    catalog: Catalog,
    options: Readonly<Record<string, unknown>>,
    images: readonly string[],
    signal: AbortSignal,
    manifests = new ManifestCache(),
    awsTokens = new AwsTokens(),
): Session {
    const { shard, chosen } = chooseShard(options.shard, catalog, imagesOfPurpose(catalog, options, images));
    const registries = new RegistryPool(Object.values(catalog.registries), {
        signal,
        credentials: readCredentials(process.env),
        awsTokens,
    });
    return {
        catalog,
        images: chosen,
        ...(shard && { shard }),
        registries,
        // A wish that `lock` wrote is no proof that anything was ever carried: `since` or an older digest is.
        circumstances: circumstancesOf(catalog, {
            carried: ({ image, tag }) => {
                const entry = lockEntry(catalog.lock, image, tag);
                return entry?.since !== undefined || (entry?.history ?? []).length > 0;
            },
        }),
        manifests,
        signal,
    };
}

/** Only the catalogue: for what asks no registry. */
export function openCatalog(options: Readonly<Record<string, unknown>>, images: readonly string[]): Catalog {
    const path = String(options.catalog);
    const environment = options.environment === undefined ? undefined : String(options.environment);
    const catalog = loadCatalog(path, { environment });
    if (Object.keys(catalog.images).length === 0) {
        throw new UsageError(`${path} names no images: add the first one below "images:".`);
    }
    for (const image of images) {
        findImage(catalog, image);
    }
    return catalog;
}

/** What a look found. */
export interface Look {
    readonly judged: readonly JudgedCopy[];
    /** The tags that selectors chose. */
    readonly selection: TagSelection;
}

/**
 * The tags that selectors choose: one listing for each repository that has any, none under a lock. Where a listing
 * fails, the tags that the lock file remembers are looked at.
 */
export function decideTags(session: Session, options: Partial<SelectionOptions> = {}): Promise<TagSelection> {
    const { catalog, images, registries, signal } = session;
    const previous = (image: string): string[] => Object.keys(catalog.lock[image] ?? {});
    return chooseTags(catalog, { listTags: listingsOf(registries), previous, signal, ...options }, images);
}

/** One HEAD for each copy, and a verdict on each; where digests differ, what the content says. */
export async function look(session: Session, output: Output): Promise<Look> {
    const { circumstances, images, manifests, registries, signal } = session;
    const selection = await decideTags(session);
    const catalog = decideCatalog(session.catalog, selection.selected);
    const progress = startProgress("asking", output);
    try {
        const judged = await lookAt(catalog, listCopies(catalog, images), circumstances, registries, {
            signal,
            compare: new ContentComparer({ manifests, signal }),
            onProgress: (done, total) => progress.update(done, total),
        });
        return { judged, selection };
    } finally {
        progress.stop();
    }
}

export function environmentPart({ environment, upstream, digest }: Catalog): EnvironmentPart {
    return { environment, upstream, catalog: digest };
}

/** Requests so far, by the catalogue's names; registries that share a host share its count. */
export function requestsOf(session: Session): Record<string, number> {
    const stats = session.registries.stats();
    return Object.fromEntries(
        Object.entries(stats).flatMap(([name, { requests }]) => (requests > 0 ? [[name, requests]] : [])),
    );
}

/** How the accounts stand whose pulls are counted, by what the answers told. */
export function pullsOf({ registries }: Session, judged: readonly JudgedCopy[]): PullStatus[] {
    return pullStatus(
        judged.map(({ registry }) => registry),
        registries,
    );
}
