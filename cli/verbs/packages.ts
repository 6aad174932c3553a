import { type Catalog, lockedDigests, type Registry, readLock, readLockedDigests } from "../../core/catalog";
import { describeError } from "../../core/errors";
import { GitHubClient } from "../../core/github";
import { ManifestCache } from "../../core/mirror";
import {
    type Cleaned,
    cleanPackages,
    findLackingRight,
    lookAtPackages,
    type PackageDeletion,
    type PackageLook,
    type PackageTools,
    type PackageWish,
    packagePlaces,
    reportOf,
    restoreVersions,
    stillRestorable,
    withGitHubToken,
} from "../../core/packages";
import { RegistryPool } from "../../core/registry";
import { count } from "../../core/report";
import { readCredentials } from "../credentials";
import { readDeletions, readDeletionsIfThere, writeDeletions } from "../deletions-file";
import { documentHead, type PackagesDocument } from "../documents";
import { EXIT, type ExitCode, UsageError } from "../exit-code";
import { readGitHubToken } from "../github-access";
import { addPackagesOptions, readAtMost, readCleanRules } from "../packages-options";
import { printLooks, printRestored } from "../print-packages";
import { addCatalogOptions, openCatalog } from "../session";
import type { Run, Verb } from "../verb";

type Options = Readonly<Record<string, unknown>>;

/** Looks at the catalogue's container packages at GitHub; told so, cleans them up, or brings back what was deleted. */
export const packages: Verb = {
    configure(command) {
        addCatalogOptions(command);
        addPackagesOptions(command);
    },

    async run(run, images, options) {
        const rules = readCleanRules(options);
        const isDeleting = options.delete === true && options.dryRun !== true;
        const needs = isDeleting
            ? "the scopes read:packages and delete:packages"
            : options.restore === undefined
              ? "the scope read:packages"
              : "the scope write:packages";
        const access = readGitHubToken(process.env, needs);
        const github = new GitHubClient(access, { signal: run.signal });
        try {
            if (options.restore !== undefined) {
                return await restore(github, String(options.restore), String(options.record), run);
            }
            return await lookAndClean(github, images, { ...options, isDeleting }, rules, run);
        } finally {
            await github.close();
        }
    },
};

async function lookAndClean(
    github: GitHubClient,
    images: readonly string[],
    options: Options & { readonly isDeleting: boolean },
    retention: PackageWish["retention"],
    run: Run,
): Promise<ExitCode> {
    const catalog = openCatalog(options, images);
    const places = packagePlaces(catalog, images.length === 0 ? undefined : images);
    if (places.length === 0) {
        const what = images.length === 0 ? "No image of the catalogue" : `None of ${images.join(", ")}`;
        throw new UsageError(`${what} is at a registry of kind ghcr: there is no package to look at.`);
    }
    const record = String(options.record);
    const former = retention === undefined ? [] : stillRestorable(readDeletionsIfThere(record), new Date());
    const { close, tools } = openTools(catalog, github, run.signal);
    try {
        const looks = await lookAll(places, catalog, { retention, deletions: former }, options, tools);
        const lacking = options.isDeleting ? await findLackingRight(github, looks) : undefined;
        if (lacking !== undefined) {
            throw new UsageError(lacking);
        }
        const deletions: PackageDeletion[] = [];
        // Written after each one: whatever ends this process, what is gone can be brought back.
        const onDeleted = (deletion: PackageDeletion): void => {
            deletions.push(deletion);
            writeDeletions(record, [...former, ...deletions]);
        };
        const cleaned = options.isDeleting
            ? await cleanPackages(looks, tools, { atMost: readAtMost(options), onDeleted })
            : [];
        const exitCode = exitCodeOf(looks, cleaned);
        const dryRun = retention !== undefined && !options.isDeleting;
        run.output.document(documentOf(exitCode, { looks, cleaned, deletions, dryRun }));
        printLooks(looks, run.output);
        printCleaned(cleaned, { dryRun, record, due: dueIn(looks) }, run);
        return exitCode;
    } finally {
        await close();
    }
}

/** What an image's registry says in the catalogue is expected of its package. */
async function lookAll(
    places: ReturnType<typeof packagePlaces>,
    catalog: Catalog,
    wish: Pick<PackageWish, "retention" | "deletions">,
    { repository }: Options,
    tools: PackageTools,
): Promise<PackageLook[]> {
    const locks = catalog.lockPath === undefined ? [] : Object.values(readLock(catalog.lockPath).environments);
    const digests = readLockedDigests(lockedDigests([...locks, catalog.lock, catalog.promotedLock]));
    const looks: PackageLook[] = [];
    for (const place of places) {
        const isPublic = catalog.registries[place.registry]?.public === true;
        const expect = {
            ...(isPublic && { visibility: "public" as const }),
            ...(repository !== undefined && { repository: String(repository) }),
        };
        looks.push(...(await lookAtPackages([place], { ...wish, digests, expect }, tools)));
    }
    return looks;
}

