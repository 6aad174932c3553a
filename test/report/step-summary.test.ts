import { beforeAll, describe, expect, it } from "vitest";
import { renderStepSummary } from "../../core/report/markdown-pages";
import { consistentDocument, documentOf, driftDocument, fleetDocument } from "./html/documents";
import { copy, digest, EVERY_VERDICT, present } from "./judged";

const KIB = 1024;

let parse: (markdown: string) => string;

beforeAll(async () => {
    const { marked } = await import("marked");
    parse = (markdown) => marked.parse(markdown, { async: false });
});

/** Rows of the table in the parsed Markdown, each with the text of its cells. */
function rowsOf(html: string): string[][] {
    return [...html.matchAll(/<tr>(.*?)<\/tr>/gs)]
        .slice(1)
        .map(([, row = ""]) =>
            [...row.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = ""]) =>
                cell.replace(/<br>/g, " / ").replace(/<[^>]*>/g, ""),
            ),
        );
}

function itemsOf(html: string): string[] {
    return [...html.matchAll(/<li>(.*?)<\/li>/gs)].map(([, item = ""]) => item.replace(/<[^>]*>/g, ""));
}

describe("the summary of a workflow's step", () => {
    it("has the outcome, a table with drift first, findings, and whole digests of what is wrong", () => {
        const text = renderStepSummary(driftDocument());
        // Not every parser lets a table begin in a paragraph.
        expect(text).toContain("consistent.\n\n|  | image |");
        const html = parse(text);
        expect(html).toContain("<h3>✗ prod: drift</h3>");
        expect(html).toMatch(/<p>7 images, 9 tags, 29 copies: 2 different, 1 missing, .*22 consistent\.<\/p>/);
        const rows = rowsOf(html);
        expect(rows).toHaveLength(9);
        expect(rows[0]?.slice(0, 2)).toEqual(["✗", "vault:1.18"]);
        expect(rows[0]?.[3]).toMatch(/^✗ [0-9a-f]{12} different$/);
        const items = itemsOf(html);
        expect(items[0]).toContain("ghcr.io/acme/explorer cannot be pulled without a login");
        expect(items).toContainEqual(
            expect.stringMatching(
                /^✗ vault:1\.18 at ghcr: different, has sha256:[0-9a-f]{64}, wants sha256:[0-9a-f]{64} \(its digest was never ours\)$/,
            ),
        );
        expect(items).toContainEqual(expect.stringMatching(/^\? postgres:17\.2 and 1 more copy at harbor: unknown/));
        expect(items).toContainEqual(
            expect.stringContaining("waived until the end of 2026-11-30 UTC: rolled back on purpose"),
        );
    });

    it("is a table alone where all is well", () => {
        const html = parse(renderStepSummary(consistentDocument()));
        expect(html).toContain("<h3>✓ prod: consistent</h3>");
        expect(rowsOf(html)).toHaveLength(9);
        expect(itemsOf(html)).toEqual([]);
    });

    it("says what a sync did", () => {
        const failure = {
            image: "a",
            tag: "1",
            registry: "r",
            repository: "a",
            reference: "1",
            code: "X",
            message: "a failed.",
        };
        const did = { command: "sync", carries: [{}, {}], failures: [failure] };
        const text = renderStepSummary(documentOf([copy()], did));
        expect(text).toContain("Carried 2 tags, 1 failed.");
        expect(itemsOf(parse(text))).toContain("✗ a failed.");
        expect(renderStepSummary(documentOf([copy()], { ...did, dryRun: true }))).toContain("Would carry 2 tags");
    });

    it("shows every verdict, a renamed tag and names with bars", () => {
        const odd = copy({
            image: "a|b",
            tag: "`x`",
            reference: "stable",
            registry: "r|s",
            verdict: "different",
            state: present("b"),
        });
        const html = parse(renderStepSummary(documentOf([...EVERY_VERDICT, odd])));
        const rows = rowsOf(html);
        expect(rows).toHaveLength(12);
        expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([5]));
        expect(rows.flat()).toContain("a&#124;b&#58;&#96;x&#96;");
        expect(rows.flat()).toContainEqual(expect.stringMatching(/^✗ b{12} as stable different$/));
    });

    it("of a thousand tags has those that tell something, and counts the rest", () => {
        const text = renderStepSummary(fleetDocument(1000));
        expect(rowsOf(parse(text))).toHaveLength(4);
        expect(text).toContain("996 tags are consistent at every registry.");
    });

    it("stays far below GitHub's limit, however much is wrong, and counts what it leaves out", () => {
        const long = "very-long-name-".repeat(6);
        const copies = Array.from({ length: 5_000 }, (_, index) =>
            copy({ image: `${long}${index}`, verdict: "different", state: present("b"), wanted: digest("a") }),
        );
        const text = renderStepSummary(documentOf(copies));
        expect(Buffer.byteLength(text)).toBeLessThan(256 * KIB);
        expect(Buffer.byteLength(text)).toBeGreaterThan(200 * KIB);
        const html = parse(text);
        const [rows, items] = [rowsOf(html), itemsOf(html)];
        expect(text).toContain(`${5_000 - rows.length} more tags that there is no room for here.`);
        expect(items.at(-1)).toBe(`… and ${5_000 - items.length + 1} more`);
        expect(html).toContain("looked at 2026-11-22T21:04:05.000Z");
    });
});
