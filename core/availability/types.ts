/** What one probe found of one registry, asked from one region. Plain JSON; docs/report.schema.json describes it. */
export interface ProbeResult {
    /** The catalogue's name. */
    readonly registry: string;
    readonly host: string;
    /** A label of the user's: where the probe ran. */
    readonly region: string;
    /** When the probe of this registry ended, ISO 8601 in UTC. */
    readonly at: string;
    /** Samples: pulls that were tried, each over connections and tokens of its own. */
    readonly asked: number;
    /** Those that came to their end. */
    readonly answered: number;
    /** More than half of them did. */
    readonly available: boolean;
    /** Milliseconds from nothing to the answer of a manifest's HEAD, name resolution, TLS and token included; median. */
    readonly headMs?: number;
    /** Milliseconds from the request for a layer to its first byte, redirects included; median. */
    readonly firstByteMs?: number;
    /** Milliseconds from that request to the last byte; median. */
    readonly downloadMs?: number;
    /** Bytes of the layer that were read for each sample. */
    readonly bytes?: number;
    /** What was asked for: `vault:1.18`. */
    readonly image?: string;
    /** Pulls that the registry counts and that this cost. */
    readonly pulls: number;
    /** Why it is not available, or why nothing was downloaded. */
    readonly code?: string;
    /** The same as a sentence. */
    readonly reason?: string;
}

/** What is remembered of each registry in each region. Plain JSON, sorted: equal histories have equal texts. */
export interface AvailabilityHistory {
    readonly schemaVersion: 1;
    readonly results: readonly ProbeResult[];
}

/** All that a history says of one registry in one region. */
export interface AvailabilitySummary {
    readonly registry: string;
    readonly host: string;
    readonly region: string;
    /** How many results it is made of. */
    readonly results: number;
    readonly asked: number;
    readonly answered: number;
    /** `answered` of `asked`, from 0 to 1. */
    readonly ratio: number;
    /** Medians of the results' medians, milliseconds. */
    readonly headMs?: number;
    readonly firstByteMs?: number;
    /** Median of bytes a second while a layer was read, the wait for its first byte included. */
    readonly bytesPerSecond?: number;
    /** Of the newest result. */
    readonly at: string;
    readonly available: boolean;
    readonly reason?: string;
}

/** Where to pull from in one region: the best first. */
export interface RegionRanking {
    readonly region: string;
    /** Names of registries that are available often enough. */
    readonly best: readonly string[];
}
