import { type Catalog, nameCopy } from "../../catalog";
import { describeError, TransshipError } from "../../errors";
import { BlobCarrier } from "../blob-carrier";
import { PullBudget } from "../budget";
import { eachLimited } from "../each-limited";
import { ImageCarrier } from "../image-carrier";
import { groupByTag } from "../judge";
import { DEFAULT_BUFFERED_BYTES, DEFAULT_PATIENCE_MS } from "../limits";
import type { Registries } from "../observe";
import { once } from "../once";
import { referrersFor } from "../plan";
import { ReadFailure } from "../read-failure";
import type { CopyState, JudgedCopy, Verdict } from "../types";
import { ReferrersCarrier, type ReferrersOutcome, type ReferrersWish } from "./referrers-carrier";
import type { CarryWarning } from "./warning";

export interface CarryReferrersOptions {
    readonly signal?: AbortSignal;
    /** Copies under way at a time. Default: 16. */
    readonly concurrency?: number;
    readonly sameHost?: (one: string, other: string) => boolean;
    readonly onProgress?: (done: number, total: number) => void;
}

/** The referrers of one copy that is equal already. */
export interface ReferrersResult {
    readonly copy: JudgedCopy;
    /** Referrers and digest tags that the target did not have before. */
    readonly brought: number;
    readonly warnings: readonly CarryWarning[];
    readonly error?: TransshipError;
}

/**
 * Brings what copies that are equal already lack of their referrers: a signature may come after its image was carried.
 * The tags stay as they are. One copy that fails stops no other.
 */
export async function carryReferrers(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: CarryReferrersOptions = {},
): Promise<ReferrersResult[]> {
    const sameHost = options.sameHost ?? ((one, other) => one === other);
    const limits = { patienceMs: DEFAULT_PATIENCE_MS, maxBufferedBytes: DEFAULT_BUFFERED_BYTES };
    const blobs = new BlobCarrier(registries, { sameHost, ...limits });
    const budget = new PullBudget(registries, options.signal);
    const images = new ImageCarrier(registries, blobs, budget, options.signal);
    const carrier = new ReferrersCarrier(registries, images, options.signal);
    const shared = new Map<string, Promise<ReferrersOutcome>>();
    const work = wishesOf(catalog, judged);
    let done = 0;
    return eachLimited(work, options.concurrency ?? 16, async ({ copy, digest, wish }): Promise<ReferrersResult> => {
        try {
            options.signal?.throwIfAborted();
            // Several tags of one repository may be one image.
            const key = `${copy.registry}/${copy.repository}@${digest}`;
            const isFirst = !shared.has(key);
            const { brought, warnings } = await once(shared, key, async () =>
                carrier.bring(await images.read(digest, copy), wish, copy),
            );
            const named = warnings.map(({ code, message }) => ({ code, message: `${nameCopy(copy)}: ${message}` }));
            return { copy, brought: isFirst ? brought : 0, warnings: isFirst ? named : [] };
        } catch (error) {
            options.signal?.throwIfAborted();
            return { copy, brought: 0, warnings: [], error: explain(copy, error) };
        } finally {
            done += 1;
            options.onProgress?.(done, work.length);
        }
    });
}

const EQUAL: ReadonlySet<Verdict> = new Set(["consistent", "subset"]);

interface Work {
    readonly copy: JudgedCopy;
    readonly digest: string;
    readonly wish: ReferrersWish;
}

function wishesOf(catalog: Catalog, judged: readonly JudgedCopy[]): Work[] {
    return groupByTag(judged).flatMap((copies) =>
        copies.flatMap((copy) => {
            if (copy.role !== "target" || !EQUAL.has(copy.verdict) || copy.state.status !== "present") {
                return [];
            }
            const { digest } = copy.state;
            const wish = referrersFor(
                catalog,
                copy,
                copies.filter(({ state }) => showsDigest(state, digest)),
            );
            return wish === undefined ? [] : [{ copy, digest, wish }];
        }),
    );
}

function showsDigest(state: CopyState, digest: string): boolean {
    return state.status === "present" && state.digest === digest;
}

function explain(copy: JudgedCopy, error: unknown): TransshipError {
    const cause = error instanceof ReadFailure ? error.cause : error;
    const code = cause instanceof TransshipError ? cause.code : "CARRY_FAILED";
    return new TransshipError(code, `could not carry the referrers of ${nameCopy(copy)}: ${describeError(cause)}`, {
        cause,
    });
}
