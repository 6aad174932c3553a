import { type CopyState, observe, type Registries, rollbackTag } from "../mirror";
import type { DigestLook } from "./carry-digest";
import { type JudgedTag, judgeTags, type TagLook, type TagRules } from "./judge-tags";
import type { PublishPlace } from "./places";

/** One HEAD for each place: whether it has the digest. */
export async function lookForDigest(
    image: string,
    digest: string,
    places: readonly PublishPlace[],
    registries: Registries,
    signal?: AbortSignal,
): Promise<DigestLook[]> {
    const copies = places.map((place) => copyOf(image, place, digest));
    const { copies: seen } = await observe(copies, registries, { signal });
    return places.map((place, index) => ({ place, state: stateAt(seen, index) }));
}

/**
 * One HEAD for each tag at each place, and what may be done with it; two more for a digest that nobody knows, for the
 * tags that hold what was there before.
 */
export async function lookAtTags(
    places: readonly PublishPlace[],
    rules: Omit<TagRules, "isKept">,
    registries: Registries,
    signal?: AbortSignal,
): Promise<JudgedTag[]> {
    const wanted = places.flatMap((place) => place.tags.map((pair) => ({ place, pair })));
    const copies = wanted.map(({ place, pair }) => copyOf(rules.image, place, pair.to));
    const { copies: seen } = await observe(copies, registries, { signal });
    const looks: TagLook[] = wanted.map((one, index) => ({ ...one, state: stateAt(seen, index) }));
    const judged = judgeTags(looks, { ...rules, isKept: () => false });
    const strangers = judged.filter(({ verdict }) => verdict === "foreign");
    if (strangers.length === 0) {
        return judged;
    }
    const kept = await findKept(strangers, places, rules.image, registries, signal);
    return judgeTags(looks, { ...rules, isKept: (look) => kept.has(keyOf(look)) });
}

/** Of those that are kept for a roll-back at any place, by a publication or a carry before. */
async function findKept(
    strangers: readonly JudgedTag[],
    places: readonly PublishPlace[],
    image: string,
    registries: Registries,
    signal: AbortSignal | undefined,
): Promise<Set<string>> {
    const asked = strangers.flatMap((stranger) =>
        places.flatMap((place) =>
            place.tags
                .filter(({ from }) => from === stranger.pair.from)
                .map(({ to }) => ({ stranger, copy: copyOf(image, place, rollbackTag(to, stranger.before ?? "")) })),
        ),
    );
    const { copies } = await observe(
        asked.map(({ copy }) => copy),
        registries,
        { signal },
    );
    const found = asked.filter(({ stranger }, index) => {
        const state = stateAt(copies, index);
        return state.status === "present" && state.digest === stranger.before;
    });
    return new Set(found.map(({ stranger }) => keyOf(stranger)));
}

function keyOf({ place, pair }: TagLook): string {
    return `${place.host}/${place.repository}:${pair.to}`;
}

function copyOf(image: string, { role, registry, repository }: PublishPlace, reference: string) {
    return { image, tag: reference, role, registry, repository, reference };
}

function stateAt(copies: readonly { readonly state: CopyState }[], index: number): CopyState {
    const copy = copies[index];
    if (copy === undefined) {
        throw new Error("a look gave back fewer answers than it was asked for");
    }
    return copy.state;
}
