/** More alternatives than anybody writes, and fewer than a machine minds. */
const MOST_ALTERNATIVES = 10_000;

/**
 * Whether a pattern of Harbor's filters fits: `*` and `?` within a part of a path, `**` for any number of whole parts,
 * `[a-z]`, `[^a]`, `{one,other}` over several parts too, a backslash before what is meant as it is. Nothing fits a
 * pattern that is none. (bmatcuk/doublestar 1.3.4, which Harbor 2.15 matches names and tags with)
 */
export function fitsPattern(pattern: string, text: string): boolean {
    if (pattern === "") {
        return true;
    }
    const parts = text.split("/");
    try {
        return alternatives(pattern).some((one) => fitsParts(splitUnescaped(one), parts));
    } catch (error) {
        if (error instanceof PatternError) {
            return false;
        }
        throw error;
    }
}

class PatternError extends Error {}

function fitsParts(patterns: readonly string[], parts: readonly string[]): boolean {
    const [first, ...rest] = patterns;
    if (first === undefined) {
        return parts.length === 0;
    }
    if (first === "**") {
        // The last one takes whatever is left, but not nothing at all.
        return rest.length === 0 ? parts.length > 0 : parts.some((_, index) => fitsParts(rest, parts.slice(index)));
    }
    const [part] = parts;
    return part !== undefined && partExpression(first).test(part) && fitsParts(rest, parts.slice(1));
}

function partExpression(part: string): RegExp {
    let source = "";
    const letters = [...part];
    for (let at = 0; at < letters.length; at++) {
        const letter = letters[at] as string;
        if (letter === "\\") {
            at += 1;
            source += literal(required(letters[at]));
        } else if (letter === "*") {
            source += source.endsWith(".*") ? "" : ".*";
        } else if (letter === "?") {
            source += ".";
        } else if (letter === "[") {
            const end = classEnd(letters, at);
            source += classSource(letters.slice(at + 1, end));
            at = end;
        } else {
            source += literal(letter);
        }
    }
    return new RegExp(`^${source}$`, "su");
}

/** Where a class of letters ends; an escaped bracket is one of its letters. */
function classEnd(letters: readonly string[], begin: number): number {
    for (let at = begin + 1; at < letters.length; at++) {
        if (letters[at] === "\\") {
            at += 1;
        } else if (letters[at] === "]" && at > begin + 1) {
            return at;
        }
    }
    throw new PatternError();
}

function classSource(letters: readonly string[]): string {
    const isNegated = letters[0] === "^" || letters[0] === "!";
    const inner: string[] = [];
    for (let at = isNegated ? 1 : 0; at < letters.length; at++) {
        const letter = letters[at] as string;
        const isRange = letter === "-" && inner.length > 0 && at + 1 < letters.length;
        inner.push(letter === "\\" ? literal(required(letters[++at])) : isRange ? "-" : literal(letter));
    }
    if (inner.length === 0) {
        throw new PatternError();
    }
    return `[${isNegated ? "^" : ""}${inner.join("")}]`;
}

function literal(letter: string): string {
    return /[\p{L}\p{N}_]/u.test(letter) ? letter : `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`;
}

function required(letter: string | undefined): string {
    if (letter === undefined) {
        throw new PatternError();
    }
    return letter;
}

/** The pattern with one of each `{…}`, all that there are; they may stand within each other. */
function alternatives(pattern: string): string[] {
    const begin = unescapedIndex(pattern, "{");
    if (begin === -1) {
        return [pattern];
    }
    const { options, end } = optionsAt(pattern, begin);
    const all = options.flatMap((option) =>
        alternatives(`${pattern.slice(0, begin)}${option}${pattern.slice(end + 1)}`),
    );
    if (all.length > MOST_ALTERNATIVES) {
        throw new PatternError();
    }
    return all;
}

function optionsAt(pattern: string, begin: number): { readonly options: string[]; readonly end: number } {
    const options: string[] = [];
    let depth = 0;
    let start = begin + 1;
    for (let at = begin; at < pattern.length; at++) {
        const letter = pattern[at];
        if (letter === "\\") {
            at += 1;
        } else if (letter === "{") {
            depth += 1;
        } else if (letter === "," && depth === 1) {
            options.push(pattern.slice(start, at));
            start = at + 1;
        } else if (letter === "}") {
            depth -= 1;
            if (depth === 0) {
                return { options: [...options, pattern.slice(start, at)], end: at };
            }
        }
    }
    throw new PatternError();
}

function unescapedIndex(text: string, letter: string): number {
    for (let at = 0; at < text.length; at++) {
        if (text[at] === "\\") {
            at += 1;
        } else if (text[at] === letter) {
            return at;
        }
    }
    return -1;
}

function splitUnescaped(pattern: string): string[] {
    const slash = unescapedIndex(pattern, "/");
    return slash === -1 ? [pattern] : [pattern.slice(0, slash), ...splitUnescaped(pattern.slice(slash + 1))];
}
