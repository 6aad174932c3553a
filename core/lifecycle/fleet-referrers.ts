import { carryReferrers, type Finding, type JudgedCopy, sameHostIn } from "../mirror";
import { count, limitLines } from "./findings";
import type { FleetView } from "./fleet-look";
import type { Session } from "./session";
import type { FleetInputs } from "./types";

export interface Completed {
    /** What is still so afterwards. */
    readonly findings: readonly Finding[];
    /** Full sentences. */
    readonly failures: readonly string[];
}

/**
 * Brings the signatures and SBOMs that the look found lacking, where drift is to be repaired. What a registry refuses
 * stays a finding.
 */
export async function completeFleet(
    { onDrift }: FleetInputs,
    { catalog }: FleetView,
    judged: readonly JudgedCopy[],
    findings: readonly Finding[],
    session: Session,
): Promise<Completed> {
    const lacking = findings.filter(({ code, waived }) => code === "REFERRERS_MISSING" && waived === undefined);
    if (onDrift !== "repair" || lacking.length === 0) {
        return { findings, failures: [] };
    }
    const keys = new Set(lacking.map(keyOf));
    const results = await carryReferrers(
        catalog,
        judged.filter((copy) => keys.has(keyOf(copy))),
        session.registries(catalog),
        { signal: session.signal, sameHost: sameHostIn(catalog) },
    );
    const brought = results.reduce((sum, one) => sum + one.brought, 0);
    if (brought > 0) {
        session.print(`carried ${count(brought, "referrer")} that copies lacked`);
    }
    const warnings = results.flatMap((one) => one.warnings.map(({ message }) => `warning: ${message}`));
    session.tell(limitLines(warnings, "warnings"));
    const mended = new Set(
        results
            .filter(({ error, warnings }) => error === undefined && warnings.length === 0)
            .map(({ copy }) => keyOf(copy)),
    );
    return {
        findings: findings.filter((one) => one.code !== "REFERRERS_MISSING" || !mended.has(keyOf(one))),
        failures: results.flatMap(({ error }) => error?.message ?? []),
    };
}

function keyOf({ image, tag, registry, reference }: Pick<Finding, "image" | "tag" | "registry" | "reference">): string {
    return `${image}\n${tag}\n${registry}\n${reference}`;
}
