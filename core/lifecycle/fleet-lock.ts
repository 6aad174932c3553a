import {
    advanceEntry,
    type Catalog,
    HISTORY,
    type Lock,
    type LockEntry,
    lockEntry,
    withMissing,
    withSubset,
} from "../catalog";
import type { TransshipError } from "../errors";
import { type CarryTask, describePlatforms, isDeferral, type Reconciliation, type Registries } from "../mirror";
import { isRecorded, type TagProof } from "./proofs";
import type { FleetOutputs } from "./types";

type Platforms = LockEntry["platforms"];

/** A tag that was sent somewhere, by us or by another engine, well or not. */
export interface SentTag {
    readonly task: CarryTask;
    readonly error?: TransshipError;
}

/**
 * What is proven of each tag; a tag that is not proven now, or could not be asked, keeps what it was proven with.
 *
 * @param wishes the lock that was given: what it knows to be before a digest is so for what is proven, too
 */
export function provenLock(
    catalog: Catalog,
    proofs: readonly TagProof[],
    olds: FleetOutputs | undefined,
    platforms: ReadonlyMap<string, Platforms>,
    now: Date,
    wishes: Lock = {},
): Lock {
    const byTag = proofsByTag(proofs);
    return lockOver(catalog, (image, tag) => {
        const old = olds === undefined ? undefined : lockEntry(olds.proven, image, tag);
        const proof = byTag.get(keyOf(image, tag));
        const entry =
            proof?.proven === true ? withHistory(provenEntry(old, proof, now), lockEntry(wishes, image, tag)) : old;
        const known = entry && (platforms.get(entry.digest) ?? entry.platforms);
        return entry && { ...entry, ...(known === undefined ? {} : { platforms: known }) };
    });
}

function provenEntry(old: LockEntry | undefined, { digest, subset, missing }: TagProof, now: Date): LockEntry {
    return withMissing(withSubset(advanceEntry(old, digest, now), subset), missing);
}

/** With what another lock knows to be before the same digest. */
function withHistory(entry: LockEntry, known: LockEntry | undefined): LockEntry {
    const more = known?.digest === entry.digest ? (known.history ?? []) : [];
    const history = [...new Set([...(entry.history ?? []), ...more])].filter((digest) => digest !== entry.digest);
    return history.length === 0 ? entry : { ...entry, history: history.slice(0, HISTORY) };
}

/**
 * What was sent somewhere and is not proven everywhere: still ours, so that the next run may replace it. A carry that
 * failed counts, too: the registry may have set the tag before it failed.
 */
export function attemptedLock(
    catalog: Catalog,
    proofs: readonly TagProof[],
    olds: FleetOutputs | undefined,
    results: readonly SentTag[],
): Lock {
    const byTag = proofsByTag(proofs);
    const sent = new Map<string, string[]>();
    // A deferred tag was never sent.
    for (const { task } of results.filter(({ error }) => error === undefined || !isDeferral(error))) {
        const key = keyOf(task.to.image, task.to.tag);
        sent.set(key, [...(sent.get(key) ?? []), task.digest]);
    }
    return lockOver(catalog, (image, tag) => {
        const key = keyOf(image, tag);
        const old = olds === undefined ? undefined : lockEntry(olds.attempted, image, tag);
        const before = old === undefined ? [] : [old.digest, ...(old.history ?? [])];
        const all = [...new Set([...(sent.get(key) ?? []), ...before])];
        const [digest, ...history] = all.slice(0, HISTORY + 1);
        if (digest === undefined || byTag.get(key)?.proven === true) {
            return undefined;
        }
        return { digest, ...(history.length > 0 ? { history } : {}) };
    });
}

/**
 * Each new digest's platforms: from the manifest that was just carried, else read from a copy that was just proven, and
 * never from the source's pull limit.
 */
export async function learnPlatforms(
    proofs: readonly TagProof[],
    olds: FleetOutputs | undefined,
    { judged, results }: Reconciliation,
    registries: Registries,
): Promise<Map<string, Platforms>> {
    const known = new Map<string, Platforms>();
    const fresh = proofs.filter((proof) => {
        const old = olds === undefined ? undefined : lockEntry(olds.proven, proof.image, proof.tag);
        return proof.proven && !(isRecorded(old, proof) && old?.platforms !== undefined);
    });
    const places = new Map(
        judged
            .filter(({ role, verdict }) => role === "target" && (verdict === "consistent" || verdict === "subset"))
            .map((copy) => [keyOf(copy.image, copy.tag), copy]),
    );
    const read = new Map(
        results.flatMap(({ manifest }) =>
            manifest === undefined ? [] : [[manifest.digest, manifest.content] as const],
        ),
    );
    const learn = async ({ image, tag, digest }: TagProof): Promise<void> => {
        const place = places.get(keyOf(image, tag));
        if (place?.state.status === "present") {
            const shown = place.state.digest;
            const manifest = read.get(shown);
            // Platforms are a convenience for `imageUri`; a registry that fails here takes nothing from the proof.
            known.set(digest, await describePlatforms(shown, place, registries, manifest).catch(() => undefined));
        }
    };
    await Promise.all(fresh.map(learn));
    return known;
}

function keyOf(image: string, tag: string): string {
    return `${image}\n${tag}`;
}

function proofsByTag(proofs: readonly TagProof[]): Map<string, TagProof> {
    return new Map(proofs.map((proof) => [keyOf(proof.image, proof.tag), proof]));
}

/** A lock over the tags of a catalogue, without those that have no entry. */
function lockOver(catalog: Catalog, entryOf: (image: string, tag: string) => LockEntry | undefined): Lock {
    const images = Object.values(catalog.images).map(({ name, tags }) => {
        const entries = tags.map((tag) => [tag, entryOf(name, tag)] as const);
        return [name, Object.fromEntries(entries.filter(([, entry]) => entry !== undefined))] as const;
    });
    return Object.fromEntries(images.filter(([, tags]) => Object.keys(tags).length > 0)) as Lock;
}
