import { describeError, TransshipError } from "../errors";
import {
    type ContainerPackage,
    type GitHubClient,
    type Owner,
    ownerOf,
    type PackageVersion,
    packageOf,
    packageVersions,
} from "../github";
import type { ManifestCache, Registries } from "../mirror";
import { ownTags, type ReadPlan, type RetentionInput, readAndPlan, readRules, type Version } from "../retention";
import { findMismatches } from "./mismatches";
import type { PackageLook, PackagePlace, PackageProblem, PackageWish } from "./types";

/** What looks and clean-ups work with. */
export interface PackageTools {
    readonly github: GitHubClient;
    readonly registries: Registries;
    readonly manifests: ManifestCache;
    readonly now: () => Date;
    readonly signal?: AbortSignal;
}

/**
 * Looks at packages, one after the other: the owner once, the package, one page for each 100 versions, and where
 * retention is asked for as many manifests as its plan needs. What cannot be asked is a problem of that package; only an
 * abort throws.
 *
 * @throws TransshipError RETENTION_INVALID
 */
export async function lookAtPackages(
    places: readonly PackagePlace[],
    wish: PackageWish,
    tools: PackageTools,
): Promise<PackageLook[]> {
    const owners = new Map<string, Promise<Owner>>();
    const looks: PackageLook[] = [];
    for (const place of places) {
        tools.signal?.throwIfAborted();
        const owner = owners.get(place.owner) ?? ownerOf(tools.github, place.owner);
        owners.set(place.owner, owner);
        looks.push(await lookAtPackage(place, owner, wish, tools));
    }
    return looks;
}

async function lookAtPackage(
    place: PackagePlace,
    owning: Promise<Owner>,
    wish: PackageWish,
    tools: PackageTools,
): Promise<PackageLook> {
    const rules = wish.retention && readRules(wish.retention);
    const nothing = { place, problems: [], versions: 0, tagged: 0, ids: new Map() };
    try {
        const owner = await owning;
        const found = await packageOf(tools.github, owner, place.name);
        if (found === undefined) {
            return { ...nothing, status: "absent", problems: absence(place, wish) };
        }
        const listed = await listVersions(tools.github, owner, place.name);
        const versions = listed.map(asVersion);
        const retention = rules && (await planFor(place, versions, rules, wish, tools));
        return {
            ...nothing,
            ...aboutPackage(found),
            status: "seen",
            versions: versions.length,
            tagged: versions.filter((version) => ownTags(version).length > 0).length,
            ids: new Map(listed.map(({ digest, id }) => [digest, id])),
            problems: [
                ...(await findMismatches(place, owner, found, versions, wish.expect, tools)),
                ...unreadProblems(place, retention),
            ],
            ...(retention && { retention }),
        };
    } catch (error) {
        tools.signal?.throwIfAborted();
        if (!(error instanceof TransshipError)) {
            throw error;
        }
        return { ...nothing, status: "unknown", problems: [{ kind: "unknown", message: describeError(error) }] };
    }
}

function aboutPackage({ repository, url, visibility }: ContainerPackage): Partial<PackageLook> {
    return { visibility, url, ...(repository === undefined ? {} : { repository }) };
}

async function listVersions(client: GitHubClient, owner: Owner, name: string): Promise<PackageVersion[]> {
    // A version that is pushed or deleted meanwhile moves the others: one may come twice.
    const found = new Map<number, PackageVersion>();
    for await (const page of packageVersions(client, owner, name)) {
        for (const version of page) {
            found.set(version.id, version);
        }
    }
    return [...found.values()];
}

function asVersion({ createdAt, digest, tags, updatedAt }: PackageVersion): Version {
    return { digest, tags, changedAt: updatedAt > createdAt ? updatedAt : createdAt };
}

function planFor(
    { registry, repository, selectors, tags }: PackagePlace,
    versions: readonly Version[],
    rules: RetentionInput["rules"],
    { deletions = [], digests = new Map(), refused = {} }: PackageWish,
    { manifests, now, registries, signal }: PackageTools,
): Promise<ReadPlan> {
    const protection = { tags, selectors, digests };
    const deleted = new Set(deletions.map(({ digest }) => digest));
    const input = { versions, rules, protection, deleted, refused: new Map(Object.entries(refused)), now: now() };
    return readAndPlan(input, { registries, place: { registry, repository }, manifests, signal });
}

function absence({ owner, repository }: PackagePlace, { expect }: PackageWish): PackageProblem[] {
    const from = expect?.repository ?? `the repository that ${owner} builds it in`;
    const message = `The package ${repository} is not there yet, or is private and not for this token's eyes: it comes into being by the first push from a workflow of ${from}.`;
    return [{ kind: "unknown", message }];
}

const MOST_NAMED = 3;

function unreadProblems({ registry, repository }: PackagePlace, retention: ReadPlan | undefined): PackageProblem[] {
    const unknown = retention?.plan.unknown ?? [];
    if (unknown.length === 0) {
        return [];
    }
    const named = unknown
        .slice(0, MOST_NAMED)
        .map(({ version, why }) => `${version.digest} (${why.replace(/\.$/, "")})`);
    const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : "";
    const message = `Nothing of ${repository} is deleted, since what these manifests lead to could not be read at "${registry}": ${named.join(", ")}${more}.`;
    return [{ kind: "unknown", message }];
}
