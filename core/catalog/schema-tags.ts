import * as v from "valibot";
import { quote } from "../oci";
import { nearest } from "./nearest";
import { byShape, choose, map } from "./schema-parts";

/* The part of the schema which says what `tags` may be; see schema.ts. */

const about = v.description;
const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));

const TAG_RULE = 'letters, digits, ".", "_" and "-", at most 128, the first no "." or "-"';
const tag = v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, (issue) =>
        /(^|@)sha(256|512):/.test(issue.input)
            ? `${quote(issue.input)} has a digest: name the tag here, its digest belongs in the lock file`
            : `${quote(issue.input)} is not a tag: ${TAG_RULE}`,
    ),
);
const tagPair = map({
    from: v.pipe(tag, about("Tag at the source.")),
    to: v.pipe(tag, about("Its name at the target.")),
});
const pattern = choose(
    [text, map({ regex: v.pipe(text, about("A regular expression over the whole tag.")) })],
    byShape,
);

const PAIR_KEYS = ["from", "to"];
const SELECTOR_KEYS = ["semver", "regex", "glob", "newest", "exclude", "allow", "deny", "semverRange"];

/** Which form an item of a list of tags was meant to have: a tag (0), a rename (1) or a selector (2). */
function tagForm(input: unknown): 0 | 1 | 2 {
    if (byShape(input) === 0) {
        return 0;
    }
    const meant = Object.keys(input as object).map((key) => nearest(key, [...PAIR_KEYS, ...SELECTOR_KEYS]) ?? "");
    return meant.some((key) => PAIR_KEYS.includes(key)) ? 1 : 2;
}

const selector = v.pipe(
    map(
        {
            semver: v.optional(
                v.pipe(
                    text,
                    about(
                        'A range of versions, as npm has them: ">=1.18", "1.x". No prereleases, unless it names one.',
                    ),
                ),
            ),
            regex: v.optional(
                v.pipe(
                    text,
                    about(
                        "A regular expression over the whole tag; a group (?<version>…) is the part that is a version.",
                    ),
                ),
            ),
            glob: v.optional(v.pipe(text, about("A glob over the whole tag: *, ?, [a-z], {a,b}."))),
            newest: v.optional(
                v.pipe(
                    v.number(),
                    v.safeInteger(),
                    v.minValue(1),
                    about("So many tags with the highest versions of those that fit."),
                ),
            ),
            exclude: v.optional(
                v.pipe(
                    v.array(pattern),
                    v.minLength(1, "must name at least one"),
                    about("Never these: globs, or { regex }."),
                ),
            ),
        },
        {
            allow: 'write "regex", or "glob"',
            deny: 'write "exclude"',
            semverRange: 'write "semver"',
            from: 'write a list around it, as in [{ from: "1.18.3", to: stable }]',
            to: 'write a list around it, as in [{ from: "1.18.3", to: stable }]',
        },
    ),
    v.minEntries(1, 'selects nothing: say which tags, as in { semver: ">=1.18" }, or { glob: "*" } for all'),
    about("Chooses tags from the registry's listing, or from the lock; all that is given must hold."),
);

/** A list of tags, renames and selectors, or one selector. */
export const tags = choose(
    [
        v.pipe(
            v.array(
                choose([tag, tagPair, selector], tagForm),
                'must be a list, as in ["1.18"], or a selector, as in { semver: ">=1.18" }',
            ),
            v.minLength(1, "must name at least one tag"),
        ),
        selector,
    ],
    (input) => (byShape(input) === 1 && !Array.isArray(input) ? 1 : 0),
);

export type WrittenTags = v.InferInput<typeof tags>;
export type WrittenSelector = v.InferInput<typeof selector>;
