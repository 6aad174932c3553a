import { cutCatalog } from "./cut";
import { canonicalJson } from "./digest";
import { collect } from "./include";
import { writtenLockFile } from "./lock-writer";
import { objectDocument } from "./place";
import { Problems } from "./problems";
import { resolveCatalog } from "./resolve";
import type { WrittenCatalog } from "./schema";
import { isName } from "./schema-registries";
import type { Catalog, Registry } from "./types";
import { writeImage } from "./write-image";
import { hostOf, writeDuration, writeRegistry } from "./write-registry";
import { yamlText } from "./yaml-text";

export interface WriteOptions {
    /** Folder of the file that is to hold the text: certificates are named relative to it. @default the working directory */
    readonly folder?: string;
}

/**
 * A resolved catalogue, cut down to some images, as the text of a `catalog.yaml` by itself: without includes and other
 * environments, every default applied. Loaded for the same environment it is the same; it never holds more than the
 * original did. Pure.
 *
 * @throws UnknownNameError IMAGE_UNKNOWN
 */
export function writtenCatalog(catalog: Catalog, images: readonly string[], options: WriteOptions = {}): string {
    const cut = cutCatalog(catalog, images);
    const folder = options.folder ?? process.cwd();
    const plain = write(cut, folder, false);
    // Two registries that the environment sends to one place, say, can be told apart only as they were written.
    const written = isSame(plain, cut) ? plain : write(cut, folder, true);
    return headOf(cut) + yamlText(written);
}

/**
 * The same of its lock: the text of the `catalog.lock.yaml` beside it, with the environment that it promotes from.
 * Undefined where the environment follows, whose lock is history, and where nothing is locked yet.
 */
export function writtenLock(catalog: Catalog, images: readonly string[]): string | undefined {
    const { environment, upstream, promoteFrom, lock, promotedLock } = cutCatalog(catalog, images);
    if (upstream === "follow") {
        return undefined;
    }
    return writtenLockFile({ ...(promoteFrom && { [promoteFrom]: promotedLock }), [environment]: lock });
}

function headOf({ environment, images }: Catalog): string {
    const names = Object.keys(images).length;
    return (
        `# ${names === 1 ? "One image" : `${names} images`} of a catalogue, as the environment "${environment.replace(/[\p{Cc}\u2028\u2029]/gu, " ")}" has ${names === 1 ? "it" : "them"}.\n` +
        "# Written by transship: change the catalogue that it was made of, and write it again.\n"
    );
}

/** @param apart sources name their registry by a host of its own, and the environment says where that is */
function write(catalog: Catalog, folder: string, apart: boolean): WrittenCatalog {
    const implicit = new Set(Object.values(catalog.registries).filter((one) => isImplicit(one, catalog)));
    const entries = Object.values(catalog.registries).filter((one) => !implicit.has(one));
    const standIns = new Map(entries.map(({ name }, index) => [name, `registry-${index + 1}.invalid`]));
    const find = (name: string): Registry => catalog.registries[name] as Registry;
    const host = (name: string): string => (apart && standIns.get(name)) || hostOf(find(name));
    const registries = entries.map(
        (one) => [one.name, { host: host(one.name), ...writeRegistry(one, folder) }] as const,
    );
    const effective = entries.map((one) => [one.name, { host: hostOf(one) }] as const);
    const images = Object.values(catalog.images).map((image) => {
        return [image.name, writeImage(image, { host, registry: find, namespaces: catalog.namespaces })] as const;
    });
    const written = {
        version: 1,
        ...environmentsOf(catalog, apart ? new Map(effective) : undefined),
        ...(registries.length === 0 ? {} : { registries: new Map(registries) }),
        ...(catalog.namespaces && { namespaces: catalog.namespaces }),
        images: new Map(images),
        ...periodsOf(catalog),
    };
    return written as unknown as WrittenCatalog;
}

/** Nothing but its host is known of it, and only sources are there: it needs no entry, and with a port has no name for one. */
function isImplicit({ name, ...registry }: Registry, { images }: Catalog): boolean {
    const isTarget = Object.values(images).some(({ targets }) => targets.some((target) => target.registry === name));
    const { host, prefix, kind: _, ...settings } = registry;
    const isPlain = name.replace(/^(?:source:)+/, "") === host && prefix === "" && Object.keys(settings).length === 0;
    return isPlain && !isTarget && writeRegistry({ name, ...registry }, "").kind === undefined;
}

function environmentsOf(
    { environment, upstream, onForeignDigest, promoteFrom, minAge, purpose }: Catalog,
    registries: ReadonlyMap<string, { readonly host: string }> | undefined,
) {
    const rules = { upstream, ...(onForeignDigest === "refuse" ? {} : { onForeignDigest }) };
    const isNamed =
        registries !== undefined || promoteFrom !== undefined || purpose !== undefined || environment !== "default";
    if (!isNamed || !isName(environment)) {
        const isUsual = upstream === "follow" && onForeignDigest === "refuse";
        return isUsual ? {} : { defaults: rules };
    }
    const own = {
        ...rules,
        ...(promoteFrom === undefined ? {} : { promoteFrom }),
        ...(minAge === undefined ? {} : { minAge: writeDuration(minAge) }),
        ...(purpose === undefined ? {} : { purpose }),
        ...(registries === undefined ? {} : { registries }),
    };
    const before = promoteFrom === undefined ? [] : [[promoteFrom, {}] as const];
    return { environments: new Map<string, object>([...before, [environment, own]]) };
}

/** Where the environment before is named too, they are said to be of this one only. */
function periodsOf({ waive, maintenance, promoteFrom, environment }: Catalog) {
    const only = promoteFrom === undefined ? {} : { environments: [environment] };
    const narrowed = <T extends object>(list: readonly T[]) => list.map((one) => ({ ...one, ...only }));
    return { ...(waive && { waive: narrowed(waive) }), ...(maintenance && { maintenance: narrowed(maintenance) }) };
}

/** Resolves what was written, and compares: what a reader makes of it is what counts. */
function isSame(written: WrittenCatalog, { environment, digest }: Catalog): boolean {
    const problems = new Problems();
    const collected = collect(objectDocument(JSON.parse(canonicalJson(plainly(written)))), problems);
    return (
        collected !== undefined &&
        resolveCatalog(collected, environment, problems).digest === digest &&
        problems.count === 0
    );
}

function plainly(value: unknown): unknown {
    if (value instanceof Map) {
        return Object.fromEntries([...value].map(([key, part]) => [key, plainly(part)]));
    }
    if (Array.isArray(value) || typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainly(part)]));
}
