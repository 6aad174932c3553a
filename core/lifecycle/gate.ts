import { type Catalog, listCopies } from "../catalog";
import { describeError, TransshipError } from "../errors";
import {
    type Finding,
    inspect,
    isDrift,
    type JudgedCopy,
    look,
    type TagSelection,
    waiveCopies,
    waiveFindings,
    waiversAt,
} from "../mirror";
import { tellEnded } from "./ended-waivers";
import { count, driftLine, isKnownDrift, limitLines, summarize, unknownLine, waivedLine } from "./findings";
import type { CheckResult } from "./fleet-check";
import { findingsOf, lastingFindings, waivedFinding, withFindings } from "./fleet-inspect";
import { inputsDiffer, isUneven, isWaivedAnew } from "./input-changes";
import { type Refusal, refusalLines } from "./refusals";
import { decidedCatalog, recallSelection, selectedInput, selectFor, withSelection } from "./selection";
import type { Seen, Session } from "./session";
import { storedInputs, wholeInputs } from "./state-form";
import { toldPlainly } from "./told-plainly";
import type { GateInputs, Observed } from "./types";
import { hasUnknown, UNKNOWN } from "./unknown";
import { circumstancesFor, pinDigests } from "./wishes";

/** The hooks of `transship:DigestGate`. It fails in create and update, so that only what depends on it waits. */
export function gateHooks(session: () => Session) {
    const pass = async (inputs: GateInputs): Promise<GateInputs> => {
        const look = await seeCopies(inputs, inputs, session());
        const reasons = unproven(inputs, look, "fail");
        if (reasons.length > 0) {
            const sum = `${count(reasons.length, "copy is", "copies are")} not proven equal:`;
            throw new TransshipError("GATE_CLOSED", [sum, ...refusalLines(reasons)].join("\n  - "));
        }
        return { ...inputs, observed: observedIn(look) };
    };
    const whole = (inputs: GateInputs): GateInputs => wholeInputs(ownerOf(inputs), inputs, session());
    const stored = (inputs: GateInputs): GateInputs => storedInputs(ownerOf(inputs), inputs, session());
    return {
        check: async (olds: GateInputs, news: GateInputs): Promise<CheckResult> => {
            const { inputs, ...rest } = await checkGate(olds, news, session());
            return { inputs: stored(inputs), ...rest };
        },
        diff: async (_id: string, olds: GateInputs, news: GateInputs): Promise<{ changes: boolean }> =>
            toldPlainly(() => diffGate(olds, whole(news), session())),
        create: async (inputs: GateInputs): Promise<{ id: string; outs: GateInputs }> => ({
            outs: stored(await pass(whole(inputs))),
            id: "gate",
        }),
        update: async (_id: string, _olds: GateInputs, news: GateInputs): Promise<{ outs: GateInputs }> => ({
            outs: stored(await pass(whole(news))),
        }),
        read: (id: string, props: GateInputs): Promise<{ id: string; props: GateInputs; inputs: GateInputs }> =>
            toldPlainly(async () => {
                const look = await seeCopies(props, props, session());
                const { selected: _former, ...rest } = props;
                const fresh = { ...rest, ...selectedInput(look.selection), observed: observedIn(look) };
                return { id, props: fresh, inputs: fresh };
            }),
        /** A gate owns nothing. */
        delete: async (): Promise<void> => undefined,
    };
}

/** Under which its lock is remembered. */
function ownerOf({ fleet, catalog }: GateInputs): string {
    return `gate ${fleet ?? ""} ${JSON.stringify(catalog)}`;
}

async function checkGate(
    olds: Partial<GateInputs>,
    news: GateInputs,
    session: Session,
): Promise<CheckResult<GateInputs>> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, observed: UNKNOWN as never } };
    }
    try {
        const look = await seeCopies(news, olds, session);
        const copies = look.seen.map(({ copy }) => copy);
        const known = [...copies.filter(isKnownDrift).map(waivedLine), ...look.findings.flatMap(waivedFinding)];
        session.tell(refusalLines(unproven(news, look, "fail")).map((line) => `gate closed: ${line}`));
        session.tell(refusalLines(unproven(news, look, "warn")).map((line) => `gate warns: ${line}`));
        session.tell(limitLines(known, "copies whose drift is waived").map((line) => `gate passes over: ${line}`));
        tellEnded(look.catalog, session);
        const pins = pinDigests(look.catalog, news, copies);
        return { inputs: { ...news, ...selectedInput(look.selection), ...pins, observed: observedIn(look) } };
    } catch (error) {
        return { inputs: news, failures: [{ property: "", reason: describeError(error) }] };
    }
}

