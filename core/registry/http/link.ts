/**
 * The target of `rel="next"` in a `Link` header (RFC 8288; distribution-spec, "Content Discovery"), as written:
 * absolute or relative. `undefined` where there is none. A comma or semicolon inside `<…>` or quotes separates nothing.
 */
export function nextLink(header: string | string[] | undefined): string | undefined {
    const text = Array.isArray(header) ? header.join(", ") : header;
    if (text === undefined) {
        return undefined;
    }
    let at = 0;
    while (at < text.length) {
        const open = text.indexOf("<", at);
        const close = open === -1 ? -1 : text.indexOf(">", open);
        if (close === -1) {
            return undefined;
        }
        const end = endOfParameters(text, close + 1);
        const relations = relationOf(text.slice(close + 1, end))
            .toLowerCase()
            .split(/\s+/);
        if (relations.includes("next")) {
            const target = text.slice(open + 1, close).trim();
            return target === "" ? undefined : target;
        }
        at = end + 1;
    }
    return undefined;
}

const PARAMETER = /;\s*([^\s=;,"]+)\s*(?:=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;,"]*)))?/g;

/** The value of the first `rel`; one inside another parameter's quotes is none. */
function relationOf(parameters: string): string {
    for (const [, name, quoted, plain] of parameters.matchAll(PARAMETER)) {
        if (name?.toLowerCase() === "rel") {
            return quoted ?? plain ?? "";
        }
    }
    return "";
}

function endOfParameters(text: string, from: number): number {
    let quoted = false;
    for (let at = from; at < text.length; at += 1) {
        const char = text[at];
        if (quoted && char === "\\") {
            at += 1;
        } else if (char === '"') {
            quoted = !quoted;
        } else if (char === "," && !quoted) {
            return at;
        }
    }
    return text.length;
}
