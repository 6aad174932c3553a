import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { isPlain } from "./command";
import { mirrored, world } from "./world";

/** Two equal copies of vault:1.18. */
async function equalWorld() {
    const made = await world();
    await pushTree(made.target.host, "mirror/acme/vault", made.vault, { tag: "1.18" });
    const path = join(made.folder, "MIRRORS.md");
    const read = (): string => readFileSync(path, "utf8");
    return { ...made, path, read };
}

describe("transship sources", () => {
    it("writes the page, and the same page again, for one HEAD each", async () => {
        const { run, read, source, target } = await equalWorld();
        source.requests.reset();
        target.requests.reset();
        const first = await run(["sources", "--output", "MIRRORS.md"]);
        expect(first).toEqual({ code: 0, stdout: "MIRRORS.md is written: 1 image, consistent.\n", stderr: "" });
        expect([source.requests.snapshot(), target.requests.snapshot()]).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
        const text = read();
        expect(text).toContain(`docker pull ${target.host}/mirror/acme/vault:1.18`);
        const second = await run(["sources", "--output", "MIRRORS.md"]);
        expect(second.stdout).toBe("MIRRORS.md is as it was: 1 image, consistent.\n");
        expect(read()).toBe(text);
        expect((await run(["sources"])).stdout).toBe(text);
    });

    it("replaces what stands between its marks, and nothing else", async () => {
        const { run, read, path } = await equalWorld();
        const mine = ["# Ours", "", "<!-- transship:begin -->", "old", "<!-- transship:end -->", "", "Ask Ann."];
        writeFileSync(path, mine.join("\r\n"));
        expect((await run(["sources", "--output", "MIRRORS.md"])).code).toBe(0);
        const text = read();
        expect(text.startsWith("# Ours\r\n\r\n<!-- transship:begin -->\r\n")).toBe(true);
        expect(text.endsWith("<!-- transship:end -->\r\n\r\nAsk Ann.")).toBe(true);
        expect(text).toContain("### vault\r\n");
        expect(text).not.toContain("old");
        expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    });

    it.each([
        ["no marks", "# Ours\n", "has no place for the list"],
        ["half of them", "<!-- transship:begin -->\n", "has to hold <!-- transship:begin --> once"],
        ["them turned round", "<!-- transship:end --><!-- transship:begin -->", "once behind it"],
        [
            "one twice",
            "<!-- transship:begin --><!-- transship:begin --><!-- transship:end -->",
            "correct the two lines",
        ],
    ])("leaves a page alone that has %s, before it asks anybody", async (_what, page, sentence) => {
        const { run, read, path, source } = await equalWorld();
        writeFileSync(path, page);
        source.requests.reset();
        const ended = await run(["sources", "--output", "MIRRORS.md"]);
        expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(sentence) });
        expect(isPlain(ended)).toBe(true);
        expect(read()).toBe(page);
        expect(source.requests.total).toBe(0);
    });

    it("ends as check does, and writes the page in any case", async () => {
        const { run, read, target } = await equalWorld();
        await pushTree(target.host, "mirror/acme/vault", singleImage({ seed: "other" }), { tag: "1.18" });
        const drift = await run(["sources", "--output", "MIRRORS.md"]);
        expect([drift.code, drift.stdout]).toEqual([1, "MIRRORS.md is written: 1 image, drift.\n"]);
        expect(read()).toContain("✗ different");
        await target.close();
        expect((await run(["sources", "--output", "MIRRORS.md"])).code).toBe(3);
        expect(read()).toContain("? 1 could not be asked");
    });

    it("takes an earlier document, and then asks nobody", async () => {
        const { run, folder, source } = await equalWorld();
        const checked = await run(["check", "--json"]);
        writeFileSync(join(folder, "check.json"), checked.stdout);
        source.requests.reset();
        const { code, stdout } = await run(["sources", "--from", "check.json"]);
        expect(code).toBe(0);
        expect(stdout).toContain("✓ Every copy is as it should be");
        expect(source.requests.total).toBe(0);
    });

    it("puts the documents of shards together", async () => {
        const { run, folder, target, vault, source } = await world({
            images: (host) => ({
                vault: { ...mirrored(`${host}/acme/vault`), purpose: "ci" },
                app: mirrored(`${host}/acme/app`),
            }),
        });
        await pushTree(source.host, "acme/app", vault, { tag: "1.18" });
        for (const name of ["app", "vault"]) {
            await pushTree(target.host, `mirror/acme/${name}`, vault, { tag: "1.18" });
        }
        for (const index of [1, 2]) {
            const { stdout } = await run(["check", "--json", "--shard", `${index}/2`]);
            writeFileSync(join(folder, `${index}.json`), stdout);
        }
        const both = await run(["sources", "--from", "1.json", "2.json"]);
        expect([both.code, both.stdout.includes("### app"), both.stdout.includes("### vault")]).toEqual([
            0,
            true,
            true,
        ]);
        const ci = await run(["sources", "--from", "1.json", "2.json", "--purpose", "ci"]);
        expect([ci.code, ci.stdout.includes("### app"), ci.stdout.includes("### vault")]).toEqual([0, false, true]);
        const one = await run(["sources", "--from", "1.json"]);
        expect(one.code).toBe(3);
        expect(one.stdout).toContain("? Not everything could be looked at");
    });

    it("takes no document of another catalogue or environment, and none that is something else", async () => {
        const { run, folder } = await equalWorld();
        const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
        const { stdout } = await run(["check", "--json"]);
        write("check.json", stdout.replace(/"catalog": "sha256:./, '"catalog": "sha256:0'));
        write("other.json", stdout.replace('"environment": "default"', '"environment": "prod"'));
        write("serve.json", JSON.stringify({ schemaVersion: 1 }));
        write("cut.json", stdout.slice(0, 100));
        const cases = [
            ["check.json", "has changed since"],
            ["other.json", 'tells of the environment "prod"'],
            ["serve.json", "no document of"],
            ["cut.json", "check --json"],
            ["nowhere.json", "nowhere.json"],
        ] as const;
        for (const [name, sentence] of cases) {
            const ended = await run(["sources", "--from", name]);
            expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
            expect(isPlain(ended)).toBe(true);
        }
    });

    it("tells what equal digests do not, as check does", async () => {
        const { run, target, vault } = await world({
            images: (host) => ({ vault: { ...mirrored(`${host}/acme/vault`), critical: true } }),
        });
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        expect((await run(["sources"])).stdout).not.toContain("- **");
        await target.close();
        const { code, stdout } = await run(["sources"]);
        expect(code).not.toBe(0);
        expect(stdout).toMatch(/^- \*\*(drift|unknown|warning)\*\*: .*vault/m);
        expect((await run(["sources", "--depth", "x"])).code).toBe(2);
    });

    it("lists the images that are named, and judges by them alone", async () => {
        const { run, folder, vault, target } = await world({
            images: (host) => ({
                vault: mirrored(`${host}/acme/vault`),
                app: mirrored(`${host}/acme/app`),
            }),
        });
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        writeFileSync(join(folder, "check.json"), (await run(["check", "--json"])).stdout);
        for (const args of [[], ["--from", "check.json"]]) {
            const { code, stdout } = await run(["sources", "vault", ...args]);
            expect(code).toBe(0);
            expect(stdout).not.toContain("app");
        }
    });
});

