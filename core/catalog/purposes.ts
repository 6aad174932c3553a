import { TransshipError } from "../errors";
import { namespaceOf, usualPath } from "./namespaces";
import { below } from "./registries";
import type { Catalog, CatalogImage, Purpose } from "./types";

const OPPOSITE: Readonly<Record<Purpose, Purpose>> = { ci: "release", release: "ci" };
/** Names in one sentence at most. */
const MOST_NAMES = 5;

/** Whether two purposes are kept apart: `ci` and `release`, and no other words. */
export function isApart(one: string | undefined, other: string | undefined): boolean {
    return (one === "ci" && other === "release") || (one === "release" && other === "ci");
}

/**
 * Refuses images of the other purpose.
 *
 * @param purpose what the stack or the environment is for; undefined refuses nothing
 * @param who whom it is for, as a sentence begins: `This stack`
 * @param advice how to leave them out, as a clause
 * @throws TransshipError PURPOSE_REFUSED
 */
export function refuseOtherPurpose(
    purpose: Purpose | undefined,
    images: readonly CatalogImage[],
    who: string,
    advice: string,
): void {
    const others = images.filter((image) => isApart(purpose, image.purpose)).map(({ name }) => name);
    if (purpose !== undefined && others.length > 0) {
        const what = others.length === 1 ? "image" : "images";
        throw new TransshipError(
            "PURPOSE_REFUSED",
            `${who} is for images of purpose ${purpose}, and the ${what} ${listSome(others)} ${others.length === 1 ? "is" : "are"} of purpose ${OPPOSITE[purpose]}; ${advice}.`,
        );
    }
}

/** A target registry where images of both purposes go side by side. */
export interface SharedNamespace {
    /** Key in the catalogue's registries. */
    readonly registry: string;
    /** `ghcr.io/acme`: host and path that both have. */
    readonly place: string;
    readonly ci: readonly string[];
    readonly release: readonly string[];
}

/** Where images of purpose `ci` and of `release` are in no namespaces of their own. Targets with a repository of their own do not count. Pure. */
export function sharedNamespaces(catalog: Catalog, images: readonly CatalogImage[]): SharedNamespace[] {
    if (namespaceOf(catalog, "ci") !== namespaceOf(catalog, "release")) {
        return [];
    }
    return Object.values(catalog.registries).flatMap(({ name, host, prefix }) => {
        const here = (purpose: Purpose): string[] =>
            images
                .filter((image) => image.purpose === purpose && isUsualAt(catalog, image, name))
                .map((image) => image.name);
        const [ci, release] = [here("ci"), here("release")];
        return ci.length === 0 || release.length === 0
            ? []
            : [{ registry: name, place: below(host, prefix), ci, release }];
    });
}

/** Whether an image has a target there whose repository follows from its source. */
function isUsualAt({ registries }: Catalog, { source, targets }: CatalogImage, registry: string): boolean {
    const from = registries[source.registry]?.prefix ?? "";
    const path = from === "" ? source.repository : source.repository.slice(from.length + 1);
    const usual = below(registries[registry]?.prefix ?? "", usualPath(path, ""));
    return targets.some((target) => target.registry === registry && target.repository === usual);
}

/** `vault, kms and 3 more`. */
export function listSome(names: readonly string[]): string {
    const rest = names.length - MOST_NAMES;
    return rest > 0 ? `${names.slice(0, MOST_NAMES).join(", ")} and ${rest} more` : names.join(", ");
}
