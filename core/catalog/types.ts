/** Which quirks apply at a registry. */
export type RegistryKind =
    | "dockerhub"
    | "ghcr"
    | "ecr"
    | "ecr-public"
    | "harbor"
    | "distribution"
    | "zot"
    | "nexus"
    | "gar"
    | "acr"
    | "quay"
    | "other";

/** Where credentials come from; never the credentials themselves. */
export type CredentialSource =
    | { readonly from: "env"; readonly username?: string; readonly password: string }
    | { readonly from: "docker" }
    | { readonly from: "aws"; readonly profile?: string; readonly region?: string; readonly roleArn?: string }
    | { readonly from: "gcp" }
    | { readonly from: "config"; readonly key: string }
    | { readonly from: "anonymous" };

/** A registry of the catalogue, resolved for one environment. Plain JSON, no secrets. */
export interface Registry {
    /** The catalogue's key, or the host for a source without an entry. */
    readonly name: string;
    /** Host with an optional port, without a path: `ghcr.io`, `127.0.0.1:5001`. */
    readonly host: string;
    /** Prefix of every target repository, without slashes at its ends; empty when the host has no path. */
    readonly prefix: string;
    readonly kind: RegistryKind;
    readonly insecure?: boolean;
    /** Path of a PEM file: written relative to the file that names it, here relative to the working directory. */
    readonly ca?: string;
    readonly clientCert?: { readonly cert: string; readonly key: string };
    /** Milliseconds. */
    readonly timeouts?: { readonly connect?: number; readonly idle?: number };
    /** Ceiling of requests at a time. */
    readonly concurrency?: number;
    readonly credentials?: { readonly pull: CredentialSource; readonly push: CredentialSource };
    /** Pulls which are never spent below the pull limit's end. */
    readonly keepRemaining?: number;
    /** What we carry there is for everybody: a target that wants a login is a finding. */
    readonly public?: boolean;
}

export type Policy = "keep" | "migrate" | "dual" | "mirror";
export type Phase = "copying" | "cut-over";
export type Upstream = "follow" | "locked";
export type OnForeignDigest = "refuse" | "overwrite";
export type ForeignLayers = "skip" | "carry";

/** The purposes that are kept apart: of images, of environments and stacks. */
export type Purpose = "ci" | "release";

/** A tag at the source and its name at a target. */
export interface TagPair {
    readonly from: string;
    readonly to: string;
}

/**
 * Chooses tags by their names, of those that a registry lists; all that is given must hold. Two selectors of one list
 * choose what either of them chooses. docs/catalog.md, "Selectors", is the promise.
 */
export interface TagSelector {
    /** A range of versions in npm's grammar: `>=1.18`, `1.x || 2.x`. Prereleases only where it names one: `>=1.18.0-0`. */
    readonly semver?: string;
    /** A regular expression of JavaScript over the whole tag; its group `version`, if any, is the part that is a version. */
    readonly regex?: string;
    /** A glob over the whole tag: `*`, `?`, `[a-z]`, `{a,b}`. */
    readonly glob?: string;
    /** So many tags with the highest versions, of those that everything else leaves. */
    readonly newest?: number;
    /** Never these: globs, or regular expressions over the whole tag. */
    readonly exclude?: readonly (string | { readonly regex: string })[];
}

/** An engine that carries in our place: Harbor's replication rules, ECR's own replication. */
export type Replicator = "harbor" | "ecr";

/** One repository at one registry, with its tags. */
export interface ImageTarget {
    /** Key in `Catalog.registries`. */
    readonly registry: string;
    /** Full path below the host, prefix included: `acme/hashicorp/vault`. */
    readonly repository: string;
    /** Those that are listed by name, and once the tags are decided, all of them. */
    readonly tags: readonly TagPair[];
    /** What it takes of the tags that the image's selectors choose: all, or a choice. Absent where they are decided. */
    readonly selectors?: "all" | readonly TagSelector[];
    /** Absent where we carry it ourselves. */
    readonly replicateWith?: Replicator;
    /** Name of Harbor's replication rule; absent where the rules that cover it are looked for. */
    readonly rule?: string;
}

/** One image, resolved for one environment: every default applied, every name checked. Plain JSON. */
export interface CatalogImage {
    readonly name: string;
    readonly policy: Policy;
    /** Only with `migrate`. */
    readonly phase?: Phase;
    readonly source: { readonly registry: string; readonly repository: string };
    /** Source tags that are listed by name, in the catalogue's order, each once; once the tags are decided, all of them. */
    readonly tags: readonly string[];
    /** What chooses further tags from a listing or a lock. Absent where there is none, and where the tags are decided. */
    readonly selectors?: readonly TagSelector[];
    readonly targets: readonly ImageTarget[];
    readonly platforms: "all" | readonly string[];
    readonly referrers: boolean;
    readonly foreignLayers: ForeignLayers;
    readonly wave: number;
    readonly purpose?: string;
    readonly critical: boolean;
}

