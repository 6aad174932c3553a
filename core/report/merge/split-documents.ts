/**
 * The JSON documents of a text: the whole of it, or each that stands in it from a line `{` to a line `}`, as the command
 * writes them. So a log is read too, with several of them and lines between (the pods of a Job). What was cut off is none.
 */
export function splitDocuments(text: string): unknown[] {
    const whole = parse(text);
    if (whole !== undefined) {
        return [whole];
    }
    const found: unknown[] = [];
    let open: string[] | undefined;
    for (const line of text.split(/\r?\n/)) {
        if (line === "{") {
            open = [];
        }
        open?.push(line);
        if (line === "}" && open !== undefined) {
            const document = parse(open.join("\n"));
            found.push(...(document === undefined ? [] : [document]));
            open = undefined;
        }
    }
    return found;
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
