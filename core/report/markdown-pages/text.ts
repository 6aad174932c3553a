/**
 * Text for GitHub Flavored Markdown (https://github.github.com/gfm/), as GitHub and most forges show it. Whatever a name,
 * a reason or a registry's own words hold, it stays text: no element, no mention, no second cell.
 */

/** Line breaks and other control characters, and those that turn the direction of what follows. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** An address in a text, without the punctuation after it. */
const ADDRESS = /(\bhttps?:\/\/[^\s<>"'`|\\^{}[\]]*[^\s<>"'`|\\^{}[\].,;:!?)(*_~&])/;

/** Plain text in a paragraph, a list's item or a table's cell. Addresses of http and https are links. */
export function markdownText(text: string): string {
    return oneLine(text)
        .split(ADDRESS)
        .map((part, index) => (index % 2 === 1 ? markdownLink(undefined, part) : literally(part)))
        .join("")
        .replace(/^([+=-]|\d+(?=[.)]))/, numberedEntities);
}

/** A name, a reference or a digest, as code: `` `vault:1.18` ``. */
export function markdownCode(text: string): string {
    const line = oneLine(text);
    // A code span in a cell has no way to hold a backslash before a bar; an element with entities holds anything.
    return /[`|\\]|^ | $|^$/.test(line)
        ? `<code>${line.replace(/[^A-Za-z0-9]/gu, numberedEntities)}</code>`
        : `\`${line}\``;
}

/**
 * @param label Markdown already; without it the address is shown
 * @param url an address of http or https; of anything else only the label, or its text, is left
 */
export function markdownLink(label: string | undefined, url: string): string {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
        return label ?? literally(oneLine(url));
    }
    const address = new URL(url).href.replace(/[<>\\|`\s]/g, encodeURIComponent);
    return label === undefined ? `<${address}>` : `[${label}](<${address}>)`;
}

/** A table with its header; nothing for no rows. Cells are Markdown already, each in one line. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
    if (rows.length === 0) {
        return "";
    }
    const line = (cells: readonly string[]): string =>
        `| ${header.map((_, column) => cells[column] ?? "").join(" | ")} |`;
    return [line(header), `|${header.map(() => " --- |").join("")}`, ...rows.map(line)].join("\n");
}

function literally(text: string): string {
    return (
        text
            .replace(/[\\`*_[\]~#$]/g, "\\$&")
            .replace(/&/g, "&amp;")
            .replace(/</g, "&lt;")
            .replace(/>/g, "&gt;")
            .replace(/\|/g, "&#124;")
            // A comment after it: nobody is called, `1.18@docker.io` is no address to write to, and `#1` is no issue.
            .replace(/@|(?<!&)#(?=\w)/g, "$&<!-- -->")
    );
}

function oneLine(text: string): string {
    return text.replace(CONTROLS, " ").replace(DIRECTIONS, "\ufffd");
}

function numberedEntities(text: string): string {
    return [...text].map((sign) => `&#${sign.codePointAt(0)};`).join("");
}
