import type { CompactCatalog, CompactLock, Lock, SelectedTags } from "../catalog";

export type OnDrift = "repair" | "warn" | "fail";
export type OnUnknown = "warn" | "fail";

/** What a look found, exceptions only: a thousand images that are well are one number. No times, so that equal worlds are equal states. */
export interface Observed {
    readonly copies: number;
    readonly consistent: number;
    /** Copies with fewer platforms than their source, as the catalogue asks for, or as there are. */
    readonly subsets?: number;
    /** `image:tag@registry: have sha256:… want sha256:…`, one for each copy with proven drift. */
    readonly drift?: readonly string[];
    /** The same of drift and findings that a waiver or a maintenance window covers, with end and reason: they do not count. */
    readonly waived?: readonly string[];
    /** `image:tag@registry: CODE`, one for each copy that could not be asked; the reason where it could not be judged. */
    readonly unknown?: readonly string[];
    /** Copies that were never carried yet, those at a registry that cannot be asked too; `all` stands for every target. */
    readonly pending?: "all" | readonly string[];
    /** Held back until the previous environment has proven their digest. */
    readonly waiting?: readonly string[];
    /** `image:tag@registry: CODE`, one for each thing that is proven wrong though the digests are equal. */
    readonly findings?: readonly string[];
    /** Sources that moved on from their locked digest, or are gone: news. */
    readonly news?: readonly string[];
    /** What the look cost, and what is left to do. */
    readonly cost: {
        readonly heads: number;
        readonly carries: number;
        /** By host, only where something is to be carried that costs pulls of a limit. */
        readonly pulls?: Readonly<Record<string, PullCost>>;
    };
}

/** What the work costs of one host's pull limit (Docker Hub's), before it starts. */
export interface PullCost {
    /** Of all that is to be carried; from the indexes' sizes, and so at most rather than exactly. */
    readonly needs: number;
    readonly left: number;
    /** `keepRemaining`. */
    readonly keeps: number;
    /** Tags that wait until there are more. */
    readonly deferred: number;
}

/** The inputs of one wave of a fleet. */
export interface FleetInputs {
    readonly fleet: string;
    readonly wave: number;
    readonly catalog: CompactCatalog;
    readonly onDrift: OnDrift;
    readonly onUnknown: OnUnknown;
    readonly deleteOnDestroy: boolean;
    /** Wishes under `locked`, history under `follow`: the file's section, or the previous environment's output. */
    readonly lock: Lock;
    /** The lock is the previous environment's own: `minAge` is judged here. */
    readonly promoted: boolean;
    /** @default "manifests" */
    readonly depth?: "manifests" | "blobs";
    /** @default false */
    readonly signatures?: boolean;
    /** @default only registries that the catalogue calls public */
    readonly anonymous?: boolean;
    /** Computed in `check`: the tags that selectors chose, image by image. */
    readonly selected?: SelectedTags;
    /** Computed in `check`: the digests that a `locked` tag without a wish was first seen with. */
    readonly pinned?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** Computed in `check`: what the look found. */
    readonly observed?: Observed;
}

/** What one wave's state holds beside its inputs, as the hooks work with it. */
export interface FleetOutputs extends FleetInputs {
    /** What was proven: every copy of these tags is the same. Named apart from the input `lock`. */
    readonly proven: Lock;
    /** Digests that were carried to some copies only: ours, but not proven. */
    readonly attempted: Lock;
    /** Copies that the last look did not find well: `image:tag@registry`. */
    readonly unproven: readonly string[];
    /** Copies that were never proven: nothing can be pinned to them. */
    readonly absent: readonly string[];
}

/** The same as the backend keeps it; older releases wrote whole locks. */
export interface FleetState extends FleetInputs, Pick<FleetOutputs, "unproven" | "absent"> {
    readonly proven: CompactLock | Lock;
    readonly attempted: CompactLock | Lock;
}

/** The inputs of a gate. */
export interface GateInputs {
    /** The fleet whose look is used where there is one. */
    readonly fleet?: string;
    readonly catalog: CompactCatalog;
    readonly onDrift: Exclude<OnDrift, "repair">;
    readonly onUnknown: OnUnknown;
    readonly lock: Lock;
    readonly promoted: boolean;
    readonly selected?: SelectedTags;
    readonly pinned?: FleetInputs["pinned"];
    readonly observed?: Observed;
}
