import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EngineParts, engineEnvironment, ensureEngine, locateEngine } from "../../scripts/engine";
import type { EngineDecision } from "../../scripts/engine/decide";
import { downloadEngine } from "../../scripts/engine/download";
import { pinnedVersion } from "../../scripts/engine/locate";

let directory: string;
beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "transship-engine-"));
});
afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
});

function script(path: string, body: string): string {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
}

/** A killed child of a killed parent may stay in the table until init has waited for it; it runs no more then. */
function isGone(pid: number): boolean {
    try {
        return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
        return true;
    }
}

describe("Looking for the Pulumi CLI", () => {
    it("asks every one on PATH for its version, and takes the first good one", () => {
        script(join(directory, "old", "pulumi"), "echo v3.10.0");
        script(join(directory, "broken", "pulumi"), "exit 3");
        const good = script(join(directory, "good", "bin", "pulumi"), "echo v3.251.0");
        const path = ["old", "broken", join("good", "bin"), "absent"].map((name) => join(directory, name));
        const found = locateEngine({ PATH: path.join(delimiter), PULUMI_HOME: join(directory, "home") });
        expect(found).toEqual({ how: "path", cli: { command: good, version: "3.251.0" } });
    });

    it("does not run npm's wrapper, which downloads when it is asked for its version", () => {
        const ran = join(directory, "ran");
        const wrapper = script(join(directory, "node_modules", "pulumi", "run.js"), `touch ${ran}; echo v3.250.0`);
        mkdirSync(join(directory, "node_modules", ".bin"));
        symlinkSync(wrapper, join(directory, "node_modules", ".bin", "pulumi"));
        const path = join(directory, "node_modules", ".bin");
        const found = locateEngine({ PATH: path, PULUMI_HOME: join(directory, "home") });
        expect(found.how).toBe("acquire");
        expect(() => rmSync(ran)).toThrow("ENOENT");
    });

    it("finds the pinned version in the cache below PULUMI_HOME", () => {
        const home = join(directory, "home");
        const cached = script(join(home, "versions", pinnedVersion(), "bin", "pulumi"), `echo v${pinnedVersion()}`);
        expect(locateEngine({ PATH: "", PULUMI_HOME: home })).toEqual({
            how: "cache",
            cli: { command: cached, version: pinnedVersion() },
        });
    });

    it("takes an empty file for what an interrupted download leaves, not for a CLI", () => {
        const bin = join(directory, "home", "versions", pinnedVersion(), "bin");
        mkdirSync(bin, { recursive: true });
        writeFileSync(join(bin, "pulumi"), "", { mode: 0o755 });
        expect(locateEngine({ PATH: "", PULUMI_HOME: join(directory, "home") }).how).toBe("acquire");
    });
});

describe("Getting the Pulumi CLI", () => {
    const absent: EngineDecision = { how: "acquire", why: "there is no Pulumi CLI on PATH" };
    const cached: EngineDecision = { how: "cache", cli: { command: "/c/bin/pulumi", version: "3.250.0" } };

    function fake(answers: EngineDecision[], parts: Partial<EngineParts> = {}) {
        const calls: string[] = [];
        const log: string[] = [];
        const all: EngineParts = {
            locate: () => answers.shift() ?? absent,
            download: async () => {
                calls.push("download");
                return "getaddrinfo ENOTFOUND get.pulumi.com";
            },
            go: () => "/usr/bin/go",
            build: async () => calls.push("build"),
            ...parts,
        };
        return { calls, log, run: () => ensureEngine({ log: (line) => log.push(line), parts: all }) };
    }

    it("says nothing and gets nothing where one is cached", async () => {
        const { calls, log, run } = fake([cached]);
        await expect(run()).resolves.toEqual({
            root: "/c",
            command: "/c/bin/pulumi",
            version: "3.250.0",
            how: "cache",
        });
        expect([calls, log]).toEqual([[], []]);
    });

    it("downloads first, and does not build when that was enough", async () => {
        const { calls, run } = fake([absent, cached], { download: async () => undefined });
        await expect(run()).resolves.toMatchObject({ how: "download", root: "/c" });
        expect(calls).toEqual([]);
    });

    it("builds with Go where the download fails, with one line that says why and how long", async () => {
        const { calls, log, run } = fake([absent, absent, cached]);
        await expect(run()).resolves.toMatchObject({ how: "built" });
        expect(calls).toEqual(["download", "build"]);
        expect(log.at(-1)).toBe(
            "The Pulumi CLI could not be downloaded (getaddrinfo ENOTFOUND get.pulumi.com): building it with Go, once, in about 6 minutes on 2 cores.",
        );
    });

    it("ends with one sentence that says what to do where there is no Go either", async () => {
        const { run } = fake([absent, absent], { go: () => undefined });
        await expect(run()).rejects.toMatchObject({
            code: "ENGINE_MISSING",
            message: expect.stringMatching(
                /^The Pulumi CLI is needed, .*ENOTFOUND.* install Go, and run this again\.$/,
            ),
        });
    });
});

describe("The npm package's download", () => {
    it("is given up after its time, with all that it has started", async () => {
        const wrapper = join(directory, "run.js");
        const pidFile = join(directory, "pid");
        writeFileSync(
            wrapper,
            `const { spawn } = require("node:child_process");
             const child = spawn("sleep", ["60"], { stdio: "inherit" });
             require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));`,
        );
        const began = Date.now();
        await expect(downloadEngine({ log: () => {}, wrapper, timeout: 4000 })).resolves.toBe("no end after 4 s");
        expect(Date.now() - began).toBeLessThan(15_000);
        const child = Number(readFileSync(pidFile, "utf8"));
        expect(isGone(child)).toBe(true);
    });

    it("hands on the last line of what went wrong", async () => {
        const wrapper = join(directory, "run.js");
        writeFileSync(
            wrapper,
            `process.stderr.write("Downloading pulumi v1...\\npulumi: fetch failed\\n"); process.exitCode = 1;`,
        );
        const log: string[] = [];
        await expect(downloadEngine({ log: (line) => log.push(line), wrapper })).resolves.toBe("pulumi: fetch failed");
        expect(log).toEqual(["Downloading pulumi v1..."]);
    });
});

describe("The engine's environment", () => {
    it("puts the CLI and the dynamic provider on PATH, and asks nothing on the terminal", () => {
        const made = engineEnvironment({
            command: "/c/bin/pulumi",
            stateDirectory: "/some where/state",
            env: { PATH: "/usr/bin" },
        });
        expect(made.PATH?.split(delimiter)).toEqual([
            "/c/bin",
            expect.stringMatching(/node_modules\/@pulumi\/pulumi$/),
            expect.any(String),
            "/usr/bin",
        ]);
        expect(made).toMatchObject({
            PULUMI_BACKEND_URL: "file:///some%20where/state",
            PULUMI_CONFIG_PASSPHRASE: "",
            PULUMI_SKIP_UPDATE_CHECK: "true",
        });
    });

    it("keeps the passphrase of a user who has one", () => {
        const set = engineEnvironment({ command: "/c/bin/pulumi", env: { PULUMI_CONFIG_PASSPHRASE: "own" } });
        expect(set.PULUMI_CONFIG_PASSPHRASE).toBe("own");
        const file = engineEnvironment({ command: "/c/bin/pulumi", env: { PULUMI_CONFIG_PASSPHRASE_FILE: "/p" } });
        expect(file.PULUMI_CONFIG_PASSPHRASE).toBeUndefined();
    });
});
