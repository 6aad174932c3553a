import { catalogDigest } from "./digest";
import { findImage } from "./lookup";
import type { Catalog, Lock } from "./types";

/**
 * A catalogue of some images: them, the registries that they are at, and what waivers, maintenance windows and locks say
 * of those. Pure.
 *
 * @throws UnknownNameError IMAGE_UNKNOWN
 */
export function cutCatalog(catalog: Catalog, names: readonly string[]): Catalog {
    const chosen = new Set(names.map((name) => findImage(catalog, name).name));
    const {
        waive: _,
        maintenance: __,
        digest: ___,
        lock,
        promotedLock,
        namespaces,
        path: ____,
        lockPath: _____,
        ...rest
    } = catalog;
    const images = pick(catalog.images, chosen);
    const used = new Set(
        Object.values(images).flatMap(({ source, targets }) => [source.registry, ...targets.map((to) => to.registry)]),
    );
    // A source's own registry is named so beside an entry that has taken the host's name.
    for (const name of [...used]) {
        const host = name.replace(/^(?:source:)+/, "");
        if (host !== name) {
            used.add(host);
        }
    }
    const waive = (catalog.waive ?? []).filter(({ image }) => chosen.has(image));
    const maintenance = (catalog.maintenance ?? []).flatMap((one) => {
        const { images: on, registries: at, ...window } = one;
        const kept = { ...(on && { images: on.filter((name) => chosen.has(name)) }) };
        const places = { ...(at && { registries: at.filter((name) => used.has(name)) }) };
        const isEmpty = kept.images?.length === 0 || places.registries?.length === 0;
        return isEmpty ? [] : [{ ...window, ...kept, ...places }];
    });
    const purposes = new Set(Object.values(images).flatMap(({ purpose }) => purpose ?? []));
    const named = pick(namespaces ?? {}, purposes);
    const cut = {
        ...rest,
        ...(Object.keys(named).length === 0 ? {} : { namespaces: named }),
        registries: pick(catalog.registries, used),
        images,
        ...(waive.length === 0 ? {} : { waive }),
        ...(maintenance.length === 0 ? {} : { maintenance }),
    };
    const digest = catalogDigest(cut);
    return { ...cut, digest, lock: cutLock(lock, chosen), promotedLock: cutLock(promotedLock, chosen) };
}

function cutLock(lock: Lock, chosen: ReadonlySet<string>): Lock {
    return pick(lock, chosen);
}

function pick<T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
    return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}
