import { Claims } from "./claims";
import { catalogDigest } from "./digest";
import { readEnvironment } from "./environments";
import { resolveImage } from "./images";
import type { Written } from "./include";
import { readNamespaces } from "./namespaces";
import type { Problems } from "./problems";
import { Registries } from "./registries";
import type { Catalog } from "./types";
import { resolveMaintenance, resolveWaivers } from "./waivers";

/** Everything of a catalogue but its locks and paths. */
export type ResolvedCatalog = Omit<Catalog, "lock" | "promotedLock" | "path" | "lockPath">;

/**
 * Resolves what was written for one environment. Reports what it finds and gives back what it can: the result is
 * only good where `problems` is empty.
 */
export function resolveCatalog(
    written: Written,
    environmentName: string | undefined,
    problems: Problems,
): ResolvedCatalog {
    const { main } = written;
    const registryNames = written.registries.map(({ name }) => name);
    const environment = readEnvironment(main, registryNames, environmentName, problems);
    const registries = new Registries(written.registries, environment.overrides, problems);
    const defaults = main.written.defaults ?? {};
    const defaultsPlace = main.place.at("defaults");
    for (const [index, name] of (defaults.targets ?? []).entries()) {
        if (name !== undefined) {
            registries.target(name, defaultsPlace.at("targets", index));
        }
    }
    const namespaces = readNamespaces(main, written.images, problems);
    const context = { registries, defaults, defaultsPlace, namespaces, claims: new Claims(problems), problems };
    const images = written.images.flatMap((entry) => resolveImage(entry, context) ?? []);
    if (written.images.length === 0 && !problems.isBroken(main.place.at("images"))) {
        problems.report(main.place.at("images"), 'an empty catalogue: name at least one image below "images"');
    }
    const { overrides, ...chosen } = environment;
    const { environments } = main.written;
    const names = { environment: chosen.name, environments, written, images, registries: registries.all() };
    const waive = resolveWaivers(written.waive, names, problems);
    const maintenance = resolveMaintenance(written.maintenance, names, problems);
    const resolved = {
        version: 1 as const,
        environment: chosen.name,
        upstream: chosen.upstream,
        onForeignDigest: chosen.onForeignDigest,
        ...(chosen.promoteFrom === undefined ? {} : { promoteFrom: chosen.promoteFrom }),
        ...(chosen.minAge === undefined ? {} : { minAge: chosen.minAge }),
        ...(chosen.purpose === undefined ? {} : { purpose: chosen.purpose }),
        ...(Object.keys(namespaces).length === 0 ? {} : { namespaces }),
        registries: byName(registries.all()),
        images: byName(images),
        ...(waive.length === 0 ? {} : { waive }),
        ...(maintenance.length === 0 ? {} : { maintenance }),
    };
    return { ...resolved, digest: catalogDigest(resolved) };
}

/** Sorted, so that the order in a file changes neither state nor output. */
function byName<T extends { readonly name: string }>(things: readonly T[]): Record<string, T> {
    const sorted = [...things].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return Object.fromEntries(sorted.map((thing) => [thing.name, thing]));
}
