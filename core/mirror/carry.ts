import { nameCopy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isDigest } from "../oci";
import { isGone, type ManifestInfo } from "../registry";
import { BlobCarrier } from "./blob-carrier";
import { carryInRounds, PullBudget, type PullPlanner, planWithoutLimits } from "./budget";
import { CompanionCarrier, type Companions } from "./companions";
import { Convoy } from "./convoy";
import { eachLimited } from "./each-limited";
import { adviseForeignLayers } from "./foreign-layers";
import type { RegistryFreight } from "./freight";
import { groupBy } from "./group-by";
import { type BroughtManifest, ImageCarrier } from "./image-carrier";
import { DEFAULT_BUFFERED_BYTES, DEFAULT_PATIENCE_MS } from "./limits";
import type { ManifestCache } from "./manifest-cache";
import type { Registries } from "./observe";
import { type CarryTask, memberOf, type Place } from "./plan";
import { ReadFailure } from "./read-failure";
import { rollbackTag } from "./rollback-tag";
import { ChildGone, explainSparse } from "./sparse";

export interface CarryOptions {
    readonly signal?: AbortSignal;
    /** Images on their way at a time, each to all its targets; each registry's own limit bounds its requests. Default: 32. */
    readonly concurrency?: number;
    /** Bytes of blobs that are held at most while targets take them at different speeds. Default: 64 MiB. */
    readonly maxBufferedBytes?: number;
    /** Milliseconds that the targets of one image wait for one of them that does not answer. Default: 5000. */
    readonly patienceMs?: number;
    /** Whether two catalogue registries are one host, so that blobs can be mounted. Default: only the same key is. */
    readonly sameHost?: (one: string, other: string) => boolean;
    /** What is carried now, and what waits for a pull limit. Default: all that the registries let through. */
    readonly planPulls?: PullPlanner;
    /** What a look has read already, and is not read again. */
    readonly manifests?: ManifestCache;
    readonly onCarried?: (result: CarryResult, done: number, total: number) => void;
}

export type CarryResult =
    | ({
          readonly task: CarryTask;
          readonly manifest: BroughtManifest;
          /** The tag as the target showed it after it was set. */
          readonly seen: ManifestInfo;
          readonly error?: undefined;
      } & Companions)
    | { readonly task: CarryTask; readonly manifest?: undefined; readonly error: TransshipError };

/** What a run carried. */
export interface Carried {
    /** In the order of the tasks. */
    readonly results: readonly CarryResult[];
    /** Blob bytes by the target's registry. */
    readonly freight: Readonly<Record<string, RegistryFreight>>;
}

/**
 * Does the tasks side by side. One that fails stops no other; a tag is set last and looked at afterwards, so that a
 * failure, or the loss of the process, leaves every tag where it was. An abort ends with the tasks that had begun.
 */
export async function carry(
    tasks: readonly CarryTask[],
    registries: Registries,
    options: CarryOptions = {},
): Promise<Carried> {
    const { signal, patienceMs = DEFAULT_PATIENCE_MS, maxBufferedBytes = DEFAULT_BUFFERED_BYTES } = options;
    const sameHost = options.sameHost ?? ((one, other) => one === other);
    const blobs = new BlobCarrier(registries, { sameHost, patienceMs, maxBufferedBytes });
    const budget = new PullBudget(registries, signal, options.manifests);
    const images = new ImageCarrier(registries, blobs, budget, signal);
    const tools = { registries, images, companions: new CompanionCarrier(registries, images, blobs, signal) };
    const carryAll = async (chosen: readonly CarryTask[], onResult: (result: CarryResult) => void): Promise<void> => {
        await eachLimited(convoysOf(chosen), options.concurrency ?? 32, async (together) => {
            const convoy = new Convoy(new Set(together.map(({ to }) => memberOf(to))), patienceMs);
            await Promise.all(together.map(async (task) => onResult(await carryOne(task, convoy, tools, signal))));
        });
    };
    let done = 0;
    const onFinal = (result: CarryResult): void => {
        done += 1;
        options.onCarried?.(result, done, tasks.length);
    };
    const planned = options.planPulls ?? planWithoutLimits;
    const results = await carryInRounds(tasks, { budget, plan: planned, carryAll, onFinal });
    return { results, freight: blobs.freight.byRegistry() };
}

/** Tasks that read the same from the same place go together, each group where its first task stands. */
function convoysOf(tasks: readonly CarryTask[]): CarryTask[][] {
    const keyOf = ({ digest, platforms, from: [first] }: CarryTask) =>
        [digest, platforms, first && memberOf(first), first?.subset].join(" ");
    return [...groupBy(tasks, keyOf).values()];
}

