import { type Catalog, type CatalogImage, findImage, suggestion } from "../../core/catalog";
import {
    type EcrRegistry,
    ecrRegistryOf,
    repositoryNameAt,
    type WantedRepository,
    wantedRepositories,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";

/** The registry that is meant, and the repositories which the catalogue's images have there. */
export interface Wanted {
    readonly registry: EcrRegistry;
    readonly repositories: readonly WantedRepository[];
}

export interface WantedArgs {
    readonly catalog: Catalog;
    readonly registry?: string;
    readonly images?: readonly string[];
}

/** @throws InputPropertyError for names that the catalogue has not, and where there is nothing to make */
export function wantedOf(args: WantedArgs, kind: EcrRegistry["kind"]): Wanted {
    const registry = atProperty("registry", () => ecrRegistryOf(args.catalog, kind, args.registry));
    const { images } = args;
    for (const image of images ?? []) {
        const { targets } = atProperty("images", () => findImage(args.catalog, image)) as CatalogImage;
        if (!targets.some((target) => target.registry === registry.name)) {
            const have = targets.map((target) => target.registry).join(", ") || "no targets at all";
            throw badArgument("images", `the image ${image} has no target at ${registry.name}, but ${have}`);
        }
    }
    const repositories = atProperty("catalog", () => wantedRepositories(args.catalog, registry, images));
    if (repositories.length === 0) {
        throw badArgument(
            "catalog",
            `no image of the catalogue has a target at ${registry.name}: add it to "targets" of the images, or of the defaults`,
        );
    }
    return { registry, repositories };
}

/** @throws InputPropertyError for a name that is no repository of the catalogue's there, with the nearest that is */
export function checkRepositoryNames(
    property: string,
    names: readonly string[],
    { registry, repositories }: Wanted,
): void {
    const known = repositories.map(({ name }) => name);
    const stranger = names.find((name) => !known.includes(name));
    if (stranger !== undefined) {
        throw badArgument(
            property,
            `the catalogue wants no repository "${stranger}" at ${registry.name}${suggestion(stranger, known)}`,
        );
    }
}

/** Tags that the catalogue lists for a repository, as they are written there. What selectors choose is not known yet. */
export function listedTags(catalog: Catalog, registry: EcrRegistry, repository: WantedRepository): string[] {
    const tags = repository.images.flatMap((image) =>
        (catalog.images[image] as CatalogImage).targets
            .filter((target) => target.registry === registry.name)
            .filter((target) => repositoryNameAt(registry, target.repository) === repository.name)
            .flatMap((target) => target.tags.map(({ to }) => to)),
    );
    return [...new Set(tags)].sort();
}
