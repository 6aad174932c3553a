import type { Catalog } from "../catalog";
import { nameCopy } from "../catalog";
import { isDeferral, pullAccounts, pullPlanner } from "./budget";
import type { Carried, CarryOptions, CarryResult } from "./carry";
import { carry } from "./carry";
import { type Learned, withLearned } from "./circumstances";
import { isDrift } from "./drift";
import { judge } from "./judge";
import { observe, type Registries } from "./observe";
import { plan } from "./plan";
import { proveClaims } from "./prove-claims";
import type { CarryWarning } from "./referrers/warning";
import { nameChild } from "./sparse";
import type { Circumstances, JudgedCopy, ObservedCopy } from "./types";

/** One image's tag that is not as it should be, and cannot be made so; a full sentence for a person. */
export interface Failure {
    readonly copy: JudgedCopy;
    readonly code: string;
    readonly message: string;
}

/** What did not go along with an image that was carried; a full sentence for a person. */
export interface Notice {
    readonly copy: JudgedCopy;
    readonly code: CarryWarning["code"];
    readonly message: string;
}

export interface Reconciliation {
    /** Every copy, as it was seen after the work. */
    readonly judged: readonly JudgedCopy[];
    readonly results: readonly CarryResult[];
    /** Deferrals among them: see `isDeferral`. */
    readonly failures: readonly Failure[];
    /** Blob bytes of what was carried, by the target's registry. */
    readonly freight: Carried["freight"];
    /** Pulls that the work cost, by host; empty where none is counted. */
    readonly pullsSpent: ReadonlyMap<string, number>;
    readonly warnings: readonly Notice[];
}

export interface ReconcileOptions extends CarryOptions {
    /** Which copies may be worked on. Default: all that the judgement wants carried. */
    readonly select?: (copy: JudgedCopy) => boolean;
}

/**
 * plan -> carry -> look again at what failed; what was carried was looked at by the carry itself, and what is untouched
 * stays as it was seen.
 */
export async function reconcile(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    circumstances: Circumstances,
    registries: Registries,
    options: ReconcileOptions = {},
): Promise<Reconciliation> {
    const select = options.select ?? (() => true);
    const spent = pullMeter(judged, registries);
    const proofs = await proveClaims(catalog, judged, registries);
    const known = withLearned(circumstances, proofs.learned);
    const before = proofs.learned.length + proofs.failed.size === 0 ? judged : judge(catalog, proofs, known);
    const chosen = before.filter(select);
    // Planned over all of them: what is not worked on may still be the nearest place to read from.
    const tasks = plan(catalog, before).filter(({ to }) => select(to));
    const planPulls = pullPlanner(catalog, before, registries);
    const sameHost = sameHostIn(catalog);
    const { results, freight } = await carry(tasks, registries, { sameHost, planPulls, ...options });
    options.signal?.throwIfAborted();
    const after = await lookAgain(catalog, before, results, withLearned(known, results.flatMap(learnedBy)), registries);
    const failures = [...carryFailures(results), ...standingFailures(chosen)];
    return { judged: after, results, freight, failures, warnings: warningsOf(results), pullsSpent: spent() };
}

/** Pulls since now, by host. */
function pullMeter(judged: readonly JudgedCopy[], registries: Registries): () => Map<string, number> {
    const names = judged.map(({ registry }) => registry);
    const before = [...pullAccounts(names, registries).keys()].map((account) => [account, account.spent] as const);
    return () => {
        const spent = new Map<string, number>();
        for (const [{ host, spent: now }, then] of before) {
            spent.set(host, (spent.get(host) ?? 0) + now - then);
        }
        return spent;
    };
}

/** What a carry has found out: what it made of the image, and what is missing of it. */
function learnedBy({ task, manifest }: CarryResult): Learned[] {
    const { image, tag, platforms } = task.to;
    if (manifest === undefined) {
        return [];
    }
    const { digest, subset, missing } = manifest;
    return [
        ...(subset && platforms ? [{ image, tag, subset: { of: subset.of, digest, platforms } }] : []),
        ...(missing.length > 0 ? [{ image, tag, sparse: { of: digest, missing: missing.map(nameChild) } }] : []),
    ];
}

