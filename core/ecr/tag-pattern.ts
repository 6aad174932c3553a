/** Whether a tag fits a pattern of ECR's, in which `*` is any text, also none. The whole tag, with its case. */
export function fitsTagPattern(pattern: string, tag: string): boolean {
    const [first = "", ...rest] = pattern.split("*");
    const last = rest.pop();
    if (last === undefined) {
        return tag === pattern;
    }
    if (!tag.startsWith(first) || !tag.endsWith(last) || tag.length < first.length + last.length) {
        return false;
    }
    // Leftmost is right for all in between: a regular expression of four stars could take long.
    let from = first.length;
    for (const part of rest) {
        const found = tag.indexOf(part, from);
        if (found < 0 || found + part.length > tag.length - last.length) {
            return false;
        }
        from = found + part.length;
    }
    return true;
}
