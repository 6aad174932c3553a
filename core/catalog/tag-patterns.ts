import { type Context, createContext, Script } from "node:vm";
import { TransshipError } from "../errors";

/** A longer pattern is a mistake, or an attack. */
export const LONGEST_PATTERN = 500;

/** Milliseconds for all tags of a repository together; 10,000 tags take a sane pattern about 10. */
const PATIENCE = 1_000;

/**
 * The source of a regular expression over the whole tag, as regsync reads its own: `1\.27` is not `1.27.3`.
 *
 * @throws TransshipError PATTERN_INVALID, the reason as a clause
 */
export function regexSource(pattern: string): string {
    if (pattern.length > LONGEST_PATTERN) {
        throw invalid(`is too long for a pattern: ${LONGEST_PATTERN} characters at most`);
    }
    if (/\(\?P[<=>]/.test(pattern)) {
        throw invalid("has a group in the way of Go and Python: JavaScript writes (?<version>…), without the P");
    }
    try {
        // By itself first: a stray bracket must not close the one that is put around it.
        new RegExp(pattern);
    } catch (error) {
        throw invalid(`is no regular expression: ${(error as Error).message.split(": ").at(-1)}`);
    }
    return `^(?:${pattern})$`;
}

/**
 * The same for a glob: `*`, `?`, `[a-z]`, `{a,b}`. A leading `!` and `+(…)` are no more than their characters.
 *
 * @throws TransshipError PATTERN_INVALID
 */
export function globSource(glob: string): string {
    if (glob.length > LONGEST_PATTERN) {
        throw invalid(`is too long for a pattern: ${LONGEST_PATTERN} characters at most`);
    }
    const { makeRe } = require("picomatch") as typeof import("picomatch");
    const found = makeRe(glob, { dot: true, noextglob: true, nonegate: true, strictBrackets: false }) as RegExp | false;
    if (found === false) {
        throw invalid("is no glob");
    }
    return found.source;
}

/**
 * What each tag matched: the text of the group `version`, true without one; null where it does not match. A pattern
 * may backtrack for ever on a tag that a stranger made for it, so it runs under a clock, in a context of its own, whose
 * loops can be ended; a linear engine (RE2) would be a native module, or a dependency of a megabyte.
 *
 * @throws TransshipError PATTERN_SLOW, the reason as a clause
 */
export function matchTags(source: string, tags: readonly string[]): (string | true | null)[] {
    try {
        bench ??= { context: createContext({}), script: new Script(MATCH) };
        Object.assign(bench.context, { source, tags: JSON.stringify(tags) });
        return JSON.parse(bench.script.runInContext(bench.context, { timeout: PATIENCE }));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") {
            throw error;
        }
        const message = `takes longer than ${PATIENCE / 1000} s on ${tags.length} tags: write it without a repetition inside a repetition`;
        throw new TransshipError("PATTERN_SLOW", message, { cause: error });
    }
}

/** Made once (1 ms); what runs in it is MATCH and nothing else. */
let bench: { readonly context: Context; readonly script: Script } | undefined;

const MATCH = `{
    const pattern = new RegExp(source);
    JSON.stringify(JSON.parse(tags).map((tag) => {
        const found = pattern.exec(tag);
        return found === null ? null : (found.groups?.version ?? true);
    }));
}`;

function invalid(reason: string): TransshipError {
    return new TransshipError("PATTERN_INVALID", reason);
}
