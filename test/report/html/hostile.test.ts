import fc from "fast-check";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { JudgedCopy } from "../../../core/mirror";
import { browserFor, openFile } from "../../support/browser";
import { describeWith } from "../../support/require-program";
import { copy, present } from "../judged";
import { renderPage } from "./built";
import { documentOf } from "./documents";

const HOSTILE = [
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<!--<script>",
    '"><img src=x onerror="window.pwned=1">',
    "' onmouseover='window.pwned=1",
    "<img/src=x/onerror=window.pwned=1>",
    "</style><script>window.pwned=1</script>",
    "</bdi></td></tr></table><h1>gone</h1>",
    "javascript:window.pwned=1",
    'https://example.com/"onclick="window.pwned=1',
    "&lt;b&gt; &amp; &#60;",
    "🐳 é ü",
    "\u202egnp.exe\u202c",
    "\u2066שלום\u2069 עולם",
    "a\u2028b\u0000c",
    "constructor",
    "__proto__",
    "\\u003cscript>",
];
const text = fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" })), {
    minLength: 1,
    maxLength: 3,
});

/** As the page shows it: what cannot be shown, and what would turn the text around, is a mark. */
function shown(name: string): string {
    const unshown = /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
    return name.replace(unshown, "\ufffd").replace(/\r\n?/g, "\n");
}

/** A copy whose every text is one of these. */
function hostileCopies(names: readonly string[]): JudgedCopy[] {
    return names.flatMap((name, index) => [
        copy({ image: name, tag: `${index}`, role: "source", registry: name, repository: name, reason: name }),
        copy({
            image: name,
            tag: `${index}`,
            registry: `r${index % 3}${name}`,
            repository: name,
            reference: name,
            reason: name,
            verdict: "different",
            state: present("b"),
            waived: { until: name, reason: name },
        }),
    ]);
}

describeWith(["chromium"], "Whatever names and reasons hold, on the page", ({ chromium }) => {
    const browser = browserFor(chromium);

    async function open(names: readonly string[]): Promise<Page> {
        const document = documentOf(hostileCopies(names), {
            environment: names[0] ?? "",
            registries: names.map((name) => ({ name, host: name, kind: name, requests: 1 })),
            pulls: names.map((host) => ({
                host,
                registries: names,
                limit: 1,
                remaining: 1,
                windowSeconds: 0,
                keeps: 0,
            })),
            timelines: names.map((name, index) => ({
                image: name,
                tag: `${index}`,
                digest: name,
                since: name,
                history: names,
            })),
            findings: names.map((name, index) => ({
                code: name,
                severity: "drift",
                image: name,
                tag: `${index}`,
                registry: name,
                message: name,
            })),
            at: names[0] ?? "",
        });
        return openFile(browser(), renderPage(document));
    }

    async function expectHarmless(page: Page, names: readonly string[]): Promise<void> {
        await page.evaluate("document.querySelectorAll('.open').forEach((button) => button.click())");
        expect(await page.evaluate("window.pwned")).toBeUndefined();
        expect(await page.locator("script").count()).toBe(2);
        expect(await page.locator("img, iframe, h1 + h1, [onclick], [onerror], [onmouseover]").count()).toBe(0);
        expect(await page.locator("a:not([href^='#']):not([href^='http'])").count()).toBe(0);
        const rows = await page.locator("#matrix tbody tr:not(.more) th").allTextContents();
        expect([...rows].sort()).toEqual(names.map((name, index) => shown(`${name}:${index}`)).sort());
        expect(await page.locator("tr.more").count()).toBe(names.length);
    }

    it("is text: known ways out", async () => {
        await expectHarmless(await open(HOSTILE), HOSTILE);
    });

    it("is text: any", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(
                    text.map((parts) => parts.join("")),
                    { minLength: 20, maxLength: 40 },
                ),
                async (names) => {
                    const page = await open(names);
                    await expectHarmless(page, names);
                    await page.close();
                },
            ),
            { numRuns: 5, endOnFailure: true },
        );
    }, 40_000);
});
