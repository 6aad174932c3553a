import { lockEntry, nameCopy } from "../catalog";
import {
    type CarriedTag,
    describeSubset,
    type Finding,
    foreignLayerLines,
    type Inspection,
    isCounted,
    isWell,
    type JudgedCopy,
    type Reconciliation,
    reconcile,
    type TagSelection,
} from "../mirror";
import { count, isUnreached, limitLines, summarize } from "./findings";
import { diagnoseFindings, inspectSeen, recallInspection, withFindings } from "./fleet-inspect";
import { attemptedLock, learnPlatforms, provenLock, type SentTag } from "./fleet-lock";
import { type FleetView, isSelected, viewOf } from "./fleet-look";
import { failureLines } from "./fleet-pulls";
import { completeFleet } from "./fleet-referrers";
import { leftToOthers, replicateFleet } from "./fleet-replication";
import { proveTags } from "./proofs";
import { recallSelection, selectFor, standingSelection, withSelection } from "./selection";
import type { Session } from "./session";
import { storedOutputs } from "./state-form";
import type { FleetInputs, FleetOutputs, FleetState } from "./types";

/** A failure that keeps what was done: the engine writes `properties` to the state and goes on from there next time. */
export class PartialFailure extends Error {
    override readonly name = "PartialFailure";

    /** What the engine prints, one line each: as many as its console can show. */
    readonly reasons: string[];

    constructor(
        readonly id: string,
        readonly properties: FleetState,
        reasons: readonly string[],
        failed: number,
        total: number,
    ) {
        const lines = limitLines(reasons, "failures");
        super([`${failed} of ${count(total, "copy", "copies")} failed:`, ...lines].join("\n  - "));
        this.reasons = lines;
    }
}

/** Create and update: carries what is to be carried, looks again, and returns what is now true. */
export async function applyFleet(
    id: string,
    inputs: FleetInputs,
    olds: FleetOutputs | undefined,
    session: Session,
): Promise<FleetState> {
    const view = viewOf(inputs, olds, session.now());
    const { judged: before, findings: found } = await recallInspection(view, inputs, session);
    const others = await replicateFleet(inputs, view, before, session);
    const isLeft = leftToOthers(view, others);
    const done = await reconcile(view.catalog, others.judged, view.circumstances, session.registries(view.catalog), {
        select: (copy) => isSelected(copy, inputs.onDrift) && !isLeft(copy),
        signal: session.signal,
        manifests: session.manifests,
    });
    const completed = await completeFleet(inputs, view, done.judged, found, session);
    const { findings } = await findAgain(inputs, view, done, completed.findings, session);
    session.settle(inputs.fleet, view.catalog, done.judged, findings);
    report(before, done, olds === undefined, session);
    session.tell(diagnoseFindings(findings.filter((one) => !found.some((other) => other.message === one.message))));
    const selection =
        recallSelection(inputs, inputs.fleet, session) ??
        (await selectFor(inputs, inputs.selected, inputs.fleet, session));
    const sent = others.sent.map((task) => ({ task }));
    const outputs = storedOutputs(await outputsOf(inputs, olds, view, { ...done, findings, sent }, selection, session));
    const undone = [...unreachedCopies(view, done), ...refusedDrift(inputs, before), ...completed.failures];
    const failed = [...others.failures, ...done.failures];
    const more = [...standingSelection(selection), ...undone];
    const reasons = [...failureLines(failed, view, session), ...more];
    if (reasons.length > 0) {
        throw new PartialFailure(id, outputs, reasons, failed.length + more.length, view.copies.length);
    }
    return outputs;
}

/** What was asked before the work stands; who may pull, and how many copies there are, is another thing after it. */
async function findAgain(
    { anonymous }: FleetInputs,
    view: FleetView,
    { judged }: Reconciliation,
    before: readonly Finding[],
    session: Session,
): Promise<Inspection> {
    const standing = before.filter(({ code }) => code === "BLOBS_UNKNOWN" || code.startsWith("REFERRERS_"));
    const { findings } = await inspectSeen(view, judged, { anonymous }, session);
    return { judged, findings: [...standing, ...findings] };
}

