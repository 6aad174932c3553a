import {
    mkdirSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    rmSync,
    statSync,
    symlinkSync,
    truncateSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { isPlain } from "./command";
import { mirrored, type World, type WorldOptions, world } from "./world";

/** vault:1.18 at both registries, the same there. */
async function equalWorld(options: WorldOptions = {}): Promise<World> {
    const made = await world(options);
    await pushTree(made.target.host, "mirror/acme/vault", made.vault, { tag: "1.18" });
    return made;
}

describe("--html", () => {
    it("writes the page of check, sync and report, each over the one before, beside what they print", async () => {
        const { run, folder, target } = await world({
            images: (host) => ({ vault: { ...mirrored(`${host}/acme/vault`), purpose: "ci" } }),
        });
        const page = join(folder, "report.html");
        const drift = await run(["check", "--html", "report.html", "--json"]);
        expect(drift).toMatchObject({ code: 1, stderr: "transship: wrote report.html\n" });
        expect(JSON.parse(drift.stdout)).toMatchObject({ exitCode: 1, copies: [{ purpose: "ci" }, { purpose: "ci" }] });
        expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[\s\S]*Drift: 1 of 2 copies[\s\S]*<\/html>\n$/);
        expect(readFileSync(page, "utf8")).toContain('<option value="ci">ci</option>');
        expect((await run(["sync", "--html", "report.html", "-q"])).code).toBe(0);
        expect(readFileSync(page, "utf8")).toContain("All 2 copies are the images that they should be");
        writeFileSync(join(folder, "run.json"), drift.stdout);
        target.requests.reset();
        const report = await run(["report", "run.json", "--html", "report.html"]);
        expect(report.code).toBe(1);
        expect(readFileSync(page, "utf8")).toContain("Drift: 1 of 2 copies");
        expect(target.requests.total).toBe(0);
        expect(readdirSync(folder).filter((name) => name.includes("report.html"))).toEqual(["report.html"]);
    });

    it("writes to what is no file, and keeps links: neither is replaced", async () => {
        const { run, folder } = await equalWorld();
        writeFileSync(join(folder, "page.html"), "before");
        symlinkSync("page.html", join(folder, "link.html"));
        expect((await run(["check", "-q", "--html", "link.html"])).code).toBe(0);
        expect(readlinkSync(join(folder, "link.html"))).toBe("page.html");
        expect(readFileSync(join(folder, "page.html"), "utf8")).toMatch(/^<!doctype html>/);
        expect((await run(["check", "-q", "--html", "/dev/null"])).code).toBe(0);
        expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    });

    it.each([
        ["nowhere/report.html", /--html nowhere\/report\.html cannot be written: nowhere is no folder/],
        [".", /--html \. is a folder: name the file/],
        ["", /--html names no file/],
    ])("refuses the path %j before it asks anybody", async (path, sentence) => {
        const { run, source } = await equalWorld();
        source.requests.reset();
        const ended = await run(["check", "--html", path]);
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toMatch(sentence);
        expect(isPlain(ended)).toBe(true);
        expect(source.requests.total).toBe(0);
    });

    it("that fails at last is told, costs no result, and is no success", async () => {
        const folders: string[] = [];
        const { run, folder } = await equalWorld({
            source: {
                intercept: () => {
                    folders.splice(0).forEach((one) => void rmSync(one, { recursive: true }));
                    return false;
                },
            },
        });
        mkdirSync(join(folder, "pages"));
        folders.push(join(folder, "pages"));
        const { code, stdout, stderr } = await run(["check", "--json", "--html", "pages/report.html"]);
        expect(code).toBe(3);
        expect(stderr).toBe("transship: the page pages/report.html could not be written (ENOENT).\n");
        expect(JSON.parse(stdout)).toMatchObject({ exitCode: 3, outcome: "consistent" });
    });
});

describe("GITHUB_STEP_SUMMARY", () => {
    it("gets a table of check, sync and report, each behind the one before", async () => {
        const { run, folder } = await world();
        const summary = join(folder, "summary.md");
        writeFileSync(summary, "# Before\n");
        const env = { GITHUB_STEP_SUMMARY: summary };
        const { stdout } = await run(["check", "--json"], { env });
        await run(["sync"], { env });
        writeFileSync(join(folder, "run.json"), stdout);
        await run(["report", "run.json"], { env });
        const text = readFileSync(summary, "utf8");
        expect(text.match(/^#.*$/gm)).toEqual([
            "# Before",
            "### ✗ default: drift",
            "### ✓ default: consistent",
            "### ✗ default: drift",
        ]);
        expect(text).toContain("Carried 1 tag.");
        expect(text).toMatch(/^\| \+ \| `vault:1\.18` \| ✓ `[0-9a-f]{12}` hub \| \+ not carried yet \|$/m);
    });

    it("that cannot be written, or is full, is a remark and no failure", async () => {
        const { run, folder } = await equalWorld();
        const unwritable = await run(["check"], { env: { GITHUB_STEP_SUMMARY: join(folder, "none", "summary.md") } });
        expect(unwritable.code).toBe(0);
        expect(unwritable.stderr).toMatch(
            /^transship: the step's summary .*summary\.md could not be written \(ENOENT\)\.\n$/,
        );
        const full = join(folder, "full.md");
        writeFileSync(full, "");
        truncateSync(full, 1024 * 1024 - 10);
        const ended = await run(["check"], { env: { GITHUB_STEP_SUMMARY: full } });
        expect(ended.code).toBe(0);
        expect(ended.stderr).toMatch(/is full, so this result is not in it\.\n$/);
        expect(readFileSync(full).length).toBe(1024 * 1024 - 10);
    });
});

describe("--all", () => {
    it("prints a row for each tag, where check and sync else leave out what is consistent", async () => {
        const tags = Array.from({ length: 101 }, (_, index) => `${index}`);
        const { run, source, target } = await world({
            images: (host) => ({ app: mirrored(`${host}/acme/app`, tags) }),
        });
        const image = singleImage({ seed: "app" });
        for (const tag of tags) {
            await pushTree(source.host, "acme/app", image, { tag });
            await pushTree(target.host, "mirror/acme/app", image, { tag });
        }
        const { stdout } = await run(["check"]);
        expect(stdout).toMatch(/^101 tags are consistent at every registry; --all lists them\n\n✓ 1 image, 101 tags/);
        const all = await run(["check", "--all"]);
        expect(all.stdout.split("\n").filter((line) => line.startsWith("app:"))).toHaveLength(101);
    });
});
