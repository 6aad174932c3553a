import { quote } from "../oci";
import { nearest } from "./nearest";
import type { Place } from "./place";
import type { Problems } from "./problems";
import type { WrittenImage } from "./schema";
import type { TagPair } from "./types";
import type { Loose } from "./validate";

type WrittenTags = Loose<WrittenImage["tags"]>;

/** Tags of this form hold digests for a roll-back at every target: no catalogue may claim one. */
const HELD = /\.prev-[0-9a-f]{12}$/;

/** Reads a list of tags and `{ from, to }`; items that were refused by their form are left out. */
export function readTags(written: WrittenTags, place: Place, problems: Problems): TagPair[] {
    const pairs: TagPair[] = [];
    const byTarget = new Map<string, TagPair>();
    for (const [index, item] of written.entries()) {
        const from = typeof item === "string" ? item : item?.from;
        const to = typeof item === "string" ? item : item?.to;
        if (from === undefined || to === undefined) {
            continue;
        }
        const at = place.at(index);
        const twin = byTarget.get(to);
        if (twin !== undefined) {
            const why =
                twin.from === from
                    ? "is listed twice"
                    : `is what ${quote(twin.from)} is called too; each needs its own name`;
            problems.report(at, `the tag ${quote(to)} ${why}`);
        } else if (HELD.test(to)) {
            problems.report(
                at,
                `the tag ${quote(to)} has the form of those that hold digests for a roll-back; choose another`,
            );
        } else {
            byTarget.set(to, { from, to });
            pairs.push({ from, to });
        }
    }
    return pairs;
}

/** Reports what a target picks that the image does not have. */
export function checkChoice(
    picked: readonly TagPair[],
    image: readonly TagPair[],
    place: Place,
    problems: Problems,
): void {
    const sources = new Set(image.map(({ from }) => from));
    for (const [index, { from, to }] of picked.entries()) {
        if (sources.has(from)) {
            continue;
        }
        const renamed = image.find((pair) => pair.to === from);
        const near = nearest(from, sources);
        const advice =
            renamed !== undefined
                ? `; write { from: ${quote(renamed.from)}, to: ${quote(to)} }`
                : near === undefined
                  ? "; add it to the image's tags"
                  : `; did you mean ${quote(near)}?`;
        problems.report(place.at(index), `the image has no tag ${quote(from)}${advice}`);
    }
}
