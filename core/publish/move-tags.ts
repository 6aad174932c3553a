import type { TagPair } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { type ManifestCache, type Registries, rollbackTag } from "../mirror";
import { isGone } from "../registry";
import type { PublishPlace } from "./places";
import { putBack } from "./put-back";
import type { TagResult } from "./types";

/** A tag that is to show the digest, and what it shows now. */
export interface TagMove {
    readonly place: PublishPlace;
    readonly pair: TagPair;
    readonly before?: string;
}

/** A manifest under its own bytes, which a tag can be put on. */
export interface TaggedManifest {
    readonly digest: string;
    readonly mediaType: string;
    readonly bytes: Buffer;
}

export interface MoveTools {
    readonly registries: Registries;
    readonly manifests: ManifestCache;
    /** A signal that came while tags move: it ends the work between two tags. */
    readonly isInterrupted: () => boolean;
}

export interface MoveReport {
    /** In the order of the moves. */
    readonly results: readonly (TagResult & { readonly place: PublishPlace })[];
    /** What stopped the moves; undefined where all succeeded. */
    readonly failure?: { readonly move: TagMove; readonly error: unknown };
    readonly interrupted: boolean;
}

/**
 * Moves tags one after the other, place by place, each looked at afterwards. What they showed before gets a tag of its
 * own at every place first. Where one fails, those that have moved are put back, the last one first, so that no reader
 * finds two versions; what cannot be put back is told with what it shows.
 *
 * Costs a PUT and a HEAD for each tag, and a HEAD and a PUT more where it showed something.
 */
export async function moveTags(
    moves: readonly TagMove[],
    manifest: TaggedManifest,
    tools: MoveTools,
): Promise<MoveReport> {
    const kept = new Map<TagMove, string>();
    const moved: TagMove[] = [];
    let failure: MoveReport["failure"];
    for (const move of moves) {
        failure ??= await attempt(move, () => keep(move, kept, tools));
    }
    for (const move of failure === undefined ? moves : []) {
        if (tools.isInterrupted()) {
            break;
        }
        failure = await attempt(move, () => setTag(move, manifest, tools, () => moved.push(move)));
        if (failure !== undefined) {
            break;
        }
    }
    const interrupted = failure === undefined && moved.length < moves.length;
    const isDone = failure === undefined && !interrupted;
    const back = new Map<TagMove, Awaited<ReturnType<typeof putBack>>>();
    for (const move of isDone ? [] : [...moved].reverse()) {
        back.set(move, await putBack(move, manifest.digest, tools));
    }
    const results = moves.map((move) => ({
        place: move.place,
        tag: move.pair.from,
        reference: move.pair.to,
        ...(isDone ? { status: "moved" as const } : (back.get(move) ?? { status: "waiting" as const })),
        ...(move.before === undefined ? {} : { before: move.before }),
        ...(kept.has(move) ? { kept: kept.get(move) as string } : {}),
    }));
    return { results, ...(failure && { failure }), interrupted };
}

async function attempt(move: TagMove, work: () => Promise<void>): Promise<MoveReport["failure"]> {
    try {
        await work();
        return undefined;
    } catch (error) {
        return { move, error };
    }
}

/** The old digest gets a tag of its own, unless it has that already; its bytes are at hand afterwards. */
async function keep(move: TagMove, kept: Map<TagMove, string>, tools: MoveTools): Promise<void> {
    const { place, pair, before } = move;
    if (before === undefined) {
        return;
    }
    const client = tools.registries.client(place.registry);
    const name = rollbackTag(pair.to, before);
    const shown = await client.headManifest(place.repository, name).catch((error: unknown) => {
        return isGone(error) ? undefined : Promise.reject(error);
    });
    // Read in any case: it is what the tag is put back to.
    const { bytes, mediaType } = await tools.manifests.read(before, [place], tools.registries);
    if (shown?.digest !== before) {
        await client.putManifest(place.repository, name, bytes, mediaType);
    }
    kept.set(move, name);
}

/** An answer may be lost after the tag was set: what the tag shows is what counts. */
async function setTag(
    { place, pair }: TagMove,
    { digest, bytes, mediaType }: TaggedManifest,
    { registries }: MoveTools,
    onTouched: () => void,
): Promise<void> {
    const client = registries.client(place.registry);
    let refusal: unknown;
    try {
        onTouched();
        await client.putManifest(place.repository, pair.to, bytes, mediaType);
    } catch (error) {
        refusal = error;
    }
    const seen = await client.headManifest(place.repository, pair.to).catch((error: unknown) => {
        throw refusal ?? error;
    });
    if (seen.digest !== digest) {
        throw (
            refusal ??
            new TransshipError(
                "DIGEST_MISMATCH",
                `the registry shows ${seen.digest} under the tag after ${digest} was pushed; find out who else writes ` +
                    "this tag, or whether the registry rewrites manifests",
            )
        );
    }
}

/** `explorer:latest@hub could not be moved: …` */
export function describeMoveFailure(image: string, { move, error }: NonNullable<MoveReport["failure"]>): string {
    return `${image}:${move.pair.to}@${move.place.registry} could not be moved: ${describeError(error)}`;
}
