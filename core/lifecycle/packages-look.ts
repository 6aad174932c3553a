import { type Catalog, type Registry, readLockedDigests } from "../catalog";
import { TransshipError } from "../errors";
import {
    GHCR,
    lookAtPackages,
    namedPlace,
    type PackageLook,
    type PackagePlace,
    type PackageTools,
    type PackageWish,
    packagePlaces,
    withGitHubToken,
} from "../packages";
import { readRules } from "../retention";
import { expandedCatalog } from "./expanded-catalog";
import type { PackagesInputs, PackagesOutputs } from "./packages-types";
import type { Session } from "./session";

/** What a state knows that no look can see. */
export type Remembered = Pick<PackagesOutputs, "deletions" | "refused">;

/**
 * Everything that can be wrong with the inputs, before anything is asked.
 *
 * @throws TransshipError with one sentence
 */
export function readPlaces(inputs: PackagesInputs): {
    readonly places: PackagePlace[];
    readonly registries: Registry[];
} {
    const { catalog: compact, expect, owner, packages, retention } = inputs;
    if (retention !== undefined) {
        readRules(retention);
    }
    checkExpectation(expect);
    if (inputs.atMost !== undefined && !(Number.isSafeInteger(inputs.atMost) && inputs.atMost >= 1)) {
        throw invalid(`atMost must be a whole number from 1 on, not ${JSON.stringify(inputs.atMost)}`);
    }
    const catalog = compact && expandedCatalog(compact);
    const known = catalog === undefined ? [] : packagePlaces(catalog);
    const registries = catalog === undefined ? [] : (Object.values(catalog.registries) as Registry[]);
    if (packages !== undefined && owner === undefined) {
        throw invalid(`"packages" are names below an owner: name the "owner" too`);
    }
    const isOwn = (place: PackagePlace): boolean => owner === undefined || place.owner === owner.toLowerCase();
    const registry = registryFor(catalog, owner);
    const places =
        packages === undefined
            ? known.filter(isOwn)
            : packages.map((name) => namedPlace(owner ?? "", name, registry.name, known));
    if (places.length === 0) {
        const whose = owner === undefined ? "" : ` of ${owner}`;
        throw invalid(
            `there is no package${whose} to look at: name "packages", or pass a catalog with images at a registry of kind ghcr`,
        );
    }
    return { places, registries: registries.includes(registry) ? registries : [...registries, registry] };
}

/** By which packages are read that the catalogue does not name. */
function registryFor(catalog: Catalog | undefined, owner: string | undefined): Registry {
    const all = Object.values(catalog?.registries ?? {}).filter(({ kind }) => kind === "ghcr");
    const own = all.find(({ prefix }) => prefix.split("/")[0] === owner?.toLowerCase());
    return own ?? all[0] ?? GHCR;
}

/** A look at all packages of the resource. @throws TransshipError where nothing could be asked at all */
export function lookAt(inputs: PackagesInputs, remembered: Remembered, session: Session): Promise<PackageLook[]> {
    const { places } = readPlaces(inputs);
    return lookAtPackages(places, wishOf(inputs, remembered), toolsFor(inputs, session));
}

export function wishOf({ expect, locked, retention }: PackagesInputs, remembered: Remembered): PackageWish {
    return {
        ...(expect && { expect }),
        ...(retention && { retention }),
        digests: readLockedDigests(locked),
        ...remembered,
    };
}

export function toolsFor(inputs: PackagesInputs, session: Session): PackageTools {
    const github = session.github();
    const { registries, credentials } = withGitHubToken(readPlaces(inputs).registries, github.access);
    const named = Object.fromEntries(registries.map((one) => [one.name, one]));
    return {
        github,
        registries: session.registries({ registries: named }, credentials),
        manifests: session.manifests,
        now: session.now,
        signal: session.signal,
    };
}

function checkExpectation(expect: PackagesInputs["expect"]): void {
    const { repository, visibility } = expect ?? {};
    if (visibility !== undefined && !["public", "private", "internal"].includes(visibility)) {
        throw invalid(`expect.visibility must be "public", "private" or "internal", not ${JSON.stringify(visibility)}`);
    }
    if (repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
        throw invalid(
            `expect.repository must be a repository at GitHub, as owner/name, not ${JSON.stringify(repository)}`,
        );
    }
}

function invalid(reason: string): TransshipError {
    return new TransshipError("PACKAGE_INVALID", `${reason}.`);
}
