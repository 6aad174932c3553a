import { isDeepStrictEqual } from "node:util";
import { lockEntry } from "../catalog";
import { describeError } from "../errors";
import { isDrift, type JudgedCopy } from "../mirror";
import { diagnose, driftLine, limitLines, summarize, unknownLine } from "./findings";
import { isSelected, lookAfresh, viewOf } from "./fleet-look";
import { proveTags } from "./proofs";
import type { Session } from "./session";
import type { FleetInputs, FleetOutputs, Observed } from "./types";
import { hasUnknown, UNKNOWN } from "./unknown";
import { pinDigests } from "./wishes";

export interface CheckResult {
    readonly inputs: unknown;
    readonly failures?: { readonly property: string; readonly reason: string }[];
}

/** The live look: runs at every preview and every up, before anything is touched. Never throws. */
export async function checkFleet(
    olds: Partial<FleetInputs>,
    news: FleetInputs,
    session: Session,
): Promise<CheckResult> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, observed: UNKNOWN } };
    }
    try {
        const view = viewOf(news, olds, session.now());
        const owner = `${news.fleet}, wave ${news.wave}`;
        const clash = view.copies.find(
            (copy) => copy.role === "target" && session.claim(view.catalog, copy, news.fleet) !== undefined,
        );
        if (clash !== undefined) {
            const place = `${clash.repository}:${clash.reference} at ${clash.registry}`;
            return refuse(news, [
                `the fleets "${owner}" and another one both write ${place}; give the tag to one of them`,
            ]);
        }
        const judged = await lookAfresh(view, session);
        const planned = (copy: JudgedCopy): boolean =>
            (copy.action === "carry" || copy.action === "refuse") && isSelected(copy, news.onDrift);
        session.remember(
            news.fleet,
            view.catalog,
            judged.map((copy) => ({ copy, planned: planned(copy) })),
        );
        for (const line of diagnose(judged)) {
            session.print(line);
        }
        const inputs = { ...news, ...pinDigests(view.catalog, news, judged), observed: summarize(judged) };
        const failures = refusals(news, judged);
        return failures.length === 0 ? { inputs } : refuse(inputs, failures);
    } catch (error) {
        return refuse(news, [describeError(error)]);
    }
}

function refusals({ onDrift, onUnknown }: FleetInputs, judged: readonly JudgedCopy[]): string[] {
    const drift = judged.filter((copy) => onDrift === "fail" && isDrift(copy.verdict));
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

function refuse(inputs: unknown, reasons: readonly string[]): CheckResult {
    return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
}

/** Whether an update has anything to do: other inputs, drift in the news or in the state, undone work, a lock to write on. */
export function diffFleet(olds: FleetOutputs, news: FleetInputs, session: Session): { readonly changes: boolean } {
    if (hasUnknown(news) || isUneven(news.observed) || isUneven(olds.observed)) {
        return { changes: true };
    }
    const keys = [
        "fleet",
        "wave",
        "catalog",
        "onDrift",
        "onUnknown",
        "deleteOnDestroy",
        "lock",
        "promoted",
        "pinned",
    ] as const;
    if (keys.some((key) => !isDeepStrictEqual(olds[key], news[key]))) {
        return { changes: true };
    }
    return { changes: lockIsBehind(olds, news, session) };
}

function isUneven(observed: Observed | undefined): boolean {
    return observed?.drift !== undefined || observed?.pending !== undefined;
}

/** All copies moved on together (the command carried them, say): nothing to carry, but the state's lock to write. */
function lockIsBehind(olds: FleetOutputs, news: FleetInputs, session: Session): boolean {
    const view = viewOf(news, olds, session.now());
    const seen = session.recall(news.fleet, view.catalog, view.copies) ?? [];
    const proofs = proveTags(seen.map(({ copy }) => copy));
    return proofs.some(
        ({ image, tag, digest, proven }) => proven && lockEntry(olds.proven, image, tag)?.digest !== digest,
    );
}
