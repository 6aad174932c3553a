import { lockEntry } from "../catalog";
import { describeError } from "../errors";
import { isCounted, isDrift, type JudgedCopy, type SelectionFailure, type TagSelection } from "../mirror";
import { tellEnded } from "./ended-waivers";
import { diagnose, driftLine, limitLines, summarize, unknownLine } from "./findings";
import {
    diagnoseFindings,
    findingsOf,
    foreseeFindings,
    lastingFindings,
    lookDeeply,
    withFindings,
} from "./fleet-inspect";
import { type FleetView, judgeSeen, seenBy, viewOf } from "./fleet-look";
import { pullsOf } from "./fleet-pulls";
import { foreseeFleet } from "./fleet-replication";
import { inputsDiffer, isUneven, isWaivedAnew } from "./input-changes";
import { isRecorded, proveTags } from "./proofs";
import { diagnoseSelection, recallSelection, selectedInput, selectFor, withSelection } from "./selection";
import type { FoundFinding, Seen, Session } from "./session";
import type { FleetInputs, FleetOutputs, Observed } from "./types";
import { hasUnknown, UNKNOWN } from "./unknown";
import { pinDigests } from "./wishes";

export interface CheckResult<Inputs = unknown> {
    readonly inputs: Inputs;
    readonly failures?: { readonly property: string; readonly reason: string }[];
}

/** The live look: runs at every preview and every up, before anything is touched. Never throws. */
export async function checkFleet(
    olds: Partial<FleetInputs>,
    news: FleetInputs,
    session: Session,
): Promise<CheckResult<FleetInputs>> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, observed: UNKNOWN as never } };
    }
    try {
        const selection = await selectFor(news, olds.selected, news.fleet, session);
        const chosen = { ...news, ...selectedInput(selection) };
        const view = viewOf(chosen, olds, session.now());
        const clashes = claimTargets(view, news.fleet, session);
        if (clashes.length > 0) {
            return refuse(news, limitLines(clashes, "tags"));
        }
        // What exists has a state, which `diff` has a moment later: it knows the subsets.
        const isNew = olds.catalog === undefined;
        const inspection = await lookDeeply(view, news, session, isNew);
        const { judged } = inspection;
        const found = foreseeFindings(view, inspection, news);
        const findings = found.map(({ finding }) => finding);
        session.remember(news.fleet, view.catalog, seenBy(news.onDrift, judged));
        session.rememberFindings(news.fleet, judged, found);
        const failures = [...undecided(news, selection), ...refusals(news, judged), ...refusedFindings(news, found)];
        const told = isNew || failures.length > 0 ? judged : judged.filter(isClear);
        session.tell([...limitLines(diagnoseSelection(selection), "images"), ...diagnose(told)]);
        session.tell(diagnoseFindings(findings));
        tellEnded(view.catalog, session);
        const cost = pullsOf(view, judged, news.onDrift, session);
        session.tell(cost.lines);
        session.tell(await foreseeFleet(view, judged, news.onDrift, session));
        const seen = summarize(judged, view.circumstances.carried, cost.pulls);
        const observed = withFindings(withSelection(seen, selection), findings);
        const inputs = { ...chosen, ...pinDigests(view.catalog, news, judged), observed };
        return failures.length === 0 ? { inputs } : refuse(inputs, failures);
    } catch (error) {
        return refuse(news, [describeError(error)]);
    }
}

/** What another digest is, only the state can tell: `diff`, a moment later, names it. */
function isClear({ verdict }: JudgedCopy): boolean {
    return verdict !== "different";
}

function claimTargets({ catalog, copies }: FleetView, fleet: string, session: Session): string[] {
    return copies.flatMap((copy) => {
        const other = copy.role === "target" ? session.claim(catalog, copy, fleet) : undefined;
        const place = `${copy.repository}:${copy.reference} at ${copy.registry}`;
        return other === undefined
            ? []
            : [`the fleets "${other}" and "${fleet}" both write ${place}; leave the image to one of them`];
    });
}

