import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/embedded";
import { type Ended, isPlain, transship } from "./command";
import { world } from "./world";

const VERBS = ["check", "sync", "lock"] as const;

function expectMistake(ended: Ended, ...parts: readonly string[]): void {
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    for (const part of parts) {
        expect(ended.stderr).toContain(part);
    }
    expect(isPlain(ended)).toBe(true);
}

describe("A user's mistake is a sentence and exit 2:", () => {
    it.each([
        [["chek"], "unknown command 'chek' (Did you mean check?)"],
        [["check", "--jsno"], "unknown option '--jsno' (Did you mean --json?)"],
        [["check", "--catalog"], "argument missing"],
        [["serve", "--environment", "x"], "unknown option"],
    ])("%j", async (args, why) => {
        const ended = await transship(args);
        expectMistake(ended, why);
        expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
    });

    it("no verb at all, with the help", async () => {
        const { code, stdout, stderr } = await transship([]);
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toContain("Usage: transship");
    });

    it.each(VERBS)("a catalogue that is not there: %s", async (verb) => {
        expectMistake(await transship([verb, "-c", "nowhere.yaml"]), "nowhere.yaml");
    });

    it.each(VERBS)("an empty catalogue: %s", async (verb) => {
        const folder = await temporaryFolder();
        writeFileSync(join(folder, "catalog.yaml"), "");
        expectMistake(await transship([verb], { cwd: folder }), "catalog.yaml");
        writeFileSync(join(folder, "catalog.yaml"), "version: 1\nimages: {}\n");
        expectMistake(await transship([verb], { cwd: folder }), "catalog.yaml", "images");
    });

    it("a catalogue that is wrong, every problem at once, each with its place", async () => {
        const folder = await temporaryFolder();
        writeFileSync(
            join(folder, "catalog.yaml"),
            "version: 1\nimages:\n  vault: { source: UPPER/case/Vault, targets: [gchr], tags: [x] }\n  other: { sauce: a }\n",
        );
        const ended = await transship(["check"], { cwd: folder });
        expectMistake(ended, "catalog.yaml:3:", "catalog.yaml:4:");
        expect(ended.stderr.trimEnd().split("\n").length).toBeGreaterThan(1);
    });

    it.each(VERBS)("no environment, or an unknown one, where the catalogue has several: %s", async (verb) => {
        const { run } = await world({ rest: { environments: { dev: { upstream: "follow" }, prod: {} } } });
        expectMistake(await run([verb]), "dev, prod");
        expectMistake(await run([verb, "-e", "prdo"]), '"prdo"', 'did you mean "prod"');
    });

    it("a lock file that is none", async () => {
        const { run, folder } = await world();
        writeFileSync(join(folder, "catalog.lock.yaml"), "version: 7\n");
        expectMistake(await run(["check"]), "catalog.lock.yaml:1");
    });

    it("credentials in the environment that are none, without repeating them", async () => {
        const { run } = await world();
        const ended = await run(["check"], { env: { TRANSSHIP_CREDENTIALS: "hunter2" } });
        expectMistake(ended, "TRANSSHIP_CREDENTIALS");
        expect(ended.stderr).not.toContain("hunter2");
    });
});

describe("What a registry refuses is a sentence and exit 3:", () => {
    const auth = { kind: "bearer", users: { alice: "right" } } as const;

    it("wrong credentials, without repeating them", async () => {
        const { run } = await world({
            target: { auth },
            registries: { ghcr: { credentials: { from: "env", username: "NAME", password: "PASSWORD" } } },
        });
        const ended = await run(["check"], { env: { NAME: "alice", PASSWORD: "hunter2" } });
        expect(ended.code).toBe(3);
        expect(ended.stdout).toMatch(/\? vault:1\.18@ghcr: unknown: [^\n]+\n/);
        expect(ended.stdout).toContain("UNAUTHORIZED");
        expect(ended.stdout + ended.stderr).not.toContain("hunter2");
        expect((await run(["check"], { env: { NAME: "alice", PASSWORD: "right" } })).code).toBe(1);
    });

    it("credentials that the command does not have, and how it gets them", async () => {
        const { run } = await world({
            target: { auth },
            registries: { ghcr: { credentials: { from: "config", key: "ours" } } },
        });
        const without = await run(["check"]);
        expect(without.code).toBe(3);
        expect(without.stdout).toContain("CREDENTIALS_MISSING");
        expect(without.stderr).toContain("TRANSSHIP_CREDENTIALS");
        const env = { TRANSSHIP_CREDENTIALS: '{"ours":{"username":"alice","password":"right"}}' };
        expect((await run(["sync"], { env })).code).toBe(0);
    });

    it("a host that does not exist", async () => {
        const { run } = await world({ registries: { ghcr: { host: "registry.invalid/mirror" } } });
        const ended = await run(["check"]);
        expect(ended.code).toBe(3);
        expect(ended.stdout).toMatch(/\? vault:1\.18@ghcr: unknown: .*registry\.invalid/);
        expect(isPlain(ended)).toBe(true);
    });

    it("a registry that is down", async () => {
        const { run, target } = await world();
        await target.close();
        const ended = await run(["sync"]);
        expect(ended.code).toBe(3);
        expect(ended.stdout).toMatch(/\? vault:1\.18@ghcr: unknown: [^\n]+\n/);
    });
});
