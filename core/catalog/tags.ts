import { quote } from "../oci";
import { nearest } from "./nearest";
import type { Place } from "./place";
import type { Problems } from "./problems";
import type { WrittenTags } from "./schema-tags";
import { HELD_TAG, selectTags } from "./select-tags";
import { describeSelector, readSelector } from "./selectors";
import type { TagPair, TagSelector } from "./types";
import type { Loose } from "./validate";

/** What `tags` says: names, and rules that choose further ones. */
export interface ReadTags {
    readonly pairs: readonly TagPair[];
    /** Where each of the pairs is written. */
    readonly places: readonly Place[];
    readonly selectors: readonly TagSelector[];
}

export const NO_TAGS: ReadTags = { pairs: [], places: [], selectors: [] };

type Written = Loose<WrittenTags>;
type List = Extract<Written, readonly unknown[]>;
type Item = NonNullable<List[number]>;
type Selector = Exclude<Written, List>;

/** Reads a list of tags, `{ from, to }` and selectors, or one selector; what was refused is left out. */
export function readTags(written: Written, place: Place, problems: Problems): ReadTags {
    const byTarget = new Map<string, TagPair>();
    const places: Place[] = [];
    const selectors: TagSelector[] = [];
    const items = isList(written)
        ? written.map((item, index) => [item, place.at(index)] as const)
        : [[written, place] as const];
    for (const [item, at] of items) {
        if (item === undefined) {
            continue;
        }
        if (isSelector(item)) {
            const selector = readSelector(item, at, problems);
            selectors.push(...(selector === undefined ? [] : [selector]));
            continue;
        }
        const from = typeof item === "string" ? item : item.from;
        const to = typeof item === "string" ? item : item.to;
        if (from !== undefined && to !== undefined && addPair(byTarget, { from, to }, at, problems)) {
            places.push(at);
        }
    }
    return { pairs: [...byTarget.values()], places, selectors };
}

function isList(written: Written): written is List {
    return Array.isArray(written);
}

function isSelector(item: Item | Selector): item is Selector {
    return typeof item === "object" && !("from" in item) && !("to" in item);
}

function addPair(byTarget: Map<string, TagPair>, { from, to }: TagPair, at: Place, problems: Problems): boolean {
    const twin = byTarget.get(to);
    if (twin !== undefined) {
        const why =
            twin.from === from
                ? "is listed twice"
                : `is what ${quote(twin.from)} is called too; each needs its own name`;
        problems.report(at, `the tag ${quote(to)} ${why}`);
    } else if (HELD_TAG.test(to)) {
        problems.report(
            at,
            `the tag ${quote(to)} has the form of those that hold digests for a roll-back; choose another`,
        );
    } else {
        byTarget.set(to, { from, to });
        return true;
    }
    return false;
}

/** Reports what a target picks that the image does not have. */
export function checkChoice(picked: ReadTags, image: ReadTags, problems: Problems): void {
    const sources = new Set(image.pairs.map(({ from }) => from));
    for (const [index, { from, to }] of picked.pairs.entries()) {
        if (!sources.has(from)) {
            const message = `the image has no tag ${quote(from)}${adviceFor(from, to, image, sources)}`;
            problems.report(picked.places[index] as Place, message);
        }
    }
}

function adviceFor(from: string, to: string, image: ReadTags, sources: ReadonlySet<string>): string {
    const renamed = image.pairs.find((pair) => pair.to === from);
    if (renamed !== undefined) {
        return `; write { from: ${quote(renamed.from)}, to: ${quote(to)} }`;
    }
    const near = nearest(from, sources);
    if (near !== undefined) {
        return `; did you mean ${quote(near)}?`;
    }
    return image.selectors.length > 0
        ? `; list it there beside the selectors, which may choose it today and another one tomorrow`
        : "; add it to the image's tags";
}

/** Where an image lists all its tags by name, a target's selectors are decided at once. */
export function chooseListed(
    { pairs, selectors }: ReadTags,
    image: ReadTags,
    place: Place,
    problems: Problems,
): readonly TagPair[] {
    const named = new Set(pairs.map(({ to }) => to));
    const chosen = selectors.flatMap((selector) => {
        const tags = selectTags(
            selector,
            image.pairs.map(({ from }) => from),
        );
        if (tags.length === 0) {
            problems.report(place, `none of the image's tags fits ${describeSelector(selector)}`);
        }
        return tags;
    });
    return [...pairs, ...[...new Set(chosen)].filter((tag) => !named.has(tag)).map((tag) => ({ from: tag, to: tag }))];
}
