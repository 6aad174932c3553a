/**
 * Whether one of Harbor's patterns takes a name: `*` and `?` within one part of a path, `**` for any number of parts,
 * `{a,b}` for one of several. (github.com/bmatcuk/doublestar v1.3.4, of which Harbor calls `Match`; its README, and what it
 * does where that says nothing: compared with it over 300,000 patterns and names.) Classes and escapes are left out: no
 * pattern of ours has any.
 */
export function fitsPattern(pattern: string, name: string): boolean {
    if (/[[\\]/.test(pattern)) {
        throw new Error(`${pattern} has a class or an escape, which is not done here`);
    }
    // Harbor's own: no pattern takes everything. (src/pkg/reg/util/pattern.go)
    return pattern === "" || fitsParts(pattern, name.split("/"));
}

function fitsParts(pattern: string, [part = "", ...others]: readonly string[]): boolean {
    if (pattern === "") {
        return part === "" && others.length === 0;
    }
    if (pattern === "**") {
        return true;
    }
    if (pattern.startsWith("**/")) {
        const rest = pattern.slice(3);
        const parts = [part, ...others];
        return parts.some((_, index) => fitsParts(rest, parts.slice(index)));
    }
    const rests = restsAfter(pattern, part);
    if (rests === undefined) {
        return false;
    }
    // Alternatives of different depth hide one another: {b,b/c} takes b/c, and does not take b.
    return others.length === 0 ? rests.length === 0 : rests.some((rest) => fitsParts(rest, others));
}

/** What is left of a pattern behind one part of a path, for each way to take it; undefined where it does not. */
function restsAfter(pattern: string, text: string): string[] | undefined {
    if (text === "") {
        const slash = pattern.indexOf("/");
        const end = slash < 0 ? pattern : pattern.slice(0, slash);
        return takesNothing(end) ? (slash < 0 ? [] : [pattern.slice(slash + 1)]) : undefined;
    }
    const [sign, rest] = [pattern[0], pattern.slice(1)];
    if (sign === "*") {
        return afterStar(rest, text);
    }
    if (sign === "{") {
        const { options, behind } = alternatives(rest);
        const found = options.flatMap((option) => {
            const rests = restsAfter(option + behind, text);
            return rests === undefined ? [] : [rests];
        });
        return found.length === 0 ? undefined : found.flat();
    }
    const isSame = sign !== "/" && (sign === "?" || sign === text[0]);
    return isSame ? restsAfter(rest, text.slice(1)) : undefined;
}

function afterStar(rest: string, text: string): string[] | undefined {
    if (rest === "" || rest.startsWith("/")) {
        return rest === "" ? [] : [rest.slice(1)];
    }
    for (let index = 0; index < text.length; index += 1) {
        const rests = restsAfter(rest, text.slice(index));
        if (rests !== undefined) {
            return rests;
        }
    }
    return undefined;
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
    for (const [index, sign] of [...text].entries()) {
        depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
        if (depth === 0 || (sign === "," && depth === 1)) {
            options.push(text.slice(start, index));
            start = index + 1;
        }
        if (depth === 0) {
            return { options, behind: text.slice(index + 1) };
        }
    }
    throw new Error(`{${text} has no end`);
}
