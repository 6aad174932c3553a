import type { JudgementDocument, RegistryDocument } from "../document";
import type { PullsDocument } from "../pulls";
import { copyFamilies } from "./copies";
import type { MetricFamily } from "./family";
import { findingFamilies } from "./findings";
import { buildFamily, type LookStatus, lookFamilies } from "./looks";
import { registryFamilies } from "./registries";
import { type RequestTotal, requestFamilies } from "./requests";

export type { Labels, MetricFamily, Sample } from "./family";
export type { LookResult, LookStatus } from "./looks";
export type { RequestTotal } from "./requests";

/** What metrics need of a look's JSON document. */
export interface StandingDocument extends Pick<JudgementDocument, "copies" | "findings" | "selections"> {
    readonly environment: string;
    readonly registries: readonly RegistryDocument[];
    readonly pulls: readonly PullsDocument[];
}

/** All that is to be told at one moment. */
export interface MetricsInput {
    readonly version: string;
    readonly environment: string;
    /** The last look's; absent before the first, and after one that failed: an old verdict is never told again. */
    readonly document?: StandingDocument;
    readonly status: LookStatus;
    readonly requests: readonly RequestTotal[];
}

/** From looks to metrics, each family always there, with no samples where there is nothing to tell. docs/monitoring.md. */
export function metricFamilies({ version, environment, document, status, requests }: MetricsInput): MetricFamily[] {
    const { copies = [], findings = [], selections = [], registries = [], pulls = [] } = document ?? {};
    return [
        buildFamily(version),
        ...lookFamilies(environment, status),
        ...copyFamilies(environment, copies),
        ...findingFamilies(environment, findings, selections),
        ...registryFamilies(environment, registries, pulls),
        ...requestFamilies(environment, requests),
    ];
}
