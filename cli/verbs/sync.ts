import { copyKey } from "../../core/catalog";
import {
    type CarriedTag,
    type JudgedCopy,
    type PlannedTask,
    type PullPlan,
    plan,
    pullPlanner,
    type Reconciliation,
    reconcile,
    standingFailures,
} from "../../core/mirror";
import { failureDocument, outcomeOf } from "../../core/report";
import { carryDocument } from "../carried";
import { type Completion, completeReferrers, referrersDocument } from "../companions";
import { type CarryDocument, documentHead, type SyncDocument } from "../documents";
import { exitCodeOf } from "../exit-code";
import { addDepthOption, inspectCopies, inspectDepth, inspectionWishes } from "../inspection";
import { recordCarried } from "../lock-file";
import { printJudgement } from "../print-judgement";
import { printWork, pullDocuments } from "../print-work";
import { startProgress } from "../progress";
import { foreseeOthers, isLeftToOthers, replicateCopies } from "../replication";
import { addCatalogOptions, environmentPart, look, openSession, type Session } from "../session";
import { addShardOption } from "../shard";
import { addShowOptions, checkShowOptions, show } from "../show";
import { standingPart } from "../standing";
import type { Run, Verb } from "../verb";
import { isWorkedOn, printLeftAlone } from "../waivers";

/** What a sync did, or with `--dry-run` would do. */
export interface Work extends Completion {
    readonly judged: readonly JudgedCopy[];
    readonly carried: readonly CarriedTag[];
    readonly recorded: number;
    readonly storage: Reconciliation["freight"];
    /** What was planned before the start. */
    readonly plan: PullPlan;
    /** By host; undefined for a dry run. */
    readonly pullsSpent?: ReadonlyMap<string, number>;
}

/** Looks, carries what is missing or differs, looks again at what it touched, and records it in the lock file. */
export const sync: Verb = {
    configure(command) {
        addCatalogOptions(command);
        addShardOption(command);
        command.option("-n, --dry-run", "say what would be carried, for how many pulls, and write nothing");
        addDepthOption(command);
        command.option("--referrers", "bring also what copies that are equal already lack of signatures and SBOMs");
        addShowOptions(command);
    },

    async run(run, images, options) {
        const started = performance.now();
        checkShowOptions(options);
        const dryRun = options.dryRun === true;
        const wishes = inspectionWishes(options);
        const session = openSession(options, images, run.signal);
        try {
            const { judged: seen, selection } = await look(session, run.output);
            const { judged, findings: unasked } = await inspectDepth(session, seen, wishes, run.output);
            const pulls = planOf(session, judged);
            if (dryRun) {
                await foreseeOthers(session, judged, run.output);
            }
            let work = dryRun ? foresee(judged, pulls) : await carryAll(session, judged, pulls, run);
            if (options.referrers === true) {
                work = { ...work, ...(await completeReferrers(session, judged, work, dryRun, run.output)) };
            }
            const after = await inspectCopies(session, work.judged, {}, run.output);
            const findings = [...unasked, ...after.findings];
            const exitCode = exitCodeOf(outcomeOf(work.judged, selection.failures, findings), work.failures.length);
            const standing = standingPart(session, work.judged, selection, findings);
            const document: SyncDocument = {
                ...documentHead("sync", exitCode),
                ...environmentPart(session.catalog),
                dryRun,
                carries: dryRun ? pulls.tasks.map(plannedDocument) : work.carried.map(carryDocument),
                completed: work.completed.map(referrersDocument),
                warnings: work.warnings.map(failureDocument),
                failures: work.failures.map(failureDocument),
                recorded: work.recorded,
                storage: work.storage,
                ...standing,
                pulls: pullDocuments(session, work),
            };
            const shown = show(document, options, run.output);
            printWork(session, work, run.output);
            printLeftAlone(work.judged, run.output);
            const cost = { requests: standing.requests, milliseconds: performance.now() - started };
            const told = work.failures.map(({ copy }) => copy);
            printJudgement(work.judged, selection.failures, run.output, cost, told, findings);
            return shown;
        } finally {
            await session.registries.close();
        }
    },
};

/** What every task costs, and what fits into the pull limits. */
function planOf({ catalog, registries }: Session, judged: readonly JudgedCopy[]): PullPlan {
    const isLeft = isLeftToOthers(catalog);
    const tasks = plan(catalog, judged).filter(({ to }) => isWorkedOn(to) && !isLeft(to));
    return pullPlanner(catalog, judged, registries)(tasks, () => undefined);
}

function foresee(judged: readonly JudgedCopy[], pulls: PullPlan): Work {
    const carried = pulls.tasks.map(({ task }) => ({ task }));
    const nothing = { completed: [], warnings: [], recorded: 0, storage: {} };
    return { judged, carried, failures: standingFailures(judged.filter(isWorkedOn)), plan: pulls, ...nothing };
}

/** Whatever ends the work, what was carried until then is recorded: unrecorded it would be a stranger's digest. */
async function carryAll(
    session: Session,
    before: readonly JudgedCopy[],
    pulls: PullPlan,
    { output }: Run,
): Promise<Work> {
    const { catalog, circumstances, manifests, registries, signal } = session;
    const others = await replicateCopies(session, before, output);
    const carried: CarriedTag[] = [...(others?.replicated ?? [])];
    const sent = others?.sent.map((task) => ({ task })) ?? [];
    const failed = new Set(others?.failures.map(({ copy }) => copyKey(copy)));
    const isLeft = isLeftToOthers(catalog);
    const progress = startProgress("carrying", output);
    try {
        const { freight, ...done } = await reconcile(catalog, others?.judged ?? before, circumstances, registries, {
            signal,
            manifests,
            select: (copy) =>
                isWorkedOn(copy) && !failed.has(copyKey(copy)) && !(copy.action === "carry" && isLeft(copy)),
            onCarried: (result, done, total) => {
                if (result.error === undefined) {
                    carried.push(result);
                }
                progress.update(done, total);
            },
        });
        const recorded = recordCarried(catalog, [...sent, ...carried], done.judged);
        const failures = [...(others?.failures ?? []), ...done.failures];
        const warnings = [...(others?.notices ?? []), ...done.warnings];
        return { ...done, failures, warnings, carried, recorded, storage: freight, plan: pulls, completed: [] };
    } catch (error) {
        recordCarried(catalog, [...sent, ...carried], []);
        throw error;
    } finally {
        progress.stop();
    }
}

function plannedDocument({ task, account, pulls, when }: PlannedTask): CarryDocument {
    const from = task.from[0];
    return {
        ...carryDocument({ task }),
        ...(from === undefined ? undefined : { from: from.registry }),
        ...(account === undefined ? undefined : { pulls }),
        when,
    };
}