function openTools(catalog: Catalog, github: GitHubClient, signal: AbortSignal) {
    const given = Object.values(catalog.registries) as Registry[];
    const { credentials, registries } = withGitHubToken(given, github.access, readCredentials(process.env));
    const pool = new RegistryPool(registries, { signal, credentials });
    const tools: PackageTools = {
        github,
        registries: pool,
        manifests: new ManifestCache(),
        now: () => new Date(),
        signal,
    };
    return { tools, close: () => pool.close() };
}

async function restore(github: GitHubClient, what: string, record: string, run: Run): Promise<ExitCode> {
    const isId = /^\d+$/.test(what);
    const listed = readDeletions(isId ? record : what);
    const wanted = isId ? listed.filter(({ id }) => id === Number(what)) : listed;
    if (wanted.length === 0) {
        throw new UsageError(
            isId
                ? `${record} lists no version ${what}: name the file that lists it by --record.`
                : `${what} lists no deletions.`,
        );
    }
    const restored = await restoreVersions(github, wanted);
    const outcomes = restored.map(({ outcome }) => outcome);
    const bad = outcomes.includes("failed") ? EXIT.unknown : EXIT.consistent;
    const exitCode = outcomes.includes("lost") ? EXIT.drift : bad;
    run.output.document({ ...documentHead("packages", exitCode), dryRun: false, packages: [], restored });
    printRestored(restored, run.output);
    const left = wanted.length - restored.length;
    const waiting = left === 0 ? "" : `, ${left} not tried yet: run the same again`;
    run.output.detail(
        `${count(outcomes.filter((outcome) => outcome === "restored").length, "version")} restored${waiting}`,
    );
    return exitCode;
}

function dueIn(looks: readonly PackageLook[]): number {
    return looks.reduce((sum, { retention }) => sum + (retention?.plan.delete.length ?? 0), 0);
}

/** 1 for what is proven to be wrong, or could not be deleted; 3 for what could not be asked. */
function exitCodeOf(looks: readonly PackageLook[], cleaned: readonly Cleaned[]): ExitCode {
    const kinds = looks.flatMap(({ problems }) => problems.map(({ kind }) => kind));
    if (kinds.includes("expectation") || cleaned.some(({ carried }) => carried.error !== undefined)) {
        return EXIT.drift;
    }
    return kinds.includes("unknown") ? EXIT.unknown : EXIT.consistent;
}

function documentOf(
    exitCode: ExitCode,
    {
        cleaned,
        deletions,
        dryRun,
        looks,
    }: {
        readonly looks: readonly PackageLook[];
        readonly cleaned: readonly Cleaned[];
        readonly deletions: readonly PackageDeletion[];
        readonly dryRun: boolean;
    },
): PackagesDocument {
    const refused = cleaned.flatMap(({ carried, look }) =>
        carried.refused.map(({ reason, version }) => ({
            package: look.place.repository,
            digest: version.digest,
            reason,
        })),
    );
    const failures = cleaned.flatMap(({ carried, look }) =>
        carried.error === undefined ? [] : [{ package: look.place.repository, message: describeError(carried.error) }],
    );
    return {
        ...documentHead("packages", exitCode),
        dryRun,
        packages: looks.map((look) => reportOf(look, Number.POSITIVE_INFINITY)),
        ...(cleaned.length > 0 && {
            deletions,
            refused,
            failures,
            left: cleaned.reduce((sum, one) => sum + one.carried.left, 0),
        }),
    };
}

function printCleaned(
    cleaned: readonly Cleaned[],
    { dryRun, due, record }: { readonly dryRun: boolean; readonly due: number; readonly record: string },
    { output }: Run,
): void {
    if (dryRun && due > 0) {
        output.detail(`${count(due, "version")} due; nothing is deleted without --delete`);
    }
    for (const { carried, deletions, look } of cleaned) {
        for (const { reason } of carried.refused) {
            output.line(`  ! ${reason}`);
        }
        if (carried.error !== undefined) {
            process.stderr.write(`transship: ${describeError(carried.error)}\n`);
        }
        const left = carried.left > 0 ? `, ${carried.left} left for the next run` : "";
        output.line(
            `${look.place.repository}: ${count(deletions.length, "version")} deleted${left}; bring back: --restore ${record}`,
        );
    }
}
