import * as v from "valibot";

/** What a rule is about: `{ kind: "doublestar", decoration: "matches", pattern: "**" }`. */
export const selectorSchema = v.looseObject({
    kind: v.nullish(v.string()),
    /** `matches` and `excludes` for tags, `repoMatches` and `repoExcludes` for repositories. */
    decoration: v.nullish(v.string()),
    pattern: v.nullish(v.string()),
    /** JSON as text: `{"untagged":true}`. */
    extras: v.nullish(v.string()),
});

export type Selector = v.InferOutput<typeof selectorSchema>;

/** What one of Harbor's patterns matches, or all but that: `{ excludes: "sha256-*" }`. */
export type Pattern = { readonly matches: string } | { readonly excludes: string };

export const EVERY: Pattern = { matches: "**" };

/** The two lists of selectors that every rule of a project has. */
export interface Scoped {
    readonly tag_selectors?: readonly Selector[] | null;
    readonly scope_selectors?: Readonly<Record<string, readonly Selector[]>> | null;
}

/** @param former the selector in whose place it comes: what else that one says stays */
export function repositorySelector(pattern: Pattern, former: Selector = {}): Selector {
    return selector(pattern, ["repoMatches", "repoExcludes"], former);
}

/** @param former see `repositorySelector` */
export function tagSelector(pattern: Pattern, former: Selector = {}): Selector {
    return selector(pattern, ["matches", "excludes"], former);
}

function selector(
    pattern: Pattern,
    [matches, excludes]: readonly [matches: string, excludes: string],
    former: Selector,
): Selector {
    const said =
        "matches" in pattern
            ? { decoration: matches, pattern: pattern.matches }
            : { decoration: excludes, pattern: pattern.excludes };
    return { ...former, kind: "doublestar", ...said };
}

/** `repositories **`, `tags all but sha256-*`: the same for every spelling that means the same to Harbor. */
export function repositoriesOf({ scope_selectors }: Scoped): string {
    return textOf(scope_selectors?.repository ?? []);
}

export function tagsOf({ tag_selectors }: Scoped): string {
    return textOf(tag_selectors ?? []);
}

/** Harbor takes an empty pattern for one that matches everything. (goharbor/harbor, src/lib/selector, `match`) */
function textOf(selectors: readonly Selector[]): string {
    const texts = selectors.map(({ decoration, kind, pattern }) => {
        const words = kind === "doublestar" || !kind ? [] : [kind];
        const excludes = /excludes$/i.test(decoration ?? "");
        return [...words, ...(excludes ? ["all but"] : []), pattern || "**"].join(" ");
    });
    return texts.length === 0 ? "none" : texts.join(" and ");
}
