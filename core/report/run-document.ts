import type { JudgementDocument, RegistryDocument, TimelineDocument } from "./document";
import type { PullsDocument } from "./pulls";

/** Everything that the document of a look tells, without its head: what reports are drawn from, and what merges. */
export interface RunDocument extends JudgementDocument {
    readonly environment: string;
    readonly upstream: "follow" | "locked";
    /** Digest of the resolved catalogue. */
    readonly catalog: string;
    /** Requests by the catalogue's name of the registry. */
    readonly requests: Readonly<Record<string, number>>;
    /** Accounts whose pulls are counted; empty where no registry told of a limit. */
    readonly pulls: readonly PullsDocument[];
    /** How each registry answered. */
    readonly registries: readonly RegistryDocument[];
    /** One entry for each tag that the lock knows; of a shard, and where images were named, those of its images. */
    readonly timelines: readonly TimelineDocument[];
    /** When the run ended, ISO 8601; of merged runs when the oldest of them did: nothing is proven for later. */
    readonly at: string;
    /** The part of the fleet that it is about, where that is not all. */
    readonly shard?: ShardDocument;
    /** Of merged shards. */
    readonly shards?: ShardsDocument;
}

/** One part of a fleet that is looked at in parts. */
export interface ShardDocument {
    /** From 1 on. */
    readonly index: number;
    readonly count: number;
    /** Images of the whole. */
    readonly images: number;
}

/** Which parts of a fleet are merged here. */
export interface ShardsDocument {
    readonly count: number;
    readonly images: number;
    /** Those that nothing is known of; empty where the fleet is whole. */
    readonly missing: readonly number[];
}
