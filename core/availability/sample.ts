import type { Copy, Registry } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { isGone, type RegistryPool } from "../registry";
import type { FoundLayer } from "./find-layer";
import { median } from "./median";
import type { ProbeResult } from "./types";

/** How samples are taken. */
export interface Sampling {
    readonly region: string;
    readonly samples: number;
    /** Bytes of a layer that are read at most. */
    readonly bytes: number;
    readonly now: () => number;
    readonly elapsed: () => number;
    /** Ends a run between two samples. */
    readonly signal?: AbortSignal;
    /** Clients that share nothing with others, but for what is known of pull limits. */
    openPool(): RegistryPool;
}

interface Sample {
    readonly headMs?: number;
    readonly firstByteMs?: number;
    readonly downloadMs?: number;
    readonly bytes?: number;
    readonly fault?: Fault;
}

interface Fault {
    readonly code: string;
    readonly reason: string;
}

/**
 * Several samples of one registry, each from nothing. A tag that is proven to be absent is an answer like any other;
 * a layer that cannot be read is none, since a pull would fail on it.
 *
 * @param layer what is read of it; a reason where there is nothing to read, `undefined` where nothing is wanted
 */
export async function sampleRegistry(
    registry: Registry,
    copy: Copy,
    layer: FoundLayer | undefined,
    sampling: Sampling,
): Promise<Omit<ProbeResult, "pulls">> {
    const samples: Sample[] = [];
    while (samples.length < sampling.samples) {
        samples.push(await takeSample(copy, layer, sampling));
        sampling.signal?.throwIfAborted();
    }
    const answered = samples.filter(({ headMs }) => headMs !== undefined);
    const medianOf = (key: keyof Sample) =>
        median(answered.flatMap((sample) => (sample[key] as number | undefined) ?? []));
    const [headMs, firstByteMs, downloadMs, bytes] = [
        medianOf("headMs"),
        medianOf("firstByteMs"),
        medianOf("downloadMs"),
        medianOf("bytes"),
    ];
    const why = samples.find(({ fault }) => fault !== undefined)?.fault ?? reasonOf(layer);
    return {
        registry: registry.name,
        host: registry.host,
        region: sampling.region,
        at: new Date(sampling.now()).toISOString(),
        asked: samples.length,
        answered: answered.length,
        available: answered.length * 2 > samples.length,
        ...(headMs === undefined ? undefined : { headMs }),
        ...(firstByteMs === undefined ? undefined : { firstByteMs }),
        ...(downloadMs === undefined ? undefined : { downloadMs }),
        ...(bytes === undefined ? undefined : { bytes: Math.round(bytes) }),
        image: `${copy.image}:${copy.tag}`,
        ...why,
    };
}

async function takeSample(copy: Copy, layer: FoundLayer | undefined, sampling: Sampling): Promise<Sample> {
    const pool = sampling.openPool();
    try {
        const started = sampling.elapsed();
        const gone = await head(pool, copy);
        const headMs = sampling.elapsed() - started;
        if (gone !== undefined || layer?.size === undefined) {
            return { headMs, fault: gone };
        }
        return { headMs, ...(await download(pool, copy, layer, sampling)) };
    } catch (error) {
        return { fault: faultOf(error) };
    } finally {
        await pool.close();
    }
}

async function head(pool: RegistryPool, copy: Copy): Promise<Fault | undefined> {
    try {
        await pool.client(copy.registry).headManifest(copy.repository, copy.reference);
        return undefined;
    } catch (error) {
        if (isGone(error)) {
            return faultOf(error);
        }
        throw error;
    }
}

async function download(
    pool: RegistryPool,
    copy: Copy,
    layer: { readonly digest: string; readonly size: number },
    { bytes: wanted, elapsed }: Sampling,
): Promise<Sample> {
    const range = layer.size > wanted ? { start: 0, end: wanted - 1 } : undefined;
    const started = elapsed();
    const { body } = await pool.client(copy.registry).getBlob(copy.repository, layer.digest, { range });
    let firstByteMs: number | undefined;
    let bytes = 0;
    for await (const chunk of body) {
        firstByteMs ??= elapsed() - started;
        bytes += chunk.length;
    }
    return { firstByteMs, downloadMs: elapsed() - started, bytes };
}

function reasonOf(layer: FoundLayer | undefined): Fault | undefined {
    return layer === undefined || layer.size !== undefined ? undefined : { code: layer.code, reason: layer.reason };
}

function faultOf(error: unknown): Fault {
    return { code: error instanceof TransshipError ? error.code : "INTERNAL", reason: describeError(error) };
}
