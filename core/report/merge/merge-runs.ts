import type { Finding } from "../../mirror";
import { ALL_IMAGES } from "../findings";
import { failuresFromDocuments, judgedFromDocument } from "../from-document";
import type { RunDocument, ShardsDocument } from "../run-document";
import { outcomeOf, summarize } from "../summary";
import { mergeCosts } from "./merge-costs";

/** A look's document, and what to call it in a message. */
export interface NamedRun {
    /** `part-3.json`. */
    readonly name: string;
    readonly run: RunDocument;
}

/** A run that ended with an error instead of a look. */
export interface FailedRun {
    /** One sentence: which run, and why. */
    readonly text: string;
    /** What it said itself. */
    readonly message: string;
    readonly exitCode: number;
}

/** One document of all, or a sentence which says why they do not belong together. */
export type Merged = { readonly run: RunDocument; readonly problem?: undefined } | { readonly problem: string };

/**
 * Several looks at one fleet as one: shards of it, looks at some images each, or looks at several times. Of an image that
 * several tell of, the newest counts, whole: never the copies of two looks side by side. What is missing (a shard, a run
 * that failed) becomes a finding, so that the whole is `unknown` at best. Pure.
 *
 * @param runs at least one
 */
export function mergeRuns(runs: readonly NamedRun[], failed: readonly FailedRun[] = []): Merged {
    const problem = whyApart(runs);
    // Oldest first, so that a later one takes the place of what an earlier one said.
    const ordered = runs.map(({ run }) => run).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const newest = ordered.at(-1);
    if (problem !== undefined || newest === undefined) {
        return { problem: problem ?? "There is nothing to merge: name at least one document." };
    }
    const { environment, upstream, catalog } = newest;
    const merged = mergeImages(ordered);
    const shards = shardsOf(ordered);
    const findings = [...mergeFindings(ordered), ...missingShards(shards), ...failed.map(failedFinding)];
    const judged = merged.copies.map(judgedFromDocument);
    const outcome = outcomeOf(judged, failuresFromDocuments(merged.selections), findings);
    return {
        run: {
            environment,
            upstream,
            catalog,
            outcome,
            summary: summarize(judged),
            ...merged,
            findings,
            ...mergeCosts(superseding(ordered)),
            at: ordered[0]?.at ?? newest.at,
            ...(shards && { shards }),
        },
    };
}

/** Looks at two catalogues, or at parts that were cut in two ways, are not one fleet. */
function whyApart(runs: readonly NamedRun[]): string | undefined {
    const [first, ...rest] = runs;
    for (const { name, run } of rest) {
        const both = `${first?.name} and ${name}`;
        const one = first?.run;
        if (one === undefined || one.environment !== run.environment) {
            return `${both} are of two environments, "${one?.environment}" and "${run.environment}": merge those of one.`;
        }
        if (one.catalog !== run.catalog || one.upstream !== run.upstream) {
            return `${both} were made of two catalogues (${one.catalog} and ${run.catalog}): run all of them with the same one.`;
        }
        const [a, b] = [one.shards ?? one.shard, run.shards ?? run.shard];
        if (a?.count !== b?.count) {
            return `${both} do not fit together: one is ${describePart(a?.count)}, the other ${describePart(b?.count)}.`;
        }
        if (a?.images !== b?.images) {
            return `${both} are shards of different choices of images (${a?.images} and ${b?.images}): name the same images for every shard.`;
        }
    }
    return undefined;
}

function describePart(count: number | undefined): string {
    return count === undefined ? "of no shard" : `a shard of ${count}`;
}

/** Images, copies and timelines of all; names in order, as the catalogue has them. */
function mergeImages(ordered: readonly RunDocument[]): Pick<RunDocument, "copies" | "selections" | "timelines"> {
    const owner = ownersOf(ordered);
    const names = [...owner.keys()].sort();
    const each = <T extends { readonly image: string }>(list: (run: RunDocument) => readonly T[]): T[] => {
        const byImage = new Map<string, T[]>();
        for (const run of ordered) {
            for (const item of list(run)) {
                if (owner.get(item.image) === run) {
                    byImage.set(item.image, [...(byImage.get(item.image) ?? []), item]);
                }
            }
        }
        return names.flatMap((name) => byImage.get(name) ?? []);
    };
    const timelines = new Map(
        ordered.flatMap((run) => run.timelines).map((one) => [`${one.image}\n${one.tag}`, one] as const),
    );
    return {
        copies: each((run) => run.copies),
        selections: each((run) => run.selections),
        timelines: [...timelines.values()],
    };
}

/** By image, the newest run that tells of it. */
function ownersOf(ordered: readonly RunDocument[]): Map<string, RunDocument> {
    const owner = new Map<string, RunDocument>();
    for (const run of ordered) {
        for (const { image } of [...run.copies, ...run.selections]) {
            owner.set(image, run);
        }
    }
    return owner;
}

function mergeFindings(ordered: readonly RunDocument[]): Finding[] {
    const owner = ownersOf(ordered);
    const findings = ordered.flatMap((run) =>
        run.findings.filter(({ code, image }) => code !== SHARD_MISSING && (owner.get(image) ?? run) === run),
    );
    return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** Without the older ones of two looks at the same shard: their requests were spent for nothing that counts here. */
function superseding(ordered: readonly RunDocument[]): RunDocument[] {
    const last = new Map(ordered.flatMap((run) => (run.shard === undefined ? [] : [[run.shard.index, run] as const])));
    return ordered.filter((run) => run.shard === undefined || last.get(run.shard.index) === run);
}

function shardsOf(ordered: readonly RunDocument[]): ShardsDocument | undefined {
    const first = ordered[0]?.shards ?? ordered[0]?.shard;
    if (first === undefined) {
        return undefined;
    }
    const { count, images } = first;
    const all = Array.from({ length: count }, (_, index) => index + 1);
    const known = new Set(
        ordered.flatMap(({ shard, shards }) =>
            shard === undefined ? all.filter((index) => shards?.missing.includes(index) === false) : [shard.index],
        ),
    );
    return { count, images, missing: all.filter((index) => !known.has(index)) };
}

const SHARD_MISSING = "SHARD_MISSING";

function missingShards(shards: ShardsDocument | undefined): Finding[] {
    if (shards === undefined || shards.missing.length === 0) {
        return [];
    }
    const { count, missing } = shards;
    const are = missing.length === 1 ? "is" : "are";
    const message =
        `${missing.length} of ${count} shards ${are} missing (${missing.map((index) => `${index}/${count}`).join(", ")}): ` +
        "nothing is known of their images; run them again and add their documents.";
    return [{ code: SHARD_MISSING, severity: "unknown", image: ALL_IMAGES, tag: ALL_IMAGES, message }];
}

function failedFinding({ text }: FailedRun): Finding {
    return { code: "RUN_FAILED", severity: "unknown", image: ALL_IMAGES, tag: ALL_IMAGES, message: text };
}
