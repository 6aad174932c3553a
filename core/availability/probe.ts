import type { Catalog, Copy, Registry } from "../catalog";
import { type ClientEnvironment, type CredentialSource, isGone, PullAccounts, RegistryPool } from "../registry";
import { chooseCopies } from "./choose-copies";
import { type FoundCopy, type FoundLayer, findLayer } from "./find-layer";
import { sampleRegistry } from "./sample";
import type { ProbeResult } from "./types";

export interface ProbeOptions {
    readonly region: string;
    /** Pulls that are tried at each registry. */
    readonly samples: number;
    /** Bytes of a layer that are read for each; 0 reads none. */
    readonly bytes: number;
    /** The image to ask for, wherever it is. @default the one that lies at the most registries */
    readonly image?: string;
    /** Ask as a stranger would. @default with the catalogue's credentials */
    readonly anonymous?: boolean;
    /** What clients are made with, but for `retry`: each sample is one attempt. */
    readonly environment?: ClientEnvironment;
    /** Milliseconds of a clock that only goes forward. @default performance.now */
    readonly elapsed?: () => number;
    readonly onProgress?: (done: number, total: number) => void;
}

const NOBODY: CredentialSource = { from: "anonymous" };

/**
 * Asks every registry of a catalogue for an image, as a machine would that starts from nothing: name resolution, TLS,
 * token, HEAD of a manifest, a piece of a layer. Registries take their turns, since side by side they would share the
 * machine's own line. What goes wrong is a result and never thrown, but for an abort.
 */
export async function probeRegistries(catalog: Catalog, options: ProbeOptions): Promise<ProbeResult[]> {
    const { environment = {}, bytes, elapsed = () => performance.now() } = options;
    const pulls = environment.pulls ?? new PullAccounts();
    const candidates = chooseCopies(catalog, options.image);
    const registries = Object.values(catalog.registries)
        .filter(({ name }) => candidates.has(name))
        .map((registry) =>
            options.anonymous ? { ...registry, credentials: { pull: NOBODY, push: NOBODY } } : registry,
        );
    const openPool = (settings: readonly Registry[]) =>
        new RegistryPool(settings, { ...environment, pulls, retry: { attempts: 1 } });
    const survey = openPool(registries);
    try {
        const found = await lookAround(candidates, survey);
        const layers = bytes === 0 ? undefined : await findLayers([...found.values()], bytes, survey);
        environment.signal?.throwIfAborted();
        const results: ProbeResult[] = [];
        for (const registry of registries) {
            const place = found.get(registry.name);
            const copy = place?.copy ?? (candidates.get(registry.name)?.[0] as Copy);
            const sampled = await sampleRegistry(registry, copy, place && layers?.get(place.digest), {
                ...options,
                elapsed,
                now: environment.now ?? Date.now,
                signal: environment.signal,
                openPool: () => openPool([registry]),
            });
            results.push({ ...sampled, pulls: survey.client(registry.name).pulls?.spent ?? 0 });
            options.onProgress?.(results.length, registries.length);
        }
        return results;
    } finally {
        await survey.close();
    }
}

/** For each registry the first of its candidates that is there; one that cannot be asked has none. */
async function lookAround(
    candidates: ReadonlyMap<string, readonly Copy[]>,
    pool: RegistryPool,
): Promise<Map<string, FoundCopy>> {
    const looks = [...candidates].map(async ([registry, copies]) => {
        const client = pool.client(registry);
        for (const copy of copies) {
            try {
                const { digest } = await client.headManifest(copy.repository, copy.reference);
                return [registry, { copy, digest }] as const;
            } catch (error) {
                if (!isGone(error)) {
                    return undefined;
                }
            }
        }
        return undefined;
    });
    return new Map((await Promise.all(looks)).flatMap((found) => (found === undefined ? [] : [found])));
}

/** By digest, each asked for once: what costs pulls at one registry may be free at another. */
async function findLayers(
    found: readonly FoundCopy[],
    bytes: number,
    pool: RegistryPool,
): Promise<Map<string, FoundLayer>> {
    const layers = new Map<string, FoundLayer>();
    for (const { digest } of found) {
        if (!layers.has(digest)) {
            const places = found.filter((place) => place.digest === digest);
            layers.set(digest, await findLayer(places, bytes, pool));
        }
    }
    return layers;
}
