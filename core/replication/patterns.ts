/** More ways through one pattern than anybody writes, and fewer than a machine minds. */
const MOST_STEPS = 100_000;

/**
 * Whether a pattern of Harbor's filters fits: `*` and `?` within a part of a path, `**` for any number of whole parts,
 * `[a-z]`, `[^a]`, `{one,other}` over several parts too, a backslash before what is meant as it is. Nothing fits a
 * pattern that is none. (bmatcuk/doublestar 1.3.4, which Harbor 2.15 matches names and tags with: src/pkg/reg/util/pattern.go)
 */
export function fitsPattern(pattern: string, text: string): boolean {
    // Harbor's own: no pattern takes everything.
    if (pattern === "") {
        return true;
    }
    const work: Work = { left: MOST_STEPS };
    try {
        return fitsParts(pattern, text.split("/"), work);
    } catch (error) {
        if (error instanceof PatternError) {
            return false;
        }
        throw error;
    }
}

class PatternError extends Error {}

interface Work {
    left: number;
}

function fitsParts(pattern: string, [part = "", ...others]: readonly string[], work: Work): boolean {
    if (pattern === "") {
        return part === "" && others.length === 0;
    }
    if (pattern === "**") {
        return true;
    }
    if (pattern.startsWith("**/")) {
        const rest = pattern.slice(3);
        const parts = [part, ...others];
        return parts.some((_, index) => fitsParts(rest, parts.slice(index), work));
    }
    const rests = restsAfter(pattern, part, work);
    if (rests === undefined) {
        return false;
    }
    // Alternatives of different depth hide one another: {b,b/c} takes b/c, and does not take b.
    return others.length === 0 ? rests.length === 0 : rests.some((rest) => fitsParts(rest, others, work));
}

/** What is left of a pattern behind one part of a path, for each way to take it; undefined where it does not. */
function restsAfter(pattern: string, text: string, work: Work): string[] | undefined {
    work.left -= 1;
    if (work.left < 0) {
        throw new PatternError();
    }
    if (text === "") {
        const slash = pattern.indexOf("/");
        const end = slash < 0 ? pattern : pattern.slice(0, slash);
        return takesNothing(end) ? (slash < 0 ? [] : [pattern.slice(slash + 1)]) : undefined;
    }
    if (pattern === "" || pattern.startsWith("/")) {
        return undefined;
    }
    if (pattern.startsWith("*")) {
        return afterStar(pattern.slice(1), text, work);
    }
    if (pattern.startsWith("{")) {
        const { options, behind } = alternatives(pattern.slice(1));
        const found = options.flatMap((option) => {
            const rests = restsAfter(option + behind, text, work);
            return rests === undefined ? [] : [rests];
        });
        return found.length === 0 ? undefined : found.flat();
    }
    const letter = [...text][0] ?? "";
    const { rest, takes } = oneOf(pattern, letter);
    return takes ? restsAfter(rest, text.slice(letter.length), work) : undefined;
}

function afterStar(rest: string, text: string, work: Work): string[] | undefined {
    if (rest === "" || rest.startsWith("/")) {
        return rest === "" ? [] : [rest.slice(1)];
    }
    for (let index = 0; index <= text.length; index += 1) {
        const rests = restsAfter(rest, text.slice(index), work);
        if (rests !== undefined) {
            return rests;
        }
    }
    return undefined;
}

/** Whether the pattern's first sign takes a letter, and what is behind that sign. */
function oneOf(pattern: string, letter: string): { readonly takes: boolean; readonly rest: string } {
    const [sign = "", next] = [...pattern];
    if (sign === "[") {
        return classOf(pattern, letter);
    }
    if (sign !== "\\") {
        return { takes: sign === "?" || sign === letter, rest: pattern.slice(sign.length) };
    }
    if (next === undefined) {
        throw new PatternError();
    }
    return { takes: next === letter, rest: pattern.slice(sign.length + next.length) };
}

/** `[a-z]`, `[^a]`, `[!a]`; a backslash before what is meant as it is. */
function classOf(pattern: string, letter: string): { readonly takes: boolean; readonly rest: string } {
    const isNegated = pattern[1] === "^" || pattern[1] === "!";
    const letters = [...pattern.slice(isNegated ? 2 : 1)];
    let takes = false;
    let at = 0;
    const take = (): string => {
        at += letters[at] === "\\" ? 1 : 0;
        const one = letters[at++];
        if (one === undefined) {
            throw new PatternError();
        }
        return one;
    };
    while (letters[at] !== "]" || at === 0) {
        const low = take();
        const isRange = letters[at] === "-" && letters[at + 1] !== "]";
        at += isRange ? 1 : 0;
        const high = isRange ? take() : low;
        takes ||= low <= letter && letter <= high;
    }
    return { takes: takes !== isNegated, rest: letters.slice(at + 1).join("") };
}

function takesNothing(pattern: string): boolean {
    if (pattern === "" || pattern === "*" || pattern === "**") {
        return true;
    }
    if (!pattern.startsWith("{")) {
        return false;
    }
    const { behind, options } = alternatives(pattern.slice(1));
    return takesNothing(behind) && options.some(takesNothing);
}

/** @param text what follows an opening brace */
function alternatives(text: string): { readonly options: string[]; readonly behind: string } {
    const options: string[] = [];
    let depth = 1;
    let start = 0;
    for (let index = 0; index < text.length; index += 1) {
        const sign = text[index];
        if (sign === "\\") {
            index += 1;
            continue;
        }
        depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
        if (depth === 0 || (sign === "," && depth === 1)) {
            options.push(text.slice(start, index));
            start = index + 1;
        }
        if (depth === 0) {
            return { options, behind: text.slice(index + 1) };
        }
    }
    throw new PatternError();
}
