import { anyOf, repositoriesBelow, splitPath } from "./patterns";
import type { MirrorProject } from "./projects";
import { ATTACHED_PATTERN } from "./rules";

/** Tags that hold digests for a roll-back, `1.18.prev-0123456789ab`: no rule of ours ever takes what carries one. */
export const HELD_PATTERN = "*.prev-*";

/** How long what the catalogue does not name is kept; several: as long as any of them says. */
export type Keep =
    | { readonly latestPushed: number }
    | { readonly latestPulled: number }
    | { readonly pushedWithinDays: number }
    | { readonly pulledWithinDays: number };

/** What was never pulled is as old as its push, and what is pulled is in use. */
export const KEPT_OTHERS: readonly Keep[] = [{ pushedWithinDays: 90 }, { pulledWithinDays: 90 }];

/** One rule of a project's retention; what no rule keeps goes. */
export interface KeptRule {
    readonly repositories: { readonly matches: string };
    readonly tags: { readonly matches: string };
    /** Whether it is about what has no tag, too. */
    readonly untagged: boolean;
    readonly keep: "always" | Keep;
}

/** Harbor takes 15 rules for a project. (src/server/v2.0/handler/retention.go) */
const OPEN_RULES = 8;
const ALL = "**";

/**
 * The retention of a project. A tag that the catalogue or the lock names is kept in each of its repositories: a rule that
 * names repositories could miss one, and what is kept for nothing costs storage only. Signatures stay, since Harbor takes
 * them away with their image, and tags that hold digests for a roll-back.
 *
 * @param others of what nobody names, with and without a tag
 */
export function keptRules({ repositories }: MirrorProject, others: readonly Keep[] = KEPT_OTHERS): KeptRule[] {
    const tags = repositories.flatMap((repository) => repository.tags.map(({ to }) => to));
    const open = below(repositories.filter(({ isOpen }) => isOpen).map(({ name }) => name));
    const rule = (matches: string, tagPattern: string, untagged: boolean, keep: KeptRule["keep"]): KeptRule => ({
        repositories: { matches },
        tags: { matches: tagPattern },
        untagged,
        keep,
    });
    return [
        rule(ALL, anyOf([HELD_PATTERN, ATTACHED_PATTERN, ...tags]), false, "always"),
        // Nobody has said yet which tags these are: all of them.
        ...(open.length > OPEN_RULES ? [ALL] : open.map(({ pattern }) => pattern)).map((pattern) =>
            rule(pattern, ALL, false, "always"),
        ),
        ...others.map((keep) => rule(ALL, ALL, true, keep)),
    ];
}

/** Tags of the repositories below one path that nobody may write again with another digest. */
export interface FixedTags {
    /** The path in the project; empty for its own. */
    readonly parent: string;
    readonly repositories: string;
    readonly tags: string;
}

const RELEASE = /^v?\d+\.\d+\.\d+(?:-(?:alpha|beta|pre|rc)[.-]?\d*)?$/;

/**
 * The tags of a project that never move: whole versions, `1.18.3`, that are called so at their source. Never `1.18`, nor
 * a tag that holds a digest for a roll-back, nor one of a signature: such a name is no version. Docker's official images are
 * left out, since they are built anew below the tags that they have.
 *
 * @param except names of images whose tags may move
 */
export function fixedTags({ repositories }: MirrorProject, except: readonly string[] = []): FixedTags[] {
    const firm = repositories.flatMap((repository) => {
        const mayMove = repository.images.some((image) => except.includes(image));
        const tags = mayMove ? [] : repository.tags.filter(isFirm).map(({ to }) => to);
        return tags.length === 0
            ? []
            : [{ ...repository, tags, moving: repository.tags.filter((tag) => !isFirm(tag)) }];
    });
    return below(firm.map(({ name }) => name)).flatMap(({ parent, names, pattern }) => {
        const here = firm.filter(({ name }) => names.includes(name));
        const moving = new Set(here.flatMap((one) => one.moving.map(({ to }) => to)));
        const tags = here.flatMap((one) => one.tags).filter((tag) => !moving.has(tag));
        return tags.length === 0 ? [] : [{ parent, repositories: pattern, tags: anyOf(tags) }];
    });
}

function isFirm({ from, to, isRebuilt }: MirrorProject["repositories"][number]["tags"][number]): boolean {
    return !isRebuilt && RELEASE.test(from) && RELEASE.test(to);
}

/** Repositories by the path that they are below, each path with its pattern. */
function below(repositories: readonly string[]) {
    const parents = new Map<string, string[]>();
    for (const name of repositories) {
        const { parent } = splitPath(name);
        parents.set(parent, [...(parents.get(parent) ?? []), name]);
    }
    return [...parents].map(([parent, names]) => ({
        parent,
        names,
        pattern: repositoriesBelow(
            parent,
            names.map((name) => splitPath(name).last),
        ),
    }));
}
