const LONGEST = 120;

/** A stranger's text inside one of our sentences: quoted, without control characters, never longer than a line. */
export function quote(text: unknown): string {
    if (typeof text !== "string") {
        return text === null ? "null" : `a value of type ${typeof text}`;
    }
    return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
