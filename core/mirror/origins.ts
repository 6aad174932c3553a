import { type Catalog, findImage } from "../catalog";
import { describeError } from "../errors";
import { isIndexType, PlatformMissingError, parseManifest, subsetOrigin } from "../oci";
import { eachLimited } from "./each-limited";
import { groupByTag } from "./judge";
import { isOpen, wantedPlatforms } from "./judge-subset";
import { makeSubset } from "./make-subset";
import type { Registries } from "./observe";
import type { Circumstances, ObservedCopy, Origin } from "./types";
import { decideWish } from "./wish";

/** Targets that are asked at a time; each registry's own limit bounds them below that. */
const AT_ONCE = 64;

/** A target whose digest says nothing. */
interface Question {
    readonly copy: ObservedCopy;
    readonly digest: string;
    readonly wanted: string;
    readonly platforms: readonly string[];
}

/**
 * Asks the targets' own manifests where nothing else can tell what they are: only for images with `platforms`, only for
 * digests that no lock knows. One GET each, at the target, never at the source; who was asked before is not again.
 *
 * @param ask false where the state, which is not at hand, is likely to know: then they are `deferred`
 */
export async function findOrigins(
    catalog: Catalog,
    copies: readonly ObservedCopy[],
    circumstances: Circumstances,
    registries: Registries,
    ask = true,
): Promise<ObservedCopy[]> {
    const questions = openQuestions(catalog, copies, circumstances);
    const answers = await eachLimited(questions, AT_ONCE, async (question): Promise<Origin> => {
        const { origin } = question.copy;
        const isTold = origin !== undefined && !("deferred" in origin);
        return isTold ? origin : ask ? readOrigin(question, registries) : { deferred: true };
    });
    const origins = new Map(questions.map(({ copy }, index) => [copy, answers[index] as Origin]));
    return copies.map((copy) => {
        const { origin: _before, ...rest } = copy;
        const origin = origins.get(copy);
        return origin === undefined ? rest : { ...rest, origin };
    });
}

function openQuestions(catalog: Catalog, copies: readonly ObservedCopy[], circumstances: Circumstances): Question[] {
    const narrowed = copies.filter(({ image }) => findImage(catalog, image).platforms !== "all");
    return groupByTag(narrowed).flatMap((group) => {
        const image = findImage(catalog, (group[0] as ObservedCopy).image);
        const wish = decideWish(image, (group[0] as ObservedCopy).tag, group, circumstances);
        const { digest: wanted } = wish;
        const platforms = wantedPlatforms(image, wish);
        if (wanted === undefined || platforms === undefined) {
            return [];
        }
        return group
            .filter((copy) => isOpen(copy, wanted, platforms, circumstances))
            .map((copy) => ({
                copy,
                digest: copy.state.status === "present" ? copy.state.digest : "",
                wanted,
                platforms,
            }));
    });
}

async function readOrigin({ copy, digest, wanted, platforms }: Question, registries: Registries): Promise<Origin> {
    try {
        const { bytes, mediaType } = await registries.client(copy.registry).getManifest(copy.repository, digest);
        const content = parseManifest(bytes, mediaType);
        const made = makeSubset({ digest, mediaType, bytes, content }, platforms, copy, registries);
        const fits = (await made.catch(nothing))?.digest === digest;
        if (digest === wanted) {
            return { of: digest, fits };
        }
        const of = subsetOrigin(content);
        if (of === undefined && fits && isIndexType(content.mediaType)) {
            return {
                unproven: "nothing says which image it was made of: a sync finds out, for one pull at the source",
            };
        }
        return { of: of ?? digest, fits };
    } catch (error) {
        return { unproven: `it could not be asked what it was made of: ${describeError(error)}` };
    }
}

function nothing(error: unknown): undefined {
    if (!(error instanceof PlatformMissingError)) {
        throw error;
    }
}
