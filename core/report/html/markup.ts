import escapeHtml from "escape-html";

/** A piece of a page; made by `html` alone, so that no text gets into one unescaped. */
export class Markup {
    constructor(readonly text: string) {}
}

export type Content = Markup | string | number | undefined | false | readonly Content[];

/** Controls that HTML has no way to show, and marks that turn the direction of the text behind them. */
const UNSHOWN = /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Markup with every value in it escaped, also in attributes, which are written in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
    return new Markup(parts.map((part, index) => part + textOf(values[index])).join(""));
}

/** For what was escaped or hashed elsewhere: style, script, data. */
export function verbatim(text: string): Markup {
    return new Markup(text);
}

function textOf(content: Content): string {
    if (content instanceof Markup) {
        return content.text;
    }
    if (content === undefined || content === false) {
        return "";
    }
    if (typeof content === "object") {
        return content.map(textOf).join("");
    }
    return escapeHtml(String(content).replace(UNSHOWN, "\ufffd"));
}
