import type { Catalog } from "../core/catalog";
import type { RunDocument } from "../core/report";
import { mergeRuns, readRuns } from "../core/report/merge";
import { UsageError } from "./exit-code";
import { readNamed } from "./files";

/**
 * How things stood, from what earlier runs of `check --json` printed; shards are put together.
 *
 * @throws UsageError for anything else, and for documents of another catalogue or environment: their verdicts are about
 * other copies than those that are named here
 */
export function readStanding(paths: readonly string[], catalog: Catalog): RunDocument {
    const read = paths.map((path) => {
        const runs = readRuns(path, readNamed(path));
        if (runs.problem !== undefined) {
            throw new UsageError(runs.problem);
        }
        return runs;
    });
    const failed = read.flatMap((one) => one.failed);
    const runs = read.flatMap((one) => one.runs);
    const merged = runs.length === 0 ? { problem: failed[0]?.text ?? "" } : mergeRuns(runs, failed);
    if (merged.problem !== undefined) {
        throw new UsageError(merged.problem);
    }
    const { run } = merged;
    const names = paths.join(" and ");
    if (run.environment !== catalog.environment) {
        throw new UsageError(
            `${names} tells of the environment "${run.environment}" and this is "${catalog.environment}": name the same one by -e.`,
        );
    }
    if (run.catalog !== catalog.digest) {
        throw new UsageError(
            `${names} tells of another catalogue than ${catalog.path ?? "this one"}, which has changed since: run transship check --json again.`,
        );
    }
    return run;
}
