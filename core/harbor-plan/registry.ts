import type { Catalog, Registry } from "../catalog";
import { quote } from "../oci";
import { planError } from "./error";

/**
 * The Harbor that is meant: the named entry of the catalogue, or the only one of kind `harbor`.
 *
 * @throws HarborPlanError where there is none, or several, or the named one is of another kind
 */
export function harborRegistryOf(catalog: Catalog, registry: string | undefined): Registry {
    const all = Object.values(catalog.registries).filter(({ kind }) => kind === "harbor");
    if (registry !== undefined) {
        const found = all.find(({ name }) => name === registry);
        if (found === undefined) {
            const there = catalog.registries[registry];
            const what = there === undefined ? "is no registry of the catalogue" : `is of kind ${there.kind}`;
            throw planError(`The registry ${quote(registry)} ${what}: ${advice(all)}.`);
        }
        return found;
    }
    const [only, ...others] = all;
    if (only === undefined || others.length > 0) {
        const many = only === undefined ? "no registry" : "several registries";
        throw planError(`The catalogue has ${many} of kind harbor: ${advice(all)}.`);
    }
    return only;
}

function advice(all: readonly Registry[]): string {
    return all.length === 0
        ? 'write one with "kind: harbor" into the catalogue'
        : `name one of ${all.map(({ name }) => name).join(", ")} as "registry"`;
}

/** Harbor's address, where its host is all there is to say. */
export function harborUrl({ host, insecure }: Registry): string {
    return `${insecure === true ? "http" : "https"}://${host}`;
}

/** Harbor's rule for a project's name. (src/server/v2.0/handler/project.go; at least two characters since 2.0) */
const PROJECT = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/**
 * The first part of a repository's path: at Harbor, its project.
 *
 * @throws HarborPlanError where there is none, and for a name that Harbor refuses
 */
export function projectOf(registry: Pick<Registry, "host">, repository: string, image: string): string {
    const slash = repository.indexOf("/");
    const where = `The image ${image} would go to ${registry.host}/${repository}`;
    if (slash < 0) {
        throw planError(
            `${where}, which names no project: give the registry's host a path (${registry.host}/mirror), or the target a "repository".`,
        );
    }
    const project = repository.slice(0, slash);
    if (!PROJECT.test(project)) {
        throw planError(
            `${where}, but ${quote(project)} is no project's name at Harbor (lower-case letters and digits, with single . _ or - between them): give the registry's host another path.`,
        );
    }
    return project;
}
