import { expect, it } from "vitest";
import { browserFor, openFile, seriousFindings } from "../../support/browser";
import { describeWith } from "../../support/require-program";
import { renderPage } from "./built";
import { consistentDocument, driftDocument } from "./documents";

describeWith(["chromium"], "axe-core finds nothing serious on the page", ({ chromium }) => {
    const browser = browserFor(chromium);

    it.each([
        ["drift", "light"],
        ["drift", "dark"],
        ["consistent", "light"],
        ["consistent", "dark"],
    ] as const)("of %s, in %s, also with a row open and on a narrow screen", async (what, colorScheme) => {
        const html = renderPage(what === "drift" ? driftDocument() : consistentDocument());
        const page = await openFile(browser(), html, { colorScheme, viewport: { width: 1280, height: 900 } });
        await page.getByRole("button", { name: "vault:1.18", exact: true }).click();
        expect(await seriousFindings(page)).toEqual([]);
        await page.setViewportSize({ width: 375, height: 800 });
        expect(await seriousFindings(page)).toEqual([]);
    });

    it("and would find it", async () => {
        const page = await openFile(browser(), "<!doctype html><title>t</title><p style='color:#ccc'>pale</p><input>");
        expect((await seriousFindings(page)).join("\n")).toMatch(/color-contrast[\s\S]*label/);
    });
});