interface Tools {
    readonly registries: Registries;
    readonly images: ImageCarrier;
    readonly companions: CompanionCarrier;
}

async function carryOne(
    task: CarryTask,
    convoy: Convoy,
    tools: Tools,
    signal: AbortSignal | undefined,
): Promise<CarryResult> {
    const { registries, images } = tools;
    try {
        signal?.throwIfAborted();
        const manifest = await bringFromFirst(task, tools, convoy);
        if (task.to.keeps !== undefined) {
            await keepForRollback(task.to.keeps, task, registries, images);
        }
        const companions = await tools.companions.bring(task, manifest);
        signal?.throwIfAborted();
        const seen = await setTag(manifest, task, registries);
        return { task, manifest, seen, ...companions };
    } catch (error) {
        return { task, error: explain(task, error, signal?.aborted === true, images) };
    } finally {
        convoy.leave(memberOf(task.to));
    }
}

/**
 * The nearest place that can be read; a place that fails to be read hands over to the next, a target that fails does
 * not. Where no place has a child that the index lists, the rest of it is brought; of listed platforms none may lack.
 */
async function bringFromFirst(
    task: CarryTask,
    { images, companions }: Tools,
    convoy: Convoy,
): Promise<BroughtManifest> {
    const { registry, repository } = task.to;
    const to = { registry, repository, isNew: task.isNew };
    let failure: unknown;
    let sparse: Place | undefined;
    for (const { subset, ...place } of task.from) {
        const platforms = subset === undefined ? task.platforms : undefined;
        try {
            await companions.bringLayers(task, subset ?? task.digest, place);
            return await images.bring(subset ?? task.digest, place, to, {
                platforms,
                part: task.to.subset?.digest,
                gone: task.gone,
                convoy,
            });
        } catch (error) {
            if (!(error instanceof ReadFailure)) {
                throw error;
            }
            failure ??= error.cause;
            sparse = error instanceof ChildGone ? place : sparse;
        }
    }
    if (sparse === undefined || task.platforms !== undefined) {
        throw failure;
    }
    const rest = { sparse: true, gone: task.gone };
    return images.bring(task.digest, sparse, { ...to, isNew: false }, rest).catch(rethrowCause);
}

function rethrowCause(error: unknown): never {
    throw error instanceof ReadFailure ? error.cause : error;
}

/** The old digest gets a tag of its own: retention rules spare tags, and clean-ups take what is untagged. */
async function keepForRollback(
    digest: string,
    { to }: CarryTask,
    registries: Registries,
    images: ImageCarrier,
): Promise<void> {
    const place: Place = { registry: to.registry, repository: to.repository };
    const manifest = await images.read(digest, place).catch((error: unknown) => {
        const cause = error instanceof ReadFailure ? error.cause : error;
        return isGone(cause) ? undefined : Promise.reject(cause);
    });
    if (manifest !== undefined) {
        await registries
            .client(to.registry)
            .putManifest(to.repository, rollbackTag(to.reference, digest), manifest.bytes, manifest.mediaType);
    }
}

function ignoreGone(error: unknown): undefined {
    if (!isGone(error)) {
        throw error;
    }
}

/** A task whose reference is a digest sets no tag, and writes nothing where the digest is there. */
async function setTag(manifest: BroughtManifest, { to }: CarryTask, registries: Registries): Promise<ManifestInfo> {
    const { bytes, digest, mediaType, missing } = manifest;
    const target = registries.client(to.registry);
    if (isDigest(to.reference)) {
        const there = await target.headManifest(to.repository, to.reference).catch(ignoreGone);
        if (there !== undefined) {
            return there;
        }
    }
    await target.putManifest(to.repository, to.reference, bytes, mediaType).catch(explainSparse(manifest, missing));
    const seen = await target.headManifest(to.repository, to.reference);
    if (seen.digest !== digest) {
        throw new TransshipError(
            "DIGEST_MISMATCH",
            `the registry shows ${seen.digest} under the tag after ${digest} was pushed; ` +
                "find out who else writes this tag, or whether the registry rewrites manifests",
        );
    }
    return seen;
}

function explain(task: CarryTask, error: unknown, aborted: boolean, images: ImageCarrier): TransshipError {
    const cause = error instanceof ReadFailure ? error.cause : error;
    // An abort throws whatever reason its caller gave.
    const code = cause instanceof TransshipError ? cause.code : aborted ? "ABORTED" : "CARRY_FAILED";
    const message = `could not carry ${nameCopy(task.to)}: ${describeError(cause)}`;
    return new TransshipError(code, message + adviseForeignLayers(cause, task, images), { cause });
}
