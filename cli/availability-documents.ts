import type { AvailabilitySummary, ProbeResult, RegionRanking } from "../core/availability";
import type { Diagnosis, DoctorOutcome } from "../core/doctor";
import type { MirrorsPart } from "../core/report/markdown-pages";
import type { DocumentHead, EnvironmentPart } from "./documents";

/** What `transship probe` found. */
export interface ProbeDocument extends DocumentHead, EnvironmentPart {
    readonly region: string;
    /** When the probe ended, ISO 8601. */
    readonly at: string;
    /** One for each registry that the catalogue has an image at. */
    readonly results: readonly ProbeResult[];
}

/** What `transship availability` collected. */
export interface AvailabilityDocument extends DocumentHead {
    /** All that the history holds now. */
    readonly results: readonly ProbeResult[];
    /** One for each registry in each region. */
    readonly summaries: readonly AvailabilitySummary[];
    readonly best: readonly RegionRanking[];
}

/** What `transship sources` tells. */
export interface SourcesDocument extends DocumentHead, MirrorsPart {
    readonly upstream: "follow" | "locked";
    /** Of the resolved catalogue. */
    readonly catalog: string;
}

/** What `transship doctor` found. */
export interface DoctorDocument extends DocumentHead {
    readonly outcome: DoctorOutcome;
    readonly at: string;
    readonly registries: readonly Diagnosis[];
}
