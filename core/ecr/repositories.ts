import { parseEcrHost } from "../aws-names";
import type { Catalog, CatalogImage, Registry } from "../catalog";
import { quote } from "../oci";
import { ecrError } from "./error";

/** A repository that a catalogue wants at ECR. */
export interface WantedRepository {
    /** Its name at ECR: the registry's path and all that follows, `mirror/hashicorp/vault`. */
    readonly name: string;
    /** Images of the catalogue that go there, sorted. */
    readonly images: readonly string[];
}

/** A registry's entry of the catalogue, of kind `ecr` or `ecr-public`. */
export interface EcrRegistry extends Registry {
    readonly kind: "ecr" | "ecr-public";
}

const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/**
 * The entry of the catalogue that is meant: the named one, or the only one of that kind.
 *
 * @throws EcrError where there is none, or several, or the named one is of another kind
 */
export function ecrRegistryOf(
    catalog: Catalog,
    kind: EcrRegistry["kind"],
    registry: string | undefined,
    argument = "registry",
): EcrRegistry {
    const all = Object.values(catalog.registries).filter((one) => one.kind === kind) as EcrRegistry[];
    if (registry !== undefined) {
        const found = all.find(({ name }) => name === registry);
        if (found === undefined) {
            const there = catalog.registries[registry];
            const what = there === undefined ? "is no registry of the catalogue" : `is of kind ${there.kind}`;
            throw ecrError(`The registry ${quote(registry)} ${what}: ${advice(all, kind)}.`);
        }
        return found;
    }
    const [only, ...others] = all;
    if (only === undefined || others.length > 0) {
        const many = only === undefined ? "no registry" : "several registries";
        throw ecrError(`The catalogue has ${many} of kind ${kind}: ${advice(all, kind)}, by "${argument}".`);
    }
    return only;
}

function advice(all: readonly EcrRegistry[], kind: string): string {
    return all.length === 0
        ? `write one with "kind: ${kind}" into the catalogue`
        : `name one of ${all.map(({ name }) => name).join(", ")}`;
}

/**
 * Every repository that the catalogue's images have there as targets, by name; with `images`, only of those.
 *
 * @throws EcrError for a name that ECR refuses
 */
export function wantedRepositories(
    catalog: Catalog,
    registry: EcrRegistry,
    images: readonly string[] = Object.keys(catalog.images),
): WantedRepository[] {
    const byName = new Map<string, string[]>();
    for (const image of images) {
        const { targets } = catalog.images[image] as CatalogImage;
        for (const { repository } of targets.filter((target) => target.registry === registry.name)) {
            const name = repositoryNameAt(registry, repository);
            const problem = repositoryNameProblem(name);
            if (problem !== undefined) {
                throw ecrError(
                    `The image ${image} would go to ${registry.host}/${repository}, but ${problem}: give its target another "repository", or the registry's host another path.`,
                );
            }
            byName.set(name, [...(byName.get(name) ?? []), image]);
        }
    }
    return [...byName]
        .map(([name, of]) => ({ name, images: [...new Set(of)].sort() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A path below the host as ECR names its repository: that of ECR Public begins with the registry's alias, which is no part of it. */
export function repositoryNameAt(registry: EcrRegistry, path: string): string {
    return registry.kind === "ecr-public" && parseEcrHost(registry.host)?.visibility === "public"
        ? path.slice(path.indexOf("/") + 1)
        : path;
}

/**
 * Why ECR takes no repository of this name, as a clause; undefined where it does.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html)
 */
export function repositoryNameProblem(name: string): string | undefined {
    if (name.length < 2 || name.length > 256) {
        return `a repository's name has 2 to 256 characters at ECR, and ${quote(name)} has ${name.length}`;
    }
    return NAME.test(name)
        ? undefined
        : `${quote(name)} is no repository's name at ECR (lower case letters and digits, with single . _ - or / between them)`;
}