/** Drift of one image that is known, and counts as none for a while. */
export interface Waiver {
    readonly image: string;
    /** The tag at the source; absent for all. */
    readonly tag?: string;
    /** Key in `Catalog.registries`; absent for all. */
    readonly registry?: string;
    /** ISO 8601, UTC; from then on the drift counts. */
    readonly until: string;
    /** One line. */
    readonly reason: string;
}

export type Weekday = "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat";

/** When drift is expected, and counts as none: once, or again and again. */
export type MaintenanceWindow = {
    /** Absent for all. */
    readonly images?: readonly string[];
    /** Keys in `Catalog.registries`; absent for all. */
    readonly registries?: readonly string[];
    /** One line. */
    readonly reason: string;
} & (OneOffPeriod | RecurringPeriod);

/** Two instants, ISO 8601, UTC; the end is no part of it. */
export interface OneOffPeriod {
    readonly from: string;
    readonly until: string;
}

/** By the clock of a zone; `to` is of the next day where it is not after `from`. */
export interface RecurringPeriod {
    /** On which it begins; absent for every day. */
    readonly days?: readonly Weekday[];
    /** `22:00`. */
    readonly from: string;
    /** `04:00`, at most `24:00`. */
    readonly to: string;
    /** IANA name. */
    readonly timeZone: string;
}

/** `image -> tag (at the source) -> digest and its last five before it, newest first`. */
export type Lock = Readonly<Record<string, Readonly<Record<string, LockEntry>>>>;
export interface LockEntry {
    readonly digest: string;
    readonly history?: readonly string[];
    /** When this digest was first proven, ISO 8601; what `minAge` counts from. */
    readonly since?: string;
    /** `linux/arm64` -> digest of that platform's own manifest. Only in a stack's output, never in the file. */
    readonly platforms?: Readonly<Record<string, string>>;
    /** What the targets show of it, where the catalogue lists `platforms`. */
    readonly subset?: LockedSubset;
    /** Digests of subsets that the targets showed before, newest first, at most five: ours, but none to go back to. */
    readonly olderSubsets?: readonly string[];
    /** What its index lists and its source does not have: platforms, digests of children that name none. */
    readonly missing?: readonly string[];
}

/** An index of some platforms of another one, made by us. */
export interface LockedSubset {
    /** The digest itself where nothing had to be left out. */
    readonly digest: string;
    /** As the catalogue listed them. */
    readonly platforms: readonly string[];
}

/**
 * The catalogue, resolved for one environment. Plain JSON, names sorted: functions take it. Where the names are known
 * to the compiler (`defineCatalog`), they are its type arguments; plain `Catalog` is any catalogue.
 */
export interface Catalog<ImageName extends string = string, RegistryName extends string = string> {
    readonly version: 1;
    /** The environment's name as passed; `default` where none was and the catalogue names none. */
    readonly environment: string;
    readonly upstream: Upstream;
    readonly onForeignDigest: OnForeignDigest;
    readonly promoteFrom?: string;
    /** Milliseconds. */
    readonly minAge?: number;
    /** What the environment is for: it refuses images of the other purpose. */
    readonly purpose?: Purpose;
    /** Purpose -> path below a target's own. Absent where there are none. */
    readonly namespaces?: Readonly<Record<string, string>>;
    /** Those that are written, and one named by its host for each source without an entry. */
    readonly registries: Readonly<Record<RegistryName, Registry>>;
    readonly images: Readonly<Record<ImageName, CatalogImage>>;
    /** Those that hold in this environment, ended ones too; absent where there are none. */
    readonly waive?: readonly Waiver[];
    /** As `waive`. */
    readonly maintenance?: readonly MaintenanceWindow[];
    /** This environment's section of `catalog.lock.yaml`; empty when there is none. */
    readonly lock: Lock;
    /** The section of the environment that `promoteFrom` names; empty when there is none. */
    readonly promotedLock: Lock;
    /** Path of the file it came from; undefined for an object. */
    readonly path?: string;
    /** The lock file's path beside it (it need not exist). */
    readonly lockPath?: string;
    /** sha256 of the resolved catalogue without lock and paths; equal catalogues have equal digests. */
    readonly digest: string;
}

/** One sentence about one place in a catalogue. */
export interface CatalogProblem {
    readonly message: string;
    readonly file?: string;
    /** 1-based. */
    readonly line?: number;
    readonly column?: number;
    /** Path of keys: `images.vault.tags[0]`. */
    readonly at: string;
}
