import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { markdownCode, markdownLink, markdownTable, markdownText } from "../../core/report/markdown-pages";

let parse: (markdown: string) => string;

beforeAll(async () => {
    const { marked } = await import("marked");
    parse = (markdown) => marked.parse(markdown, { async: false });
});

const HOSTILE = [
    "<script>alert(1)</script>",
    "a | b || c",
    "a \\| b",
    "tick ` and `` two ```",
    "**bold** _slant_ ~~gone~~ # head",
    "[link](javascript:alert(1)) ![image](x)",
    "@acme/team and vault:1.18@docker.io",
    "a\nb\r\n| --- |",
    "1. one",
    "- two",
    "+ three",
    "=",
    "&lt; &amp; &#124;",
    "<!-- comment -->",
    "$x$ 🐳 é",
    "",
    " ",
    "\\",
];

/** What a reader sees of a cell. */
function seen(html: string): string {
    return html
        .replace(/<!-- -->/g, "")
        .replace(/<\/?(code|a)\b[^>]*>/g, "")
        .replace(/&(?:#(\d+)|lt|gt|quot|amp);/g, (entity, code) => {
            const known = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" }[entity as string];
            return known ?? String.fromCodePoint(Number(code));
        });
}

function words(text: string): string {
    return text
        .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
        .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd")
        .trim();
}

/** The cells of the one row of a table, as a real parser of GitHub's Markdown makes them. */
function cellsOf(...cells: readonly string[]): string[] {
    const html = parse(markdownTable(["one", "two", "three"], [cells]));
    expect(html.match(/<tr>/g)).toHaveLength(2);
    expect(
        html.replace(/<\/?(table|thead|tbody|tr|th|td|code)>|<a href="https?:[^"<>]*">|<\/a>|<!-- -->/g, ""),
    ).not.toMatch(/[<>]/);
    return [...html.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell]) => cell ?? "");
}

function expectSeen(text: string): void {
    const cells = cellsOf(markdownText(text), markdownCode(text), "end");
    expect(cells.map((cell) => seen(cell).trim())).toEqual([words(text), words(text), "end"]);
}

describe("Markdown", () => {
    it.each(HOSTILE)("shows %j as it is, as text and as code, each in its cell", (text) => {
        expectSeen(text);
    });

    it("shows any text as it is", () => {
        const parts = fc.constantFrom(...HOSTILE, ..."|\\`*_[]<>&@~#-+=. a1".split(""));
        fc.assert(
            fc.property(
                fc.array(fc.oneof(parts, fc.string(), fc.string({ unit: "binary" })), { maxLength: 6 }),
                (texts) => {
                    const text = texts.join("");
                    fc.pre(!/https?:/i.test(text));
                    expectSeen(text);
                },
            ),
        );
    });

    it("makes links of addresses, whole and without the full stop after them", () => {
        const [cell] = cellsOf(
            markdownText("see https://github.com/orgs/a_b_c/packages?x=1&y=2#s. Then (http://x.y/z)."),
        );
        const links = [...(cell ?? "").matchAll(/<a href="([^"]*)">/g)].map(([, href]) => href);
        expect(links).toEqual(["https://github.com/orgs/a_b_c/packages?x=1&amp;y=2#s", "http://x.y/z"]);
    });

    it("links nothing but http and https, and no address breaks out of its link", () => {
        expect(markdownLink("x", "javascript:alert(1)")).toBe("x");
        expect(markdownLink("x", "https://")).toBe("x");
        const [cell] = cellsOf(markdownLink("there", "https://example.com/a b>|<c\\d"));
        expect(cell).toBe('<a href="https://example.com/a%20b%3E%7C%3Cc/d">there</a>');
    });

    it("writes no mention and no address of mail", () => {
        expect(markdownText("@acme vault:1@docker.io")).not.toMatch(/@\w/);
    });

    it("writes a table in its short form, and none for no rows", () => {
        expect(markdownTable(["image", "digest"], [["`a`"], ["`b`", "c"]])).toBe(
            "| image | digest |\n| --- | --- |\n| `a` |  |\n| `b` | c |",
        );
        expect(markdownTable(["image"], [])).toBe("");
    });
});
