import { describeError, TransshipError } from "../errors";
import { isGone, type RegistryClient } from "../registry";
import type { Copy, CopyState, Observation, ObservedCopy } from "./types";

/** Where clients come from: the catalogue's key of a registry to its client. */
export interface Registries {
    client(name: string): RegistryClient;
}

export interface ObserveOptions {
    /** Called after each answer: how many of how many are known. */
    readonly onProgress?: (done: number, total: number) => void;
    readonly signal?: AbortSignal;
}

/**
 * Looks at every copy with one HEAD each, all at once; each registry's own limit bounds what is under way there.
 * Nothing here throws for a registry's answer: what could not be asked is `unknown`. An aborted look throws.
 */
export async function observe(
    copies: readonly Copy[],
    registries: Registries,
    options: ObserveOptions = {},
): Promise<Observation> {
    let done = 0;
    const look = async (copy: Copy): Promise<ObservedCopy> => {
        const state = await observeCopy(copy, registries);
        options.signal?.throwIfAborted();
        done += 1;
        options.onProgress?.(done, copies.length);
        return { ...copy, state };
    };
    return { copies: await Promise.all(copies.map(look)) };
}

export async function observeCopy(copy: Copy, registries: Registries): Promise<CopyState> {
    try {
        const { digest, mediaType, size } = await registries
            .client(copy.registry)
            .headManifest(copy.repository, copy.reference);
        return { status: "present", digest, mediaType, size };
    } catch (error) {
        if (isGone(error)) {
            return { status: "missing" };
        }
        const code = error instanceof TransshipError ? error.code : "INTERNAL";
        return { status: "unknown", code, message: describeError(error) };
    }
}
