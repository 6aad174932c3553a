import type { Copy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isGone, type RegistryClient } from "../registry";
import { eachLimited } from "./each-limited";
import { groupBy } from "./group-by";
import type { CopyState, Observation, ObservedCopy } from "./types";

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
 * Looks that wait at one registry at a time: more than its limit ever lets through, and few enough that thousands of
 * half-done ones do not pass through every garbage collection.
 */
const AT_ONCE = 256;

/**
 * Looks at every copy with one HEAD each, all registries at once; each one's own limit bounds what is under way there.
 * Nothing here throws for a registry's answer: what could not be asked is `unknown`. An aborted look throws.
 */
export async function observe(
    copies: readonly Copy[],
    registries: Registries,
    options: ObserveOptions = {},
): Promise<Observation> {
    let done = 0;
    const observed: ObservedCopy[] = new Array(copies.length);
    const look = async (index: number): Promise<void> => {
        const copy = copies[index] as Copy;
        observed[index] = { ...copy, state: await observeCopy(copy, registries) };
        options.signal?.throwIfAborted();
        done += 1;
        options.onProgress?.(done, copies.length);
    };
    const byRegistry = groupBy([...copies.keys()], (index) => (copies[index] as Copy).registry);
    for (const [name, indices] of byRegistry) {
        announce(
            name,
            indices.map((index) => (copies[index] as Copy).repository),
            registries,
        );
    }
    await Promise.all([...byRegistry.values()].map((indices) => eachLimited(indices, AT_ONCE, look)));
    return { copies: observed };
}

function announce(registry: string, repositories: readonly string[], registries: Registries): void {
    try {
        registries.client(registry).expect(repositories);
    } catch {
        // There is no such registry, say: each copy's own look tells.
    }
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
