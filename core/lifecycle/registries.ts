import type { Catalog } from "../catalog";
import { RegistryPool, type RegistrySettings } from "../registry";
import type { Credentials } from "./configuration";

export interface OpenOptions {
    readonly credentials?: Credentials;
    readonly signal?: AbortSignal;
}

/** Clients for the registries of a catalogue; nothing is asked before the first request. */
export function openRegistries(catalog: Catalog, options: OpenOptions = {}): RegistryPool {
    const settings: RegistrySettings[] = Object.values(catalog.registries).map(
        ({ prefix, keepRemaining, ...rest }) => rest,
    );
    return new RegistryPool(settings, options);
}
