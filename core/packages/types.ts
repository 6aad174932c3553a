import type { TagSelector } from "../catalog";
import type { KeepCause, ReadPlan, WrittenRules } from "../retention";

/** A container package: one repository at ghcr.io, with what a catalogue says of it. Plain JSON. */
export interface PackagePlace {
    readonly owner: string;
    /** Below the owner, slashes and all. */
    readonly name: string;
    /** Key of the registry by which its manifests are read. */
    readonly registry: string;
    /** Path below the registry's host: `acme/tools/build`. */
    readonly repository: string;
    /** Tags that the catalogue shows there, and rules that choose more of them: no clean-up takes those. */
    readonly tags: readonly string[];
    readonly selectors: readonly TagSelector[];
}

/** What a package should be; GitHub has no API to make it so. */
export interface PackageExpectation {
    readonly visibility?: "public" | "private" | "internal";
    /** `owner/name` of the repository whose workflows push to it. */
    readonly repository?: string;
}

export interface PackageWish {
    readonly expect?: PackageExpectation;
    /** Without it nothing is planned, and no manifest is read. */
    readonly retention?: WrittenRules;
    /** What locks and stacks remember, by `readLockedDigests`. */
    readonly digests?: ReadonlyMap<string, string>;
    /** What was deleted before: what is left of it belongs to no other repository. */
    readonly deletions?: readonly Pick<PackageDeletion, "digest">[];
    /** Digest -> why GitHub did not delete it before. */
    readonly refused?: Readonly<Record<string, string>>;
}

/** `expectation` is proven to be so; what could not be asked is `unknown`. */
export interface PackageProblem {
    readonly kind: "expectation" | "unknown";
    /** One sentence: what is wrong with which package, and what to do. */
    readonly message: string;
}

/** What one look at a package found. */
export interface PackageLook {
    readonly place: PackagePlace;
    /** `absent`: proven not to be there yet. `unknown`: it could not be asked; the problem says why. */
    readonly status: "seen" | "absent" | "unknown";
    readonly visibility?: string;
    /** Linked to it; absent where it is linked to none. */
    readonly repository?: string;
    readonly url?: string;
    readonly problems: readonly PackageProblem[];
    readonly versions: number;
    /** Versions with a tag of their own. */
    readonly tagged: number;
    /** Digest -> GitHub's id of that version. */
    readonly ids: ReadonlyMap<string, number>;
    /** Only where retention was asked for, and all could be listed. */
    readonly retention?: ReadPlan;
}

/** One version that was deleted, as it is recorded for undo. */
export interface PackageDeletion {
    /** `owner/name`. */
    readonly package: string;
    /** GitHub's number of the version. */
    readonly id: number;
    readonly digest: string;
    readonly tags: readonly string[];
    /** ISO 8601. */
    readonly deletedAt: string;
    /** GitHub keeps it for 30 days. ISO 8601. */
    readonly restorableUntil: string;
}

/** The same look as state and documents hold it: counts, and the first lines. */
export interface PackageReport {
    readonly package: string;
    readonly status: PackageLook["status"];
    readonly visibility?: string;
    readonly repository?: string;
    readonly versions?: number;
    readonly tagged?: number;
    /** Absent where no rules were given. */
    readonly retention?: RetentionReport;
    /** Sentences. */
    readonly problems?: readonly string[];
}

export interface RetentionReport {
    /** Versions that are due. */
    readonly due: number;
    readonly kept: number;
    /** How many are kept for which cause. */
    readonly causes: Readonly<Partial<Record<KeepCause, number>>>;
    /** The first that are due, in the order in which they go: digest, tags, time. */
    readonly first?: readonly string[];
    /** Why some stay: the first of each cause. */
    readonly why?: readonly string[];
    /** Manifests that could not be read: while there are any, nothing is due. */
    readonly unknown?: readonly string[];
}
