import type { CompactCatalog } from "../catalog";
import type { PackageDeletion, PackageExpectation, PackageReport } from "../packages";
import type { WrittenRules } from "../retention";

/** The inputs of `transship:GhcrPackages`. */
export interface PackagesInputs {
    readonly owner?: string;
    readonly packages?: readonly string[];
    /** Of the catalogue what is at registries of kind `ghcr`. */
    readonly catalog?: CompactCatalog;
    /** What locks remember, by `lockedDigests`. */
    readonly locked: readonly string[];
    readonly expect?: PackageExpectation;
    readonly retention?: WrittenRules;
    readonly dryRun: boolean;
    readonly atMost?: number;
    readonly onProblem: "warn" | "fail";
    /** Computed in `check`: what the look found. */
    readonly observed?: PackagesObserved;
}

/** Counts, problems, and the first lines of what is due. No times, so that equal worlds are equal states. */
export interface PackagesObserved {
    readonly packages: readonly PackageReport[];
}

/** What its state holds beside its inputs. */
export interface PackagesOutputs extends PackagesInputs {
    readonly report: readonly PackageReport[];
    /** What this resource deleted, in that order, as long as GitHub can restore it. */
    readonly deletions: readonly PackageDeletion[];
    /** Digest -> why GitHub did not delete it; not tried again while the inputs are the same. */
    readonly refused: Readonly<Record<string, string>>;
}
