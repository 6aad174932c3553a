import { type ContainerPackage, type Owner, packageSettingsUrl, webOf } from "../github";
import { RegistryError } from "../registry";
import { ownTags, type Version } from "../retention";
import type { PackageTools } from "./look";
import type { PackageExpectation, PackagePlace, PackageProblem } from "./types";

/**
 * Where a package is not as it should be. GitHub has no API for its visibility, nor for its link to a repository: each
 * sentence says where a person sets it. One anonymous HEAD where it should be public.
 */
export async function findMismatches(
    place: PackagePlace,
    owner: Owner,
    found: ContainerPackage,
    versions: readonly Version[],
    expect: PackageExpectation | undefined,
    tools: Pick<PackageTools, "github" | "registries">,
): Promise<PackageProblem[]> {
    const settings = packageSettingsUrl(owner, place.name, webOf(tools.github.access));
    const problems: PackageProblem[] = [];
    const wanted = expect?.visibility;
    const anonymous = wanted === "public" ? await askAnonymously(place, versions, tools) : undefined;
    if (wanted !== undefined && found.visibility !== wanted) {
        const seen = anonymous === undefined ? "" : `, and a pull without a login ${anonymous}`;
        const message = `The package ${place.repository} is ${found.visibility} and should be ${wanted}${seen}: GitHub has no API to change that, so change it on ${settings}, under "Danger Zone".`;
        problems.push({ kind: "expectation", message });
    } else if (anonymous?.startsWith("is refused")) {
        const message = `GitHub says that the package ${place.repository} is public, but a pull without a login ${anonymous}: look at ${settings}.`;
        problems.push({ kind: "expectation", message });
    }
    const repository = expect?.repository;
    if (repository !== undefined && found.repository?.toLowerCase() !== repository.toLowerCase()) {
        problems.push({ kind: "expectation", message: linkSentence(place, found.repository, repository, settings) });
    }
    return problems;
}

function linkSentence(
    { repository }: PackagePlace,
    linked: string | undefined,
    wanted: string,
    settings: string,
): string {
    const what =
        linked === undefined
            ? `is linked to no repository (its first push was made by hand, perhaps)`
            : `is linked to the repository ${linked}`;
    return `The package ${repository} ${what}, so that a workflow of ${wanted} gets "permission_denied: write_package": on ${settings} give ${wanted} the role "Write" under "Manage Actions access", and connect it as the package's repository.`;
}

/** What somebody without a login sees; undefined where there is nothing to ask for, or no answer. */
async function askAnonymously(
    { registry, repository }: PackagePlace,
    versions: readonly Version[],
    { registries }: Pick<PackageTools, "registries">,
): Promise<string | undefined> {
    const tag = versions.flatMap(ownTags)[0];
    if (tag === undefined) {
        return undefined;
    }
    try {
        await registries.client(registry).anonymous.headManifest(repository, tag);
        return "works";
    } catch (error) {
        const isRefused = error instanceof RegistryError && (error.code === "UNAUTHORIZED" || error.code === "DENIED");
        return isRefused ? "is refused" : undefined;
    }
}