/** What was never carried and cannot be carried now is a failure, whatever `onUnknown` says of a look. */
function unreachedCopies({ circumstances }: FleetView, { judged }: Reconciliation): string[] {
    return judged
        .filter((copy) => isUnreached(copy, circumstances.carried))
        .map((copy) => `could not carry ${nameCopy(copy)}: ${copy.reason}`);
}

/** Under `fail`, `check` has refused what it could prove; a copy that only the state knows to be lost is refused here. */
function refusedDrift({ onDrift }: FleetInputs, before: readonly JudgedCopy[]): string[] {
    const drift = before.filter((copy) => onDrift === "fail" && isCounted(copy));
    return drift.map((copy) => `${nameCopy(copy)}: ${copy.reason}; onDrift is "fail"`);
}

function report(before: readonly JudgedCopy[], done: Reconciliation, first: boolean, session: Session): void {
    const carried = done.results.filter(({ error }) => error === undefined).length;
    const adopted = before.filter((copy, index) => isEqualCopy(copy) && isEqualCopy(done.judged[index])).length;
    if (first && adopted > 0) {
        session.print(
            `adopted ${count(adopted, "copy", "copies")} that ${adopted === 1 ? "was" : "were"} already equal`,
        );
    }
    if (carried > 0) {
        const pulls = [...done.pullsSpent].filter(([, spent]) => spent > 0);
        const cost = pulls.map(([host, spent]) => `, ${count(spent, "pull")} of ${host} spent`).join("");
        session.print(`carried ${count(carried, "tag")}, verified by digest${cost}`);
    }
    session.tell(limitLines(foreignLayerLines(done.results), "images with non-distributable layers"));
    const warnings = done.warnings.map(({ message }) => `warning: ${message}`);
    session.tell(limitLines(warnings, "warnings"));
    session.tell(limitLines(done.results.flatMap(subsetLine), "subsets"));
}

function isEqualCopy(copy: JudgedCopy | undefined): boolean {
    return copy?.role === "target" && (copy.verdict === "consistent" || copy.verdict === "subset");
}

function subsetLine(carried: CarriedTag): string[] {
    const told = describeSubset(carried);
    return told === undefined ? [] : [`carried ${nameCopy(carried.task.to)} ${told}`];
}

async function outputsOf(
    inputs: FleetInputs,
    olds: FleetOutputs | undefined,
    view: FleetView,
    done: Reconciliation & Pick<Inspection, "findings"> & { readonly sent: readonly SentTag[] },
    selection: TagSelection,
    session: Session,
): Promise<FleetOutputs> {
    const proofs = proveTags(done.judged);
    const off = done.judged.filter(({ verdict }) => !isWell(verdict));
    const platforms = await learnPlatforms(proofs, olds, done, session.registries(view.catalog));
    const seen = withSelection(summarize(done.judged, view.circumstances.carried), selection);
    return {
        ...inputs,
        observed: withFindings(seen, done.findings),
        proven: provenLock(view.catalog, proofs, olds, platforms, session.now(), inputs.lock),
        attempted: attemptedLock(view.catalog, proofs, olds, [...done.sent, ...done.results]),
        unproven: off.map(nameCopy),
        absent: off.filter(neverProven(olds, view)).map(nameCopy),
    };
}

/** References stay pinned to the digest that was proven: a moved tag does not take it away, and the gate is there to stop. */
function neverProven(olds: FleetOutputs | undefined, { circumstances }: FleetView): (copy: JudgedCopy) => boolean {
    const absent = new Set(olds?.absent);
    return (copy) =>
        olds === undefined ||
        lockEntry(olds.proven, copy.image, copy.tag) === undefined ||
        absent.has(nameCopy(copy)) ||
        !circumstances.carried(copy);
}
