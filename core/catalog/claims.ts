import { quote } from "../oci";
import type { Place } from "./place";
import type { Problems } from "./problems";
import { isApart } from "./purposes";
import { below, type Registries, type SourcePlace } from "./registries";
import { selectTags } from "./select-tags";
import { describeSelector } from "./selectors";
import type { ImageTarget, TagSelector } from "./types";

/** One image's wish to write one repository. */
export interface Claim {
    readonly image: string;
    readonly purpose?: string;
    readonly source: SourcePlace;
    readonly target: ImageTarget;
    /** What chooses tags for this target beside those that it lists. */
    readonly selectors: readonly TagSelector[];
    readonly place: Place;
}

/**
 * Who writes which repository. Compared by host and path in effect, not by the registries' names: an environment may
 * send two of them to one place.
 *
 * One repository takes the tags of one source only: two images may share it where they have the same source and
 * different tags (a critical tag beside the others), since two sources would overwrite each other sooner or later. Which
 * tags selectors choose is not known here: beside another's tags they must be such that they never could choose those.
 */
export class Claims {
    readonly #byRepository = new Map<string, Claim[]>();
    readonly #problems: Problems;

    constructor(problems: Problems) {
        this.#problems = problems;
    }

    add(claim: Claim, registries: Registries): void {
        const { target, source, place } = claim;
        const host = registries.host(target.registry);
        const repository = below(host, target.repository);
        if (repository === sourceKey(source)) {
            this.#problems.report(place, `the target ${repository} is the image's own source: leave it out`);
            return;
        }
        const others = this.#byRepository.get(repository) ?? [];
        this.#byRepository.set(repository, others);
        const message = others.map((other) => conflict(claim, other, repository)).find((text) => text !== undefined);
        if (message !== undefined) {
            this.#problems.report(place, message);
        }
        others.push(claim);
    }
}

function sourceKey({ registry, repository }: SourcePlace): string {
    return below(registry.host, repository);
}

function conflict(claim: Claim, other: Claim, repository: string): string | undefined {
    const names = new Set(other.target.tags.map(({ to }) => to));
    const shared = claim.target.tags.find(({ to }) => names.has(to))?.to;
    const overlap = shared === undefined ? overlapOf(claim, other) : undefined;
    if (claim.image === other.image) {
        const what = `the target ${repository}${shared === undefined ? "" : `:${shared}`} is named twice for image ${quote(claim.image)}`;
        return shared === undefined ? overlap && `${what}, and ${overlap}` : what;
    }
    // Only for a message: to find a line in a long file takes a while, and a thousand images may share a repository.
    const where = (): string => `image ${quote(other.image)} (${other.place.describe()})`;
    if (sourceKey(claim.source) !== sourceKey(other.source)) {
        return `the target ${repository} is that of ${where()} too, which has another source; give one of them a "repository" of its own`;
    }
    if (isApart(claim.purpose, other.purpose)) {
        return `the target ${repository} is that of ${where()} too, which is of purpose ${other.purpose} where this one is of ${claim.purpose}; keep them apart by "namespaces", or give one of them a "repository" of its own`;
    }
    if (shared !== undefined) {
        return `the target ${repository}:${shared} is that of ${where()} too; give one of them other tags, or a "repository" of its own`;
    }
    return (
        overlap &&
        `the target ${repository} is that of ${where()} too, and ${overlap}; exclude it there, make them one image with one list of tags, or give one of them a "repository" of its own`
    );
}

/** How the selectors of one could choose what the other has. */
function overlapOf(claim: Claim, other: Claim): string | undefined {
    if (claim.selectors.length > 0 && other.selectors.length > 0) {
        return "both choose tags by selectors, which may meet";
    }
    const [names, selectors] =
        claim.selectors.length > 0 ? [other.target.tags, claim.selectors] : [claim.target.tags, other.selectors];
    for (const selector of selectors) {
        const chosen = names.find(({ to }) => selectTags({ ...selector, newest: undefined }, [to]).length > 0);
        if (chosen !== undefined) {
            return `${describeSelector(selector)} may choose ${quote(chosen.to)}`;
        }
    }
    return undefined;
}
