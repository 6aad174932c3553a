import { type ManifestCache, observeCopy, type Registries } from "../mirror";
import { isGone } from "../registry";
import type { TagMove } from "./move-tags";
import type { TagResult } from "./types";

interface Tools {
    readonly registries: Registries;
    readonly manifests: ManifestCache;
}

/**
 * Gives a tag back what it showed before: the old manifest, which is still there, or nothing, by taking away the tag
 * alone (distribution-spec 1.1, "Deleting tags"; registries that know no such deletion keep the tag). Never throws.
 */
export async function putBack(
    move: TagMove,
    digest: string,
    { registries, manifests }: Tools,
): Promise<Pick<TagResult, "status" | "shows">> {
    const { place, pair, before } = move;
    const client = registries.client(place.registry);
    const { role, registry, repository } = place;
    const copy = { image: "", tag: pair.from, role, registry, repository, reference: pair.to };
    const look = () => observeCopy(copy, { client: () => client });
    const isBack = (state: Awaited<ReturnType<typeof look>>): boolean =>
        before === undefined ? state.status === "missing" : state.status === "present" && state.digest === before;
    const first = await look();
    if (isBack(first)) {
        // It never moved.
        return { status: "waiting" };
    }
    if (first.status === "present" && first.digest !== digest) {
        // Somebody else has set it meanwhile: theirs now.
        return { status: "astray", shows: first.digest };
    }
    try {
        if (before === undefined) {
            await client.deleteManifest(place.repository, pair.to).catch((error: unknown) => {
                return isGone(error) ? undefined : Promise.reject(error);
            });
        } else {
            const { bytes, mediaType } = await manifests.read(before, [place], registries);
            await client.putManifest(place.repository, pair.to, bytes, mediaType);
        }
    } catch {
        // What it shows now says more than why.
    }
    const state = await look();
    if (isBack(state)) {
        return { status: "put-back" };
    }
    return { status: "astray", ...(state.status === "present" ? { shows: state.digest } : {}) };
}
