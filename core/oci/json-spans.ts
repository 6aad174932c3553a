/** One member of an object, as it is written. */
export interface JsonMember {
    readonly key: string;
    /** `"key": value`, without what stands around it. */
    readonly text: string;
    /** The value alone. */
    readonly value: string;
}

/**
 * The members of an object's text, in their order, duplicates too. To parse and write again would lose what a digest is
 * of: numbers' spelling, escapes, the order of keys that look like numbers.
 *
 * @param text valid JSON, an object
 */
export function membersOf(text: string): JsonMember[] {
    return itemsOf(text).map((item) => {
        const keyEnd = endOfString(item, 0);
        const colon = item.indexOf(":", keyEnd);
        return { key: JSON.parse(item.slice(0, keyEnd)) as string, text: item, value: item.slice(colon + 1).trim() };
    });
}

/**
 * The items of a list's text, each as it is written.
 *
 * @param text valid JSON, a list
 */
export function itemsOf(text: string): string[] {
    const items: string[] = [];
    const end = text.trimEnd().length - 1;
    let start = text.search(/[[{]/) + 1;
    let depth = 0;
    for (let at = start; at <= end; at += 1) {
        const character = text[at];
        if (character === '"') {
            at = endOfString(text, at) - 1;
        } else if (at === end || (character === "," && depth === 0)) {
            const item = text.slice(start, at).trim();
            if (item !== "") {
                items.push(item);
            }
            start = at + 1;
        } else if (character === "{" || character === "[") {
            depth += 1;
        } else if (character === "}" || character === "]") {
            depth -= 1;
        }
    }
    return items;
}

/** The place after a string's closing quote. */
function endOfString(text: string, start: number): number {
    let at = start + 1;
    while (text[at] !== '"') {
        at += text[at] === "\\" ? 2 : 1;
    }
    return at + 1;
}
