import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { temporaryFolder } from "./embedded";

const CHECKOUT = join(__dirname, "..", "..");
/** What CI keeps, to be looked at. */
const SCREENSHOTS = join(CHECKOUT, ".ci", "out", "screenshots");

/** Debian's chromium, with a profile of its own that is gone afterwards, and nothing that calls home. */
function launchBrowser(executablePath: string): Promise<Browser> {
    return chromium.launch({
        executablePath,
        args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    });
}

/** The page of a file, as a user opens it; closed with the test. */
export async function openFile(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<Page> {
    const file = join(await temporaryFolder(), "report.html");
    writeFileSync(file, html);
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    return page;
}

export async function keepScreenshot(page: Page, name: string, fullPage = true): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
}

/** What axe-core finds to be serious or critical: rule, and where. */
export async function seriousFindings(page: Page): Promise<string[]> {
    const source = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(source);
    const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as {
        violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[];
    };
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}

/** One browser for the tests of a group; it is open while they run. */
export function browserFor(program: string): () => Browser {
    let browser: Browser | undefined;
    beforeAll(async () => {
        browser = await launchBrowser(program);
    });
    afterAll(async () => {
        await browser?.close();
    });
    return () => browser as Browser;
}
