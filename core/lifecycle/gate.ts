import { expandCatalog, listCopies } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isDrift, type JudgedCopy, judge, observe } from "../mirror";
import { count, driftLine, limitLines, summarize, unknownLine } from "./findings";
import type { CheckResult } from "./fleet-check";
import { inputsDiffer, isUneven } from "./input-changes";
import type { Seen, Session } from "./session";
import { toldPlainly } from "./told-plainly";
import type { GateInputs } from "./types";
import { hasUnknown, UNKNOWN } from "./unknown";
import { circumstancesFor, pinDigests } from "./wishes";

/** The hooks of `transship:DigestGate`. It fails in create and update, so that only what depends on it waits. */
export function gateHooks(session: () => Session) {
    const pass = async (inputs: GateInputs): Promise<GateInputs> => {
        const seen = await seeCopies(inputs, inputs.pinned, session());
        const reasons = unproven(inputs, seen, "fail");
        if (reasons.length > 0) {
            const lines = limitLines(reasons, "copies");
            throw new TransshipError(
                "GATE_CLOSED",
                [`${count(reasons.length, "copy is", "copies are")} not proven equal:`, ...lines].join("\n  - "),
            );
        }
        return { ...inputs, observed: summarize(seen.map(({ copy }) => copy)) };
    };
    return {
        check: (olds: GateInputs, news: GateInputs): Promise<CheckResult> => checkGate(olds, news, session()),
        diff: async (_id: string, olds: GateInputs, news: GateInputs): Promise<{ changes: boolean }> =>
            toldPlainly(() => diffGate(olds, news, session())),
        create: async (inputs: GateInputs): Promise<{ id: string; outs: GateInputs }> => ({
            outs: await pass(inputs),
            id: "gate",
        }),
        update: async (_id: string, _olds: GateInputs, news: GateInputs): Promise<{ outs: GateInputs }> => ({
            outs: await pass(news),
        }),
        read: (id: string, props: GateInputs): Promise<{ id: string; props: GateInputs; inputs: GateInputs }> =>
            toldPlainly(async () => {
                const seen = await seeCopies(props, props.pinned, session());
                const fresh = { ...props, observed: summarize(seen.map(({ copy }) => copy)) };
                return { id, props: fresh, inputs: fresh };
            }),
        /** A gate owns nothing. */
        delete: async (): Promise<void> => undefined,
    };
}

async function checkGate(olds: Partial<GateInputs>, news: GateInputs, session: Session): Promise<CheckResult> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, observed: UNKNOWN } };
    }
    try {
        const seen = await seeCopies(news, olds.pinned, session);
        session.tell(limitLines(unproven(news, seen, "fail"), "copies").map((line) => `gate closed: ${line}`));
        session.tell(limitLines(unproven(news, seen, "warn"), "copies").map((line) => `gate warns: ${line}`));
        const copies = seen.map(({ copy }) => copy);
        const pins = pinDigests(expandCatalog(news.catalog), news, copies);
        return { inputs: { ...news, ...pins, observed: summarize(copies) } };
    } catch (error) {
        return { inputs: news, failures: [{ property: "", reason: describeError(error) }] };
    }
}

/** An update is due when the gate would close, when it was closed, or when it guards something else. */
async function diffGate(olds: GateInputs, news: GateInputs, session: Session): Promise<{ changes: boolean }> {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    if (inputsDiffer(olds, news) || isUneven(olds.observed)) {
        return { changes: true };
    }
    const seen = await seeCopies(news, news.pinned, session);
    return { changes: unproven(news, seen, "fail").length > 0 };
}

/** What the fleet saw in this process, at no cost; without it (`--target`, references) one HEAD for each copy. */
async function seeCopies(inputs: GateInputs, pinned: GateInputs["pinned"], session: Session): Promise<readonly Seen[]> {
    const catalog = expandCatalog(inputs.catalog);
    const copies = listCopies(catalog);
    const key = inputs.fleet ?? `gate ${JSON.stringify(inputs.catalog)}`;
    const known = session.recall(key, catalog, copies);
    if (known !== undefined) {
        return known;
    }
    const options = { history: [inputs.lock], carried: () => true };
    const circumstances = circumstancesFor(catalog, inputs, pinned, session.now(), options);
    const observation = await observe(copies, session.registries(catalog), { signal: session.signal });
    return session.rememberSettled(key, catalog, judge(catalog, observation, circumstances));
}

/**
 * The copies over which the gate fails, or warns, one line each. What the fleet is about to mend in this run is none.
 */
function unproven({ onDrift, onUnknown }: GateInputs, seen: readonly Seen[], reaction: "fail" | "warn"): string[] {
    return [
        ...(onDrift === reaction ? seen.filter(isUnequal).map(unequalLine) : []),
        ...(onUnknown === reaction ? seen.filter(isUnknownCopy).map(({ copy }) => unknownLine(copy)) : []),
    ];
}

function isUnequal({ copy, planned }: Seen): boolean {
    return !planned && (isDrift(copy.verdict) || copy.verdict === "pending" || copy.verdict === "waiting");
}

function isUnknownCopy({ copy }: Seen): boolean {
    return copy.verdict === "unknown";
}

function unequalLine({ copy }: { readonly copy: JudgedCopy }): string {
    return `${driftLine(copy)} (${copy.reason})`;
}