describe("transship probe and availability", () => {
    it("measure in one region and another, are collected, and say in the page where to pull from", async () => {
        const { run, read, folder } = await equalWorld();
        for (const region of ["eu", "us"]) {
            const probed = await run(["probe", "--region", region, "--output", `${region}.json`, "--samples", "2"]);
            expect(probed).toMatchObject({ code: 0, stderr: "" });
            expect(probed.stdout).toMatch(/^✓ ghcr {2}available: HEAD .* ms, first byte .* ms, .* in .* ms$/m);
        }
        const collected = await run(["availability", "us.json", "eu.json"]);
        expect(collected.stdout).toMatch(/^eu: best (hub, then ghcr|ghcr, then hub)\n {2}ghcr {2}100 % of 2 samples/);
        const history = readFileSync(join(folder, "availability.json"), "utf8");
        expect((await run(["availability", "eu.json", "us.json", "eu.json"])).code).toBe(0);
        expect(readFileSync(join(folder, "availability.json"), "utf8")).toBe(history);
        await run(["sources", "--availability", "availability.json", "--output", "MIRRORS.md"]);
        expect(read()).toContain("From `eu` | From `us` |");
        expect(read()).toMatch(/- `us`: \*\*(hub|ghcr)\*\*, then (hub|ghcr)/);
    });

    it("ends with 3 where a registry is not available, and writes its document all the same", async () => {
        const { run, target, folder } = await equalWorld();
        await target.close();
        const { code, stdout } = await run(["probe", "--region", "eu", "--output", "eu.json", "--quiet"]);
        expect(code).toBe(3);
        expect(stdout).toMatch(/^\? ghcr {2}unavailable: 3 of 3 samples failed: .*nothing accepts connections.*\n$/);
        expect(JSON.parse(readFileSync(join(folder, "eu.json"), "utf8"))).toMatchObject({ exitCode: 3, region: "eu" });
    });

    it.each([
        [["probe"], "--region"],
        [["probe", "--region", "a/b"], "is no label"],
        [["probe", "--region", "eu", "--samples", "0"], "--samples"],
        [["probe", "--region", "eu", "--bytes", "many"], "--bytes"],
        [["probe", "--region", "eu", "--image", "valt"], 'did you mean "vault"'],
        [["availability"], "availability.json is not there"],
        [["availability", "catalog.yaml"], "is no document of transship probe"],
        [["sources", "--from", "check.json", "--signatures"], "to the check that writes it"],
        [["sources", "--time", "hour"], "minute, day, none"],
        [["sources", "--availability", "nowhere.json"], "nowhere.json is not there"],
        [["sources", "--output", "nowhere/MIRRORS.md"], "nowhere/MIRRORS.md cannot be written"],
    ])("%j is a mistake that is told in one sentence", async (args, sentence) => {
        const { run } = await equalWorld();
        const ended = await run(args);
        expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
        expect(isPlain(ended)).toBe(true);
    });

    it("take no result of the future, which would outlive all others", async () => {
        const { run, folder } = await equalWorld();
        await run(["probe", "--region", "eu", "--output", "eu.json", "--samples", "1", "--bytes", "0"]);
        const text = readFileSync(join(folder, "eu.json"), "utf8");
        writeFileSync(join(folder, "eu.json"), text.replace(/"at": "20/g, '"at": "29'));
        expect(await run(["availability", "eu.json"])).toMatchObject({
            code: 2,
            stderr: expect.stringContaining("set the clock of the machine that probed from eu"),
        });
    });
});
