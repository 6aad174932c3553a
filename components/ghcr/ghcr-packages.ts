import * as pulumi from "@pulumi/pulumi";
import { type Catalog, type CatalogImage, type Lock, lockedDigests, readLock } from "../../core/catalog";
import type { PackagesInputs, PackagesOutputs } from "../../core/lifecycle";
import { atProperty, badArgument, checkChoice } from "../images/arguments";
import { compactInput } from "../images/compact-input";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).packages.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).packages.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).packages.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).packages.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).packages.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).packages.delete();
    },
};

/** What may be deleted of a package, and what stays whatever the rest says. */
export interface PackageRetentionArgs {
    /**
     * `untagged`: only what no tag leads to. `all`: also tagged versions that nothing keeps.
     *
     * @default "untagged"
     */
    readonly clean?: pulumi.Input<"untagged" | "all">;
    readonly keep?: pulumi.Input<{
        /** So many tagged versions, those that changed last; the last one stays in any case. */
        readonly newest?: pulumi.Input<number>;
        /** Tags by name, or selectors as in a catalogue: `{ semver: ">=1" }`, `{ glob: "*-lts" }`. */
        readonly tags?: pulumi.Input<pulumi.Input<string | PackageTagSelector>[]>;
        /** Time since the last change: `12h`, `30d`. @default "1d", since a push brings an index after its children */
        readonly youngerThan?: pulumi.Input<string>;
        readonly digests?: pulumi.Input<pulumi.Input<string>[]>;
    }>;
    /** Signatures of images that the package does not have: they may be of images in another one. @default "keep" */
    readonly orphans?: pulumi.Input<"keep" | "delete">;
}

/** As the selectors of a catalogue's tags; all that is given must hold. */
export interface PackageTagSelector {
    readonly semver?: pulumi.Input<string>;
    readonly regex?: pulumi.Input<string>;
    readonly glob?: pulumi.Input<string>;
    /** So many with the highest versions. */
    readonly newest?: pulumi.Input<number>;
    readonly exclude?: pulumi.Input<pulumi.Input<string | { readonly regex: pulumi.Input<string> }>[]>;
}

export interface GhcrPackagesArgs {
    /** A user or an organisation: packages of others are left out. @default whoever the catalogue's targets belong to */
    readonly owner?: pulumi.Input<string>;
    /** Names below the owner. @default those of the catalogue */
    readonly packages?: pulumi.Input<pulumi.Input<string>[]>;
    /** Its images at registries of kind `ghcr`, how to read them there, and what no clean-up takes. */
    readonly catalog?: Catalog;
    /** What a fleet has proven (`fleet.lock`): its digests, those to roll back to too, are never deleted. */
    readonly lock?: pulumi.Input<Lock>;
    /** How every package should be. GitHub has no API to make it so: what differs is told with where to set it. */
    readonly expect?: pulumi.Input<{
        readonly visibility?: pulumi.Input<"public" | "private" | "internal">;
        /** `owner/name` of the repository whose workflows push. */
        readonly repository?: pulumi.Input<string>;
    }>;
    /** What may be deleted. @default nothing is planned, and no manifest read */
    readonly retention?: pulumi.Input<PackageRetentionArgs>;
    /** Whether the plan is shown and nothing deleted. @default true */
    readonly dryRun?: pulumi.Input<boolean>;
    /** Versions that one deploy deletes at most; the next one goes on. @default 500 */
    readonly atMost?: pulumi.Input<number>;
    /** Whether a package that is not as expected, or cannot be asked, ends the program. @default "warn" */
    readonly onProblem?: pulumi.Input<"warn" | "fail">;
}

/**
 * The container packages of an owner at GitHub: what they are and should be, and a clean-up that knows images of several
 * platforms, signatures and what a roll-back needs. It makes no package (the first push does) and `destroy` deletes none.
 */
export class GhcrPackages extends pulumi.dynamic.Resource {
    /** Each package: visibility, link, versions, and what is due. */
    declare readonly report: pulumi.Output<PackagesOutputs["report"]>;
    /** What was deleted in the last 30 days, in that order: `transship packages --restore` brings it back. */
    declare readonly deletions: pulumi.Output<PackagesOutputs["deletions"]>;

    constructor(name: string, args: GhcrPackagesArgs, opts?: pulumi.CustomResourceOptions) {
        checkChoice("onProblem", args.onProblem, ["warn", "fail"]);
        const { catalog, packages } = args;
        if (catalog === undefined && packages === undefined) {
            throw badArgument("packages", 'name the packages, with their "owner", or pass a catalog');
        }
        if (packages !== undefined && args.owner === undefined) {
            throw badArgument("owner", "name the owner of the packages");
        }
        const images = catalog === undefined ? [] : atGhcr(catalog);
        const inputs: { readonly [Key in keyof Omit<PackagesInputs, "observed">]: unknown } = {
            owner: args.owner,
            packages,
            catalog: catalog && compactInput(catalog, images),
            locked: pulumi.output(args.lock).apply((lock) => remembered(catalog, lock)),
            expect: args.expect,
            retention: args.retention,
            dryRun: args.dryRun ?? true,
            atMost: args.atMost,
            onProblem: args.onProblem ?? "warn",
        };
        const computed = { report: undefined, deletions: undefined, refused: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "GhcrPackages");
    }
}

function atGhcr(catalog: Catalog): string[] {
    const isGhcr = ({ registry }: { readonly registry: string }): boolean =>
        catalog.registries[registry]?.kind === "ghcr";
    const images = Object.values(catalog.images) as CatalogImage[];
    const names = images.filter(({ source, targets }) => [source, ...targets].some(isGhcr)).map(({ name }) => name);
    if (names.length === 0) {
        throw badArgument("catalog", "no image of it is at a registry of kind ghcr");
    }
    return names;
}

/** Of every environment: a clean-up of one must not take what another one rolls back to. */
function remembered(catalog: Catalog | undefined, lock: Lock | undefined): string[] {
    const path = catalog?.lockPath;
    const written = path === undefined ? {} : atProperty("catalog", () => readLock(path)).environments;
    const own = catalog === undefined ? [] : [catalog.lock, catalog.promotedLock];
    return lockedDigests([...Object.values(written), ...own, ...(lock === undefined ? [] : [lock])]);
}
