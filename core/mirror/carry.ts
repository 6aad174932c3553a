import { nameCopy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isGone } from "../registry";
import { BlobCarrier } from "./blob-carrier";
import { carryInRounds, PullBudget, type PullPlanner, planWithoutLimits } from "./budget";
import { ImageCarrier, type RawManifest } from "./image-carrier";
import type { Registries } from "./observe";
import type { CarryTask, Place } from "./plan";
import { ReadFailure } from "./read-failure";
import { rollbackTag } from "./rollback-tag";

export interface CarryOptions {
    readonly signal?: AbortSignal;
    /** Tags on their way at a time; each registry's own limit bounds its requests below that. Default: 16. */
    readonly concurrency?: number;
    /** Whether two catalogue registries are one host, so that blobs can be mounted. Default: only the same key is. */
    readonly sameHost?: (one: string, other: string) => boolean;
    /** What is carried now, and what waits for a pull limit. Default: all that the registries let through. */
    readonly planPulls?: PullPlanner;
    readonly onCarried?: (result: CarryResult, done: number, total: number) => void;
}

export type CarryResult =
    | { readonly task: CarryTask; readonly manifest: RawManifest; readonly error?: undefined }
    | { readonly task: CarryTask; readonly error: TransshipError };

/**
 * Does the tasks side by side. One that fails stops no other; a tag is set last and looked at afterwards, so that a
 * failure, or the loss of the process, leaves every tag where it was. An abort ends with the tasks that had begun.
 */
export async function carry(
    tasks: readonly CarryTask[],
    registries: Registries,
    options: CarryOptions = {},
): Promise<CarryResult[]> {
    const sameHost = options.sameHost ?? ((one, other) => one === other);
    const budget = new PullBudget(registries, options.signal);
    const images = new ImageCarrier(registries, new BlobCarrier(registries, sameHost), budget, options.signal);
    let done = 0;
    return carryInRounds(tasks, {
        budget,
        plan: options.planPulls ?? planWithoutLimits,
        concurrency: options.concurrency ?? 16,
        carry: (task) => carryOne(task, registries, images, options.signal),
        onFinal: (result) => {
            done += 1;
            options.onCarried?.(result, done, tasks.length);
        },
    });
}

async function carryOne(
    task: CarryTask,
    registries: Registries,
    images: ImageCarrier,
    signal: AbortSignal | undefined,
): Promise<CarryResult> {
    try {
        signal?.throwIfAborted();
        const manifest = await bringFromFirst(task, images);
        if (task.to.keeps !== undefined) {
            await keepForRollback(task.to.keeps, task, registries, images);
        }
        signal?.throwIfAborted();
        await setTag(manifest, task, registries);
        return { task, manifest };
    } catch (error) {
        return { task, error: explain(task, error, signal?.aborted === true) };
    }
}

/** The nearest place that can be read; a place that fails to be read hands over to the next, a target that fails does not. */
async function bringFromFirst(task: CarryTask, images: ImageCarrier): Promise<RawManifest> {
    let failure: unknown;
    for (const place of task.from) {
        try {
            return await images.bring(task.digest, place, task.to);
        } catch (error) {
            if (!(error instanceof ReadFailure)) {
                throw error;
            }
            failure ??= error.cause;
        }
    }
    throw failure;
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

async function setTag(manifest: RawManifest, { to, digest }: CarryTask, registries: Registries): Promise<void> {
    const target = registries.client(to.registry);
    await target.putManifest(to.repository, to.reference, manifest.bytes, manifest.mediaType);
    const seen = await target.headManifest(to.repository, to.reference);
    if (seen.digest !== digest) {
        throw new TransshipError(
            "DIGEST_MISMATCH",
            `the registry shows ${seen.digest} under the tag after ${digest} was pushed; ` +
                "find out who else writes this tag, or whether the registry rewrites manifests",
        );
    }
}

function explain({ to }: CarryTask, cause: unknown, aborted: boolean): TransshipError {
    // An abort throws whatever reason its caller gave.
    const code = cause instanceof TransshipError ? cause.code : aborted ? "ABORTED" : "CARRY_FAILED";
    return new TransshipError(code, `could not carry ${nameCopy(to)}: ${describeError(cause)}`, { cause });
}