/** An update is due when the gate would close, when it was closed, when it guards something else, or waives other drift. */
async function diffGate(olds: GateInputs, news: GateInputs, session: Session): Promise<{ changes: boolean }> {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    if (inputsDiffer(olds, news) || isUneven(olds.observed)) {
        return { changes: true };
    }
    const look = await seeCopies(news, news, session);
    return { changes: unproven(news, look, "fail").length > 0 || isWaivedAnew(observedIn(look), olds.observed) };
}

/** What a gate judges. */
interface GateLook {
    readonly catalog: Catalog;
    readonly selection: TagSelection;
    readonly seen: readonly Seen[];
    /** What equal digests do not tell, and the fleet is not about to mend. */
    readonly findings: readonly Finding[];
}

function observedIn({ seen, selection, findings }: GateLook): Observed {
    return withFindings(withSelection(summarize(seen.map(({ copy }) => copy)), selection), findings);
}

/**
 * What the fleet chose and saw in this process, at no cost; without it (`--target`, references) a look of its own.
 *
 * @param former inputs of the last time: tags and digests to hold on to
 */
async function seeCopies(inputs: GateInputs, former: Partial<GateInputs>, session: Session): Promise<GateLook> {
    const key = inputs.fleet ?? `gate ${JSON.stringify(inputs.catalog)}`;
    const selection = recallSelection(inputs, key, session) ?? (await selectFor(inputs, former.selected, key, session));
    const catalog = decidedCatalog({ catalog: inputs.catalog, ...selectedInput(selection) });
    const copies = listCopies(catalog);
    const known = session.recall(key, catalog, copies);
    if (known !== undefined) {
        const found = lastingFindings(session.recallFindings(key, copies));
        return { catalog, selection, ...waivedNow(known, found, catalog, session.now()) };
    }
    const past = { history: [inputs.lock], carried: () => true };
    const circumstances = circumstancesFor(catalog, inputs, former.pinned, session.now(), past);
    const options = { signal: session.signal, compare: session.comparer() };
    const registries = session.registries(catalog);
    const looked = await look(catalog, copies, circumstances, registries, options);
    const { judged, findings } = await inspect(catalog, looked, circumstances, registries, { signal: session.signal });
    return { catalog, selection, seen: session.settle(key, catalog, judged, findings), findings };
}

/** A waiver may have ended since the fleet looked. */
function waivedNow(
    known: readonly Seen[],
    found: readonly Finding[],
    catalog: Catalog,
    now: Date,
): Pick<GateLook, "seen" | "findings"> {
    const waivedAt = waiversAt(catalog, now);
    const copies = waiveCopies(
        known.map(({ copy }) => copy),
        waivedAt,
    );
    const seen = known.map(({ planned }, index) => ({ copy: copies[index] as JudgedCopy, planned }));
    return { seen, findings: waiveFindings(found, waivedAt, copies) };
}

/**
 * The copies over which the gate fails, or warns, one line each, and the images whose tags are not decided. What the
 * fleet is about to mend in this run is none, and neither is drift that is waived.
 */
function unproven(
    { onDrift, onUnknown }: GateInputs,
    { seen, selection: { failures }, findings }: GateLook,
    reaction: "fail" | "warn",
): Refusal[] {
    const undecided = (isUnknown: boolean): Refusal[] =>
        failures
            .filter(({ status }) => (status === "unknown") === isUnknown)
            .map(({ image, message }) => ({ image, line: message }));
    const refuse = (test: (seen: Seen) => boolean, line: (copy: JudgedCopy) => string): Refusal[] =>
        seen.filter(test).map(({ copy }) => ({ image: copy.image, line: line(copy) }));
    const found = (severity: Finding["severity"]): Refusal[] =>
        findingsOf(severity, findings).map(({ image, message }) => ({ image, line: message }));
    return [
        ...(onDrift === reaction ? [...undecided(false), ...refuse(isUnequal, unequalLine), ...found("drift")] : []),
        ...(onUnknown === reaction
            ? [...undecided(true), ...refuse(isUnknownCopy, unknownLine), ...found("unknown")]
            : []),
    ];
}

function isUnequal({ copy, planned }: Seen): boolean {
    const { verdict, claimed, waived } = copy;
    return (
        !planned &&
        waived === undefined &&
        (isDrift(verdict) || verdict === "pending" || verdict === "waiting" || claimed === true)
    );
}

function isUnknownCopy({ copy }: Seen): boolean {
    return copy.verdict === "unknown";
}

function unequalLine(copy: JudgedCopy): string {
    return `${driftLine(copy)} (${copy.reason})`;
}
