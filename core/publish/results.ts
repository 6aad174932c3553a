import type { Carried } from "../mirror";
import type { DigestLook } from "./carry-digest";
import type { JudgedTag } from "./judge-tags";
import type { MoveReport } from "./move-tags";
import type { PublishPlace } from "./places";
import type { PlaceResult, PublishFailure, TagResult } from "./types";

interface Findings {
    readonly places: readonly PublishPlace[];
    readonly isOrigin: (place: PublishPlace) => boolean;
    readonly digests: readonly DigestLook[];
    readonly judged: readonly JudgedTag[];
    readonly carried?: Carried;
    readonly report?: MoveReport;
}

/** What became of each place and each of its tags. Pure. */
export function placeResults({ places, isOrigin, digests, judged, carried, report }: Findings): PlaceResult[] {
    return places.map((place) => {
        const { role, registry, repository } = place;
        const result = carried?.results.find(
            ({ task: { to } }) => to.registry === registry && to.repository === repository,
        );
        const state = digests.find((look) => look.place === place)?.state;
        const isHere = result !== undefined && result.error === undefined;
        const digest = isOrigin(place)
            ? "origin"
            : state?.status === "missing" && isHere
              ? "carried"
              : (state?.status ?? "unknown");
        const tags = judged.filter((one) => one.place === place).map((one) => tagResult(one, report));
        return { role, registry, repository, digest, ...(isHere && { referrers: result.referrers }), tags };
    });
}

function tagResult({ place, pair, verdict, before }: JudgedTag, report: MoveReport | undefined): TagResult {
    const moved = report?.results.find((one) => one.place === place && one.reference === pair.to);
    if (moved !== undefined) {
        const { place: _, ...result } = moved;
        return result;
    }
    const status = verdict === "foreign" ? "refused" : verdict === "move" ? "waiting" : verdict;
    return { tag: pair.from, reference: pair.to, status, ...(before === undefined ? {} : { before }) };
}

/** A sentence for each tag that could not be put back: what it shows, and what it should. */
export function describeAstray(image: string, { results }: MoveReport): PublishFailure[] {
    return results.flatMap(({ place, status, tag, reference, shows, before }) => {
        if (status !== "astray") {
            return [];
        }
        const now = shows === undefined ? "cannot be asked, so that nobody knows what it shows" : `shows ${shows}`;
        const then = before === undefined ? "which was not there before" : `which showed ${before} before`;
        const message = `${image}:${reference}@${place.registry}, ${then}, could not be put back: it ${now}; run the same again once its registry answers`;
        return [{ code: "NOT_PUT_BACK", message, registry: place.registry, tag }];
    });
}