/** Whether two keys of a catalogue's registries are one host, where blobs can be mounted from one to the other. */
export function sameHostIn(catalog: Catalog): (one: string, other: string) => boolean {
    return (one, other) => catalog.registries[one]?.host === catalog.registries[other]?.host;
}

async function lookAgain(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    results: readonly CarryResult[],
    circumstances: Circumstances,
    registries: Registries,
): Promise<JudgedCopy[]> {
    const fresh = new Map<JudgedCopy, ObservedCopy>();
    for (const { task, ...result } of results) {
        if (result.error === undefined) {
            // What was lacking is there now: the registry took the manifest again.
            const { lacking: _, ...copy } = task.to;
            fresh.set(task.to, { ...copy, state: { status: "present", ...result.seen } });
        }
    }
    // A deferred copy's tag was not moved.
    const failed = results.flatMap(({ task, error }) => (error === undefined || isDeferral(error) ? [] : [task.to]));
    const seen = await observe(failed, registries);
    for (const [index, copy] of failed.entries()) {
        fresh.set(copy, seen.copies[index] as ObservedCopy);
    }
    const copies = judged.map((copy) => fresh.get(copy) ?? copy);
    return judge(catalog, { copies }, circumstances);
}

function carryFailures(results: readonly CarryResult[]): Failure[] {
    return results.flatMap(({ task, error }) =>
        error === undefined ? [] : [{ copy: task.to, code: error.code, message: error.message }],
    );
}

function warningsOf(results: readonly CarryResult[]): Notice[] {
    return results.flatMap((result) =>
        result.error === undefined ? result.warnings.map((warning) => ({ copy: result.task.to, ...warning })) : [],
    );
}

/** What no carrying mends. A tag that its source does not have is told once, not again for each target. */
export function standingFailures(copies: readonly JudgedCopy[]): Failure[] {
    const failures = copies.flatMap(standingFailure);
    const sourceless = failures.filter(({ code }) => code === "SOURCE_MISSING").map(({ copy }) => tagOf(copy));
    return failures.filter(({ code, copy }) => code !== "NO_SOURCE" || !sourceless.includes(tagOf(copy)));
}

function tagOf(copy: JudgedCopy): string {
    return `${copy.image}:${copy.tag}`;
}

/** What no carrying mends: a stranger's digest, a tag that its source does not have, a source off its lock. */
function standingFailure(copy: JudgedCopy): Failure[] {
    const have = copy.state.status === "present" ? copy.state.digest : "nothing";
    if (copy.action === "refuse") {
        const message =
            `${nameCopy(copy)} has ${have}, which was never carried from here, and ${copy.wanted} was wanted; ` +
            'it is left alone unless onForeignDigest is "overwrite"';
        return [{ copy, code: "FOREIGN_DIGEST", message }];
    }
    if (copy.action === "impossible" && (isDrift(copy.verdict) || copy.verdict === "pending")) {
        return [{ copy, code: impossibleCode(copy), message: impossibleMessage(copy, have) }];
    }
    return [];
}

function impossibleCode(copy: JudgedCopy): string {
    return copy.verdict === "locked-mismatch"
        ? "LOCKED_MISMATCH"
        : copy.role === "source"
          ? copy.state.status === "present"
              ? "SOURCE_INCOMPLETE"
              : "SOURCE_MISSING"
          : "NO_SOURCE";
}

function impossibleMessage(copy: JudgedCopy, have: string): string {
    const name = nameCopy(copy);
    if (copy.verdict === "locked-mismatch") {
        return `${name} has ${have}, but the lock says ${copy.wanted}; publish that digest there again, or lock the new one with "transship lock"`;
    }
    const advice = "correct it in the catalogue, or take it out if it is gone for good";
    if (copy.role === "source" && copy.state.status === "present") {
        return `${name}: ${copy.reason}; publish it there again`;
    }
    if (copy.role === "source") {
        return `${name}: the source has no such tag; ${advice}`;
    }
    return `${name} cannot be carried: ${copy.reason}${copy.cause === undefined ? `; ${advice}` : `: ${copy.cause}`}`;
}
