import { nameCopy } from "../catalog";
import {
    type Finding,
    type Inspection,
    type InspectionWishes,
    inspect,
    type JudgedCopy,
    tooFewCopies,
    waiveFindings,
} from "../mirror";
import { describeWaived } from "../report";
import { limitLines } from "./findings";
import { type FleetView, isSelected, judgeSeen, lookAfresh } from "./fleet-look";
import type { FoundFinding, Session } from "./session";
import type { FleetInputs, Observed } from "./types";

type Wishes = Pick<FleetInputs, "depth" | "signatures" | "anonymous">;

/** The live look, and what the fleet is to find out beside the digests. @param ask as for `lookAfresh` */
export async function lookDeeply(
    view: FleetView,
    wishes: Wishes,
    session: Session,
    ask?: boolean,
): Promise<Inspection> {
    return inspectSeen(view, await lookAfresh(view, session, ask), wishes, session);
}

/** What the digests do not tell of copies that were looked at. */
export function inspectSeen(
    { catalog, circumstances }: FleetView,
    judged: readonly JudgedCopy[],
    { depth, signatures, anonymous }: InspectionWishes,
    session: Session,
): Promise<Inspection> {
    const options = { depth, signatures, anonymous, signal: session.signal };
    return inspect(catalog, judged, circumstances, session.registries(catalog), options);
}

/** What `check` saw and found a moment ago in this process, judged with all that is known now; else a look of its own. */
export async function recallInspection(view: FleetView, inputs: FleetInputs, session: Session): Promise<Inspection> {
    const seen = session.recall(inputs.fleet, view.catalog, view.copies);
    if (seen === undefined) {
        return lookDeeply(view, inputs, session);
    }
    const findings = session.recallFindings(inputs.fleet, view.copies).map(({ finding }) => finding);
    return { judged: await judgeSeen(view, seen, session), findings };
}

/**
 * The findings of a look before the work: what is about to be carried counts as a copy of a critical image, and what is
 * about to be completed is `planned`.
 */
export function foreseeFindings(
    view: FleetView,
    { judged, findings }: Inspection,
    { onDrift }: FleetInputs,
): FoundFinding[] {
    const isMended = (copy: JudgedCopy): boolean => copy.action === "carry" && isSelected(copy, onDrift);
    const foreseen = judged.map((copy): JudgedCopy => (isMended(copy) ? { ...copy, verdict: "consistent" } : copy));
    const others = findings.filter(({ code }) => code !== "TOO_FEW_COPIES");
    const isPlanned = ({ code }: Finding): boolean => code === "REFERRERS_MISSING" && onDrift === "repair";
    const scarce = waiveFindings(tooFewCopies(view.catalog, foreseen), view.circumstances.waived, judged);
    return [...others, ...scarce].map((finding) => ({ finding, planned: isPlanned(finding) }));
}

/** Those that count: proven, or could not be asked, and covered by nothing. */
export function findingsOf(severity: Finding["severity"], findings: readonly Finding[]): Finding[] {
    return findings.filter((finding) => finding.severity === severity && finding.waived === undefined);
}

/** Those that the fleet's own update is not about to mend. */
export function lastingFindings(found: readonly FoundFinding[]): Finding[] {
    return found.flatMap(({ finding, planned }) => (planned ? [] : [finding]));
}

/** What a look says of findings on standard error. */
export function diagnoseFindings(findings: readonly Finding[]): string[] {
    const lines = findings.map(({ severity, message, waived }) =>
        waived === undefined ? `${severity}: ${message}` : `known: ${message}; ${describeWaived(waived)}`,
    );
    return limitLines(lines, "findings");
}

/** The exceptions of a look with what was found beside them: by their codes, since words may differ each time. */
export function withFindings(observed: Observed, findings: readonly Finding[]): Observed {
    const drift = findingsOf("drift", findings).map((one) => `${nameFinding(one)}: ${one.code}`);
    const waived = findings.flatMap(waivedFinding);
    const asked = findingsOf("unknown", findings).map((one) => `${nameFinding(one)}: ${one.code}`);
    return {
        ...observed,
        ...(asked.length > 0 ? { unknown: [...(observed.unknown ?? []), ...asked] } : {}),
        ...(drift.length > 0 ? { findings: drift } : {}),
        ...(waived.length > 0 ? { waived: [...(observed.waived ?? []), ...waived] } : {}),
    };
}

/** `vault:1.18: TOO_FEW_COPIES; waived until …`, or nothing where it is not. */
export function waivedFinding(finding: Finding): string[] {
    const { code, waived } = finding;
    return waived === undefined ? [] : [`${nameFinding(finding)}: ${code}; ${describeWaived(waived)}`];
}

function nameFinding({ image, tag, registry, repository = "", reference = tag }: Finding): string {
    return registry === undefined
        ? `${image}:${tag}`
        : nameCopy({ image, tag, role: "target", registry, repository, reference });
}
