import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCatalog } from "transship";
import { afterEach, expect, it } from "vitest";
import { engineEnvironment } from "../../scripts/engine";
import { TestStack } from "../support/engine-stack";
import { describeWith, describeWithEngine } from "../support/require-program";
import { CHECKOUT } from "../support/start-run";

const SENTENCE = "nope.yaml: it cannot be read: there is no such file; give the path of a catalogue";
const FRAME = /^\s+at .+\(.+:\d+:\d+\)$/m;

describeWithEngine("a mistake in a program that runs inline", (engine) => {
    it("is told in one sentence", async () => {
        const stack = await TestStack.open(engine, async () => {
            loadCatalog("nope.yaml", { environment: "dev" });
        });
        const run = await stack.preview();
        expect(run.ok).toBe(false);
        expect(run.text).toContain(SENTENCE);
        expect(run.text).not.toMatch(FRAME);
    });
});

describeWith(
    ["pulumi", "pulumi-language-nodejs"],
    "a mistake in a program of plain pulumi up",
    (programs) => {
        const folder = join(CHECKOUT, ".transship", "tests", randomUUID());
        afterEach(() => rmSync(folder, { recursive: true, force: true }));

        it("is told in one sentence, and at once", () => {
            mkdirSync(join(folder, "state"), { recursive: true });
            writeFileSync(join(folder, "Pulumi.yaml"), "name: mistake\nmain: index.js\nruntime: nodejs\n");
            const program = `module.exports = async () => require("transship").loadCatalog("nope.yaml", { environment: "dev" });`;
            writeFileSync(join(folder, "index.js"), program);
            const env = engineEnvironment({ command: programs.pulumi, stateDirectory: join(folder, "state") });
            const pulumi = (...args: string[]) =>
                spawnSync(programs.pulumi, [...args, "--non-interactive"], {
                    cwd: folder,
                    env: { ...process.env, ...env },
                    encoding: "utf8",
                });
            expect(pulumi("stack", "init", "dev").status).toBe(0);
            const began = Date.now();
            const { status, stdout, stderr } = pulumi("preview", "--stack", "dev");
            expect(status).not.toBe(0);
            expect(stdout + stderr).toContain(`error: ${SENTENCE}\n`);
            expect(stdout + stderr).not.toMatch(FRAME);
            // With the stack inspected it takes half a minute and more on Node 20.
            expect(Date.now() - began).toBeLessThan(25_000);
        });
    },
    { optionalInCi: true },
);
