import type { RegistryKind } from "../catalog";

/** In the order in which a pull needs them. */
export const CHECKS = [
    "name",
    "proxy",
    "connect",
    "tls",
    "clock",
    "api",
    "credentials",
    "login",
    "pull",
    "limit",
    "platforms",
    "layers",
    "referrers",
    "push",
] as const;

export type CheckName = (typeof CHECKS)[number];

/**
 * - `wrong`: for this a pull, or what else was asked, fails now. `warning`: it works, and something is about to go wrong.
 * - `unknown`: could not be told. `skipped`: not asked, for the reason that the message gives; counts as nothing.
 */
export type CheckStatus = "ok" | "warning" | "wrong" | "unknown" | "skipped";

/** One line of a diagnosis. */
export interface Check {
    readonly check: CheckName;
    readonly status: CheckStatus;
    /** What was found, without a full stop. Never a credential. */
    readonly message: string;
    /** What to do, where something has to be done. */
    readonly remedy?: string;
    /** Stable, of a registry's error: `UNAUTHORIZED`. */
    readonly code?: string;
}

/** All lines about one registry. Plain JSON; docs/report.schema.json describes it. */
export interface Diagnosis {
    /** The catalogue's name, or the host. */
    readonly name: string;
    readonly host: string;
    readonly kind: RegistryKind;
    readonly checks: readonly Check[];
}

export type DoctorOutcome = "well" | "wrong" | "unknown";

/** `wrong` wins: what is proven does not wait for what is not. */
export function outcomeOfChecks(diagnoses: readonly Diagnosis[]): DoctorOutcome {
    const statuses = new Set(diagnoses.flatMap(({ checks }) => checks.map(({ status }) => status)));
    return statuses.has("wrong") ? "wrong" : statuses.has("unknown") ? "unknown" : "well";
}
