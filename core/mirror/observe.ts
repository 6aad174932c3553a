import type { Copy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isGone, type ManifestInfo, type RegistryClient } from "../registry";
import { eachLimited } from "./each-limited";
import { groupBy } from "./group-by";
import { type ToldDigests, tellDigests } from "./told-digests";
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
 * Looks at every copy with one HEAD each, or by a listing where that is cheaper, all registries at once; each one's own
 * limit bounds what is under way there. Nothing here throws for a registry's answer: what could not be asked is
 * `unknown`. An aborted look throws.
 */
export async function observe(
    copies: readonly Copy[],
    registries: Registries,
    options: ObserveOptions = {},
): Promise<Observation> {
    let done = 0;
    const observed: ObservedCopy[] = new Array(copies.length);
    const lookAt = async (registry: string, indices: readonly number[]): Promise<void> => {
        const here = indices.map((index) => copies[index] as Copy);
        const told = await prepare(registry, here, registries);
        await eachLimited(indices, AT_ONCE, async (index) => {
            const copy = copies[index] as Copy;
            const known = told?.(copy);
            const state = known ? present(known) : await observeCopy(copy, registries);
            observed[index] = { ...copy, state };
            options.signal?.throwIfAborted();
            done += 1;
            options.onProgress?.(done, copies.length);
        });
    };
    const byRegistry = groupBy([...copies.keys()], (index) => (copies[index] as Copy).registry);
    await Promise.all([...byRegistry].map(([registry, indices]) => lookAt(registry, indices)));
    return { copies: observed };
}

/** Says which repositories come, and asks for what listings tell. */
async function prepare(
    registry: string,
    copies: readonly Copy[],
    registries: Registries,
): Promise<ToldDigests | undefined> {
    let client: RegistryClient;
    try {
        client = registries.client(registry);
    } catch {
        // There is no such registry, say: each copy's own look tells.
        return undefined;
    }
    client.expect(copies.map(({ repository }) => repository));
    return tellDigests(client, copies);
}

export async function observeCopy(copy: Copy, registries: Registries): Promise<CopyState> {
    try {
        return present(await registries.client(copy.registry).headManifest(copy.repository, copy.reference));
    } catch (error) {
        if (isGone(error)) {
            return { status: "missing" };
        }
        const code = error instanceof TransshipError ? error.code : "INTERNAL";
        return { status: "unknown", code, message: describeError(error) };
    }
}

function present({ digest, mediaType, size }: ManifestInfo): CopyState {
    return { status: "present", digest, mediaType, size };
}
