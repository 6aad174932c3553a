import { basename, dirname, join } from "node:path";
import { readFiles } from "./include";
import { readLockInto } from "./lock-file";
import { Problems } from "./problems";
import { resolveCatalog } from "./resolve";
import type { Catalog } from "./types";

export interface CatalogOptions {
    /**
     * Which of the catalogue's environments. A catalogue that names none takes any name.
     *
     * @default the only one, where the catalogue names one or none
     */
    readonly environment?: string;
}

/**
 * Reads a catalogue, what it includes and the lock file beside it, and resolves it for one environment. Synchronous,
 * since a Pulumi program must know its names before it makes resources; it reads files only, and asks no registry.
 *
 * @throws CatalogError with everything that is wrong, each with its file, line and column
 */
export function loadCatalog(path: string, options: CatalogOptions = {}): Catalog {
    const problems = new Problems();
    const written = readFiles(path, problems);
    const resolved = written && resolveCatalog(written, options.environment, problems);
    const lockPath = lockPathFor(path);
    const locks = readLockInto(lockPath, problems).environments;
    problems.throwIfAny();
    if (resolved === undefined) {
        throw new Error(`${path} was not read, and nothing tells why`);
    }
    const sectionOf = (name: string | undefined) =>
        name !== undefined && Object.hasOwn(locks, name) ? (locks[name] ?? {}) : {};
    return {
        ...resolved,
        lock: sectionOf(resolved.environment),
        promotedLock: sectionOf(resolved.promoteFrom),
        path,
        lockPath,
    };
}

/** `catalog.lock.yaml` beside `catalog.yaml`: each catalogue of a folder has a lock file of its own. */
export function lockPathFor(path: string): string {
    const stem = basename(path).replace(/\.(ya?ml|json)$/i, "");
    return join(dirname(path), `${stem}.lock.yaml`);
}