/** Images whose tags are not decided, where drift, or an unknown, ends the program. */
function undecided({ onDrift, onUnknown }: FleetInputs, { failures }: TagSelection): string[] {
    const isRefused = ({ status }: SelectionFailure): boolean =>
        (status === "empty" && onDrift === "fail") || (status === "unknown" && onUnknown === "fail");
    return limitLines(
        failures.filter(isRefused).map(({ message }) => message),
        "images",
    );
}

function refusals({ onDrift, onUnknown }: FleetInputs, judged: readonly JudgedCopy[]): string[] {
    const drift = judged.filter((copy) => onDrift === "fail" && isCounted(copy));
    const unknown = judged.filter((copy) => onUnknown === "fail" && copy.verdict === "unknown");
    return [
        ...limitLines(
            drift.map((copy) => `${driftLine(copy)}; onDrift is "fail"`),
            "drifted copies",
        ),
        ...limitLines(
            unknown.map((copy) => `${unknownLine(copy)}; onUnknown is "fail"`),
            "unknown copies",
        ),
    ];
}

/** What digests do not tell, where drift, or an unknown, ends the program. */
function refusedFindings({ onDrift, onUnknown }: FleetInputs, found: readonly FoundFinding[]): string[] {
    const lasting = lastingFindings(found);
    const drift = onDrift === "fail" ? findingsOf("drift", lasting) : [];
    const unknown = onUnknown === "fail" ? findingsOf("unknown", lasting) : [];
    return [
        ...limitLines(
            drift.map(({ message }) => `${message}; onDrift is "fail"`),
            "findings",
        ),
        ...limitLines(
            unknown.map(({ message }) => `${message}; onUnknown is "fail"`),
            "findings",
        ),
    ];
}

function refuse(inputs: FleetInputs, reasons: readonly string[]): CheckResult<FleetInputs> {
    return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
}

/** Whether an update has anything to do: other inputs, drift in the news or in the state, undone work, a lock to write on. */
export async function diffFleet(
    olds: FleetOutputs,
    news: FleetInputs,
    session: Session,
): Promise<{ readonly changes: boolean }> {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    const { judged, observed } = await judgeWithState(olds, news, session);
    if (isUneven(observed) || isUneven(olds.observed) || isWaivedAnew(observed, olds.observed)) {
        return { changes: true };
    }
    const unproven = judged.some(({ claimed }) => claimed);
    return { changes: unproven || inputsDiffer(olds, news) || lockIsBehind(olds, judged) };
}

/**
 * `check` has the old inputs only, which may be of a time when nothing was carried yet: then a copy that is gone is
 * work to it, and one that cannot be asked, too. The state knows better: what is lost is named here, still before
 * anything is touched.
 */
async function judgeWithState(
    olds: FleetOutputs,
    news: FleetInputs,
    session: Session,
): Promise<{ readonly judged: readonly JudgedCopy[]; readonly observed?: Observed }> {
    const view = viewOf(news, olds, session.now());
    const seen = session.recall(news.fleet, view.catalog, view.copies);
    if (seen === undefined) {
        return { judged: [], observed: news.observed };
    }
    const judged = await judgeSeen(view, seen, session);
    session.remember(news.fleet, view.catalog, seenBy(news.onDrift, judged));
    const isTold = (index: number): boolean => {
        const { verdict } = (seen[index] as Seen).copy;
        return isDrift(verdict) && verdict !== "different";
    };
    session.tell(diagnose(judged.filter(({ verdict }, index) => isDrift(verdict) && !isTold(index))));
    const selection = recallSelection(news, news.fleet, session);
    const findings = session.recallFindings(news.fleet, view.copies).map(({ finding }) => finding);
    const observed = withFindings(summarize(judged, view.circumstances.carried), findings);
    return { judged, observed: selection === undefined ? observed : withSelection(observed, selection) };
}

/** All copies moved on together (the command carried them, say): nothing to carry, but the state's lock to write. */
function lockIsBehind(olds: FleetOutputs, judged: readonly JudgedCopy[]): boolean {
    return proveTags(judged).some(
        (proof) => proof.proven && !isRecorded(lockEntry(olds.proven, proof.image, proof.tag), proof),
    );
}
