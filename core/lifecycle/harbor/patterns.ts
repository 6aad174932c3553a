import * as v from "valibot";
import type { Pattern } from "../../harbor";
import { text } from "./validate";

/** One of Harbor's patterns, or all but what it matches. */
export const patternSchema = (what: string) => {
    const pattern = (word: string) =>
        v.pipe(
            text(`${what}.${word}`),
            v.check(
                (given) => !hasBareComma(given),
                `${what}.${word} has a comma outside of braces, which Harbor takes as it stands: write {a,b}`,
            ),
        );
    const message = `${what} must be { matches: "…" } or { excludes: "…" }`;
    return v.union(
        [v.strictObject({ matches: pattern("matches") }), v.strictObject({ excludes: pattern("excludes") })],
        // Of what has the right shape the pattern's own message is told.
        (issue) => issue.issues?.find(({ path, type }) => type === "check" && path !== undefined)?.message ?? message,
    );
};

function hasBareComma(pattern: string): boolean {
    let depth = 0;
    for (const letter of pattern) {
        depth += letter === "{" ? 1 : letter === "}" ? -1 : 0;
        if (letter === "," && depth <= 0) {
            return true;
        }
    }
    return false;
}

/** Whether a pattern of ours is about a name. (goharbor/harbor, src/lib/selector/selectors/doublestar) */
export function isAbout(pattern: Pattern, name: string): boolean {
    return "matches" in pattern ? isMatch(pattern.matches, name) : !isMatch(pattern.excludes, name);
}

/** `*` and `?` within a part of the path, `**` over parts, `{a,b}`; of anything else as much as its letters say. */
function isMatch(pattern: string, name: string): boolean {
    const source = pattern.replace(/\*\*|[*?{},]|[^*?{},]+/g, (piece) => SOURCES[piece] ?? escaped(piece));
    try {
        return new RegExp(`^(?:${source})$`).test(name);
    } catch {
        return false;
    }
}

const SOURCES: Readonly<Record<string, string>> = {
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
    "{": "(?:",
    "}": ")",
    ",": "|",
};

function escaped(text: string): string {
    return text.replace(/[\\^$.()+|[\]]/g, "\\$&");
}
