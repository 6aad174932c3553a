import {
    type CarryTask,
    type Failure,
    type JudgedCopy,
    plan,
    type Reconciliation,
    type RegistryFreight,
    reconcile,
    standingFailures,
} from "../../core/mirror";
import { failureDocument, judgementDocument, nameOf, outcomeOf, painter } from "../../core/report";
import { formatBytes } from "../bytes";
import { type CarryDocument, documentHead, type SyncDocument } from "../documents";
import { exitCodeOf } from "../exit-code";
import { recordCarried } from "../lock-file";
import type { Output } from "../output";
import { printJudgement } from "../print-judgement";
import { startProgress } from "../progress";
import { addCatalogOptions, environmentPart, look, openSession, requestsOf, type Session } from "../session";
import type { Run, Verb } from "../verb";

/** What a sync did, or with `--dry-run` would do. */
interface Work {
    readonly judged: readonly JudgedCopy[];
    readonly carried: readonly CarryTask[];
    readonly failures: readonly Failure[];
    readonly recorded: number;
    readonly storage: Reconciliation["freight"];
}

/** Looks, carries what is missing or differs, looks again at what it touched, and records it in the lock file. */
export const sync: Verb = {
    configure(command) {
        addCatalogOptions(command);
        command.option("-n, --dry-run", "say what would be carried, and write nothing");
    },

    async run(run, images, options) {
        const started = performance.now();
        const dryRun = options.dryRun === true;
        const session = openSession(options, images, run.signal);
        try {
            const { judged, selection } = await look(session, run.output);
            const work = dryRun ? foresee(session, judged) : await carryAll(session, judged, run);
            const exitCode = exitCodeOf(outcomeOf(work.judged, selection.failures), work.failures.length);
            const requests = requestsOf(session);
            const document: SyncDocument = {
                ...documentHead("sync", exitCode),
                ...environmentPart(session.catalog),
                dryRun,
                carries: work.carried.map(carryDocument),
                failures: work.failures.map(failureDocument),
                recorded: work.recorded,
                storage: work.storage,
                ...judgementDocument(work.judged, selection),
                requests,
            };
            run.output.document(document);
            printWork(work, dryRun, run.output);
            const cost = { requests, milliseconds: performance.now() - started };
            printJudgement(
                work.judged,
                selection.failures,
                run.output,
                cost,
                work.failures.map(({ copy }) => copy),
            );
            return exitCode;
        } finally {
            await session.registries.close();
        }
    },
};

function foresee({ catalog }: Session, judged: readonly JudgedCopy[]): Work {
    return { judged, carried: plan(catalog, judged), failures: standingFailures(judged), recorded: 0, storage: {} };
}

/** Whatever ends the work, what was carried until then is recorded: unrecorded it would be a stranger's digest. */
async function carryAll(session: Session, before: readonly JudgedCopy[], { output }: Run): Promise<Work> {
    const { catalog, circumstances, registries, signal } = session;
    const carried: CarryTask[] = [];
    const progress = startProgress("carrying", output);
    try {
        const { judged, failures, freight } = await reconcile(catalog, before, circumstances, registries, {
            signal,
            onCarried: ({ task, error }, done, total) => {
                if (error === undefined) {
                    carried.push(task);
                }
                progress.update(done, total);
            },
        });
        return { judged, carried, failures, recorded: recordCarried(catalog, carried, judged), storage: freight };
    } catch (error) {
        recordCarried(catalog, carried, []);
        throw error;
    } finally {
        progress.stop();
    }
}

function printWork({ carried, failures, storage }: Work, dryRun: boolean, output: Output): void {
    const paint = painter(output.text);
    for (const { to, digest } of carried) {
        output.detail(`${paint("green", "→")} ${nameOf(to)}: ${dryRun ? "would carry" : "carried"} ${digest}`);
    }
    for (const [registry, bytes] of Object.entries(storage)) {
        output.detail(`  ${registry}: ${describeFreight(bytes)}`);
    }
    for (const { message } of failures) {
        output.line(`${paint("red", "✗")} ${message}`);
    }
    if (carried.length + failures.length > 0) {
        output.detail("");
    }
}

/** What the images carried need there, and how it came. */
function describeFreight({ unique, shared, sent, mounted, present }: RegistryFreight): string {
    const ways = [
        [sent, "sent"],
        [mounted, "mounted"],
        [present, "there before"],
    ] as const;
    const how = ways.filter(([bytes]) => bytes > 0).map(([bytes, word]) => `${formatBytes(bytes)} ${word}`);
    const saved = shared > 0 ? `, ${formatBytes(shared)} saved by shared layers` : "";
    return `${formatBytes(unique)} of blobs${saved} (${how.join(", ")})`;
}

function carryDocument({ to, digest }: CarryTask): CarryDocument {
    const { image, tag, registry, repository, reference } = to;
    return { image, tag, registry, repository, reference, digest };
}
