import { afterEach } from "vitest";
import { type Catalog, type CatalogDefinition, defineCatalog, listCopies } from "../../core/catalog";
import {
    type CircumstanceOptions,
    circumstancesOf,
    look,
    type ReconcileOptions,
    type Reconciliation,
    reconcile,
} from "../../core/mirror";
import { type ClientEnvironment, RegistryPool } from "../../core/registry";
import { FAMILIES, sha256 } from "../support/images";

/** Anything that listens as a registry. */
export interface Host {
    readonly host: string;
}

const open: RegistryPool[] = [];

afterEach(async () => {
    await Promise.all(open.splice(0).map((pool) => pool.close()));
});

/**
 * A catalogue over these registries, plain HTTP, each with its repositories below `mirror/` where it is a target. Without
 * referrers unless an image says so: what it costs to ask for them has tests of its own (test/mirror/referrers).
 */
export function catalogFor(
    registries: Readonly<Record<string, Host>>,
    images: Readonly<Record<string, object>>,
    more: Readonly<Record<string, object>> = {},
): Catalog {
    const entries = Object.entries(registries).map(([name, { host }]) => [
        name,
        { host: name === "hub" ? host : `${host}/mirror`, kind: "distribution", insecure: true, ...more[name] },
    ]);
    const defaults = { referrers: false };
    const definition = { version: 1, defaults, registries: Object.fromEntries(entries), images };
    return defineCatalog(definition as unknown as CatalogDefinition) as Catalog;
}

/** Clients without any of this machine's variables and logins, which give up soon. */
export function poolFor(catalog: Catalog, environment: ClientEnvironment = {}): RegistryPool {
    const settings = Object.values(catalog.registries).map(({ prefix, ...rest }) => rest);
    const retry = { baseMs: 5, maxMs: 20, ...environment.retry };
    const pool = new RegistryPool(settings, { env: {}, home: "/nonexistent", ...environment, retry });
    open.push(pool);
    return pool;
}

export interface SyncOptions extends ReconcileOptions {
    readonly circumstances?: CircumstanceOptions;
    readonly environment?: ClientEnvironment;
    readonly pool?: RegistryPool;
}

/** observe -> judge -> plan -> carry -> look again, as a fleet and the command do it. */
export async function sync(catalog: Catalog, options: SyncOptions = {}): Promise<Reconciliation> {
    const pool = options.pool ?? poolFor(catalog, options.environment);
    const circumstances = circumstancesOf(catalog, options.circumstances);
    const judged = await look(catalog, listCopies(catalog), circumstances, pool);
    return reconcile(catalog, judged, circumstances, pool, options);
}

/** `image:tag@registry verdict`, one for each copy after the work. */
export function verdictsOf({ judged }: Pick<Reconciliation, "judged">): string[] {
    return judged.map(({ image, reference, registry, verdict }) => `${image}:${reference}@${registry} ${verdict}`);
}

export interface RawContent {
    readonly bytes: Buffer;
    readonly mediaType: string;
    readonly digest: string;
}

const ACCEPT = {
    accept: [...Object.values(FAMILIES).flatMap(({ index, manifest }) => [index, manifest]), "*/*"].join(", "),
};

/** A manifest as the wire has it, by plain fetch; the digest is computed here, never believed. */
export async function rawManifest({ host }: Host, repository: string, reference: string): Promise<RawContent> {
    const response = await fetch(`http://${host}/v2/${repository}/manifests/${reference}`, { headers: ACCEPT });
    if (response.status !== 200) {
        throw new Error(`${repository}:${reference} at ${host} answers ${response.status}`);
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    return { bytes, mediaType: response.headers.get("content-type") ?? "", digest: sha256(bytes) };
}

export async function rawBlob({ host }: Host, repository: string, digest: string): Promise<Buffer | undefined> {
    const response = await fetch(`http://${host}/v2/${repository}/blobs/${digest}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    return response.status === 200 ? bytes : undefined;
}

/** The status of a tag by plain fetch: 200 or 404. */
export async function statusOf({ host }: Host, repository: string, reference: string): Promise<number> {
    const url = `http://${host}/v2/${repository}/manifests/${reference}`;
    return (await fetch(url, { method: "HEAD", headers: ACCEPT })).status;
}
