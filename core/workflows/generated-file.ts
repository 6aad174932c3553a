import { createHash } from "node:crypto";

/** Says of a file that we wrote whether somebody changed it since. */
const SEAL = /^(?:(?:#|\/\/) )?sha256 of the lines below: ([0-9a-f]{64})(?: -->)?\n/m;
const WIDTH = 110;

/** How a file's language writes a comment: `#` or `//` at each line, or HTML's, as in Markdown. */
export type CommentStyle = "hash" | "slashes" | "html";

/**
 * A file of ours: what it is in a comment, a line with the digest of everything below that line, and the content. The
 * same content gives the same file.
 *
 * @param about paragraphs of the comment
 */
export function sealed(about: readonly string[], content: string, style: CommentStyle = "hash"): string {
    const lines = about.flatMap((paragraph, index) => [...(index === 0 ? [] : [""]), ...wrap(paragraph)]);
    if (style === "html") {
        // Nothing in it may end the comment.
        const text = lines.join("\n").replaceAll("-->", "-- >");
        return `<!--\n${text}\n\nsha256 of the lines below: ${digestOf(content)} -->\n\n${content}`;
    }
    const mark = style === "hash" ? "#" : "//";
    const comment = lines.map((line) => (line === "" ? mark : `${mark} ${line}`)).join("\n");
    return `${comment}\n${mark}\n${mark} sha256 of the lines below: ${digestOf(content)}\n\n${content}`;
}

/** `edited`: the digest is there, but is of other lines. `foreign`: nobody knows where it came from. */
export type FileState = "untouched" | "edited" | "foreign";

/** What became of a file since we wrote it; line ends of Windows are no edit. */
export function stateOf(text: string): FileState {
    const plain = unixLines(text);
    const found = SEAL.exec(plain);
    if (found === null) {
        return "foreign";
    }
    const content = plain.slice(found.index + found[0].length).replace(/^\n/, "");
    return digestOf(content) === found[1] ? "untouched" : "edited";
}

/** sha256 of a file's text, in hex; line ends of Windows are no difference. */
export function textDigest(text: string): string {
    return digestOf(unixLines(text));
}

function unixLines(text: string): string {
    return text.replace(/\r\n/g, "\n");
}

function digestOf(content: string): string {
    return createHash("sha256").update(content).digest("hex");
}

/** A line that begins with two spaces is a command, and stays as it is. */
function wrap(paragraph: string): string[] {
    if (paragraph.startsWith("  ")) {
        return paragraph.split("\n");
    }
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
        if (line !== "" && line.length + 1 + word.length > WIDTH) {
            lines.push(line);
            line = word;
        } else {
            line = line === "" ? word : `${line} ${word}`;
        }
    }
    return [...lines, line];
}
