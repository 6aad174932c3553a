import { carryReferrers, type Failure, type JudgedCopy, type ReferrersResult, sameHostIn } from "../core/mirror";
import { count, nameOf, painter } from "../core/report";
import type { ReferrersDocument } from "./documents";
import type { Output } from "./output";
import { startProgress } from "./progress";
import type { Session } from "./session";

/** The part of a sync's result which `--referrers` adds to. */
export interface Completion {
    /** Copies that were equal already and got referrers that they lacked. */
    readonly completed: readonly ReferrersResult[];
    /** What did not go along. */
    readonly warnings: readonly { readonly copy: JudgedCopy; readonly code: string; readonly message: string }[];
    /** Deferrals among them. */
    readonly failures: readonly Failure[];
}

/**
 * `sync --referrers`: what copies that were equal already lack of theirs; those that were carried just now have them.
 *
 * @param judged as the copies stood before anything was carried
 */
export async function completeReferrers(
    session: Session,
    judged: readonly JudgedCopy[],
    before: Completion,
    dryRun: boolean,
    output: Output,
): Promise<Completion> {
    if (dryRun) {
        output.note("transship: what --referrers would bring is not asked in a dry run.");
        return before;
    }
    const { catalog, registries, signal } = session;
    const progress = startProgress("asking for referrers", output);
    try {
        const results = await carryReferrers(catalog, judged, registries, {
            signal,
            sameHost: sameHostIn(catalog),
            onProgress: (done, total) => progress.update(done, total),
        });
        const warnings = results.flatMap(({ copy, warnings }) => warnings.map((warning) => ({ copy, ...warning })));
        const failures = results.flatMap(({ copy, error }) =>
            error === undefined ? [] : [{ copy, code: error.code, message: error.message }],
        );
        return {
            completed: results.filter(({ brought }) => brought > 0),
            warnings: [...before.warnings, ...warnings],
            failures: [...before.failures, ...failures],
        };
    } finally {
        progress.stop();
    }
}

export function printReferrers(results: readonly ReferrersResult[], output: Output): void {
    const paint = painter(output.text);
    for (const { copy, brought } of results) {
        if (brought > 0) {
            output.detail(`${paint("green", "→")} ${nameOf(copy)}: carried ${count(brought, "referrer")}`);
        }
    }
}

export function referrersDocument({ copy, brought }: ReferrersResult): ReferrersDocument {
    const { image, tag, registry, repository, reference } = copy;
    return { image, tag, registry, repository, reference, referrers: brought };
}
