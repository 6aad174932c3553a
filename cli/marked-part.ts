import { UsageError } from "./exit-code";

const BEGIN = "<!-- transship:begin -->";
const END = "<!-- transship:end -->";
const HINT =
    '<!-- Written by "transship sources": what stands between these two marks is replaced by its next run. -->';

/**
 * The text of a page of which one part is ours: what stands between the marks is replaced, everything else stays as it
 * is, line ends too. A new page gets a title of its own, which may be changed by hand.
 *
 * @param before the page as it is; `undefined` for a new one
 * @throws UsageError where a page has no marks, or not one pair: nothing that somebody wrote is overwritten
 */
export function replaceMarkedPart(path: string, before: string | undefined, part: string): string {
    const marked = `${BEGIN}\n${HINT}\n\n${part.trimEnd()}\n\n${END}`;
    if (before === undefined) {
        return `# Where to pull the images from\n\n${marked}\n`;
    }
    const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
    if (begin < 0 && end < 0) {
        throw new UsageError(
            `${path} has no place for the list: write the two lines ${BEGIN} and ${END} where it belongs, or delete the file.`,
        );
    }
    const isPair = begin >= 0 && begin < end && !holdsMore(before, BEGIN, begin) && !holdsMore(before, END, end);
    if (!isPair) {
        throw new UsageError(`${path} has to hold ${BEGIN} once, and ${END} once behind it: correct the two lines.`);
    }
    const text = before.includes("\r\n") ? marked.replace(/\n/g, "\r\n") : marked;
    return before.slice(0, begin) + text + before.slice(end + END.length);
}

/** Bytes of a page that are not ours. */
export function bytesBeside(before: string | undefined): number {
    if (before === undefined) {
        return 0;
    }
    const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
    return begin < 0 || end < begin ? 0 : Buffer.byteLength(before) - Buffer.byteLength(before.slice(begin, end));
}

function holdsMore(text: string, mark: string, first: number): boolean {
    return text.includes(mark, first + 1);
}
