import type { Range } from "semver";
import { TransshipError } from "../errors";
import { globSource, matchTags, regexSource } from "./tag-patterns";
import { newestFirst, readVersion, type TagVersion, withoutMovingNames } from "./tag-versions";
import type { TagSelector } from "./types";

/** Of this form are the tags that hold digests for a roll-back at every target. */
export const HELD_TAG = /\.prev-[0-9a-f]{12}$/;
/** Signatures, attestations and lists of referrers of another manifest: they go along with it, never by themselves. */
export const ATTACHED_TAG = /^sha(256|512)-[0-9a-f]{32,128}(\..+)?$/;

const LONGEST_RANGE = 200;

/**
 * The tags that one selector chooses of those that there are: highest version first, then by name. Pure, and the order
 * of `tags` means nothing. Choosing again of what was chosen, with others of those that there were beside it, gives the
 * same: so a lock's tags need no listing.
 *
 * @throws TransshipError PATTERN_INVALID, RANGE_INVALID (the catalogue refuses such a selector), PATTERN_SLOW
 */
export function selectTags(selector: TagSelector, tags: readonly string[]): string[] {
    const { glob, regex, newest, semver, exclude = [] } = selector;
    let fitting = [...new Set(tags)].filter((tag) => !HELD_TAG.test(tag) && !ATTACHED_TAG.test(tag));
    const versionTexts = regex === undefined ? undefined : matchedBy(regexSource(regex), fitting);
    fitting = versionTexts === undefined ? fitting : [...versionTexts.keys()];
    fitting = glob === undefined ? fitting : [...matchedBy(globSource(glob), fitting).keys()];
    for (const item of exclude) {
        const source = typeof item === "string" ? globSource(item) : regexSource(item.regex);
        const unwanted = matchedBy(source, fitting);
        fitting = fitting.filter((tag) => !unwanted.has(tag));
    }
    const versions = fitting.flatMap((tag) => readVersion(tag, versionTexts?.get(tag)) ?? []).sort(newestFirst);
    const inRange = semver === undefined ? versions : withinRange(semver, versions);
    const counted = newest === undefined ? inRange : newestOf(inRange, semver !== undefined).slice(0, newest);
    const chosen = counted.map(({ tag }) => tag);
    if (semver !== undefined || newest !== undefined) {
        return chosen;
    }
    const ranked = new Set(chosen);
    return [...chosen, ...fitting.filter((tag) => !ranked.has(tag)).sort()];
}

/**
 * The range of a selector. One that names a prerelease (`>=1.2.0-0`) admits all prereleases within it, as Helm and Flux
 * have it; npm would admit those of 1.2.0 only.
 *
 * @throws TransshipError RANGE_INVALID, the reason as a clause
 */
export function parseRange(text: string): Range {
    const RangeClass = require("semver/classes/range") as typeof Range;
    try {
        if (text.length <= LONGEST_RANGE) {
            return new RangeClass(text, { loose: true, includePrerelease: /[\dx*]-[0-9a-z]/i.test(text) });
        }
    } catch {
        // Said below; the library's sentence says no more.
    }
    throw new TransshipError("RANGE_INVALID", 'is no range of versions, as in ">=1.18", "1.x || 2.x" or "~1.18.2"');
}

/** Each tag that matches, to the part of it that the pattern calls the version, if it does. */
function matchedBy(source: string, tags: readonly string[]): Map<string, string | undefined> {
    const found = matchTags(source, tags);
    return new Map(
        tags.flatMap((tag, index) => {
            const part = found[index];
            return part === null ? [] : [[tag, part === true ? undefined : part] as const];
        }),
    );
}

function withinRange(semver: string, versions: readonly TagVersion[]): TagVersion[] {
    const range = parseRange(semver);
    return versions.filter(({ version }) => range.test(version));
}

/**
 * What `newest` counts: no moving names. Without a range no suffixes either, unless all that is left has one, as with
 * `{ glob: "*-alpine", newest: 3 }`.
 */
function newestOf(versions: readonly TagVersion[], ranged: boolean): TagVersion[] {
    const releases = withoutMovingNames(versions);
    const plain = ranged ? releases : releases.filter(({ suffix }) => suffix === "");
    return plain.length > 0 ? plain : releases;
}
