import { spawnSync } from "node:child_process";
import { afterEach, expect, it } from "vitest";
import { engineEnvironment } from "../../scripts/engine";
import { describeWith } from "../support/require-program";
import { CHECKOUT, StartRun } from "../support/start-run";

const CREDENTIALS = { TRANSSHIP_LOCAL_USER: "plain", TRANSSHIP_LOCAL_PASSWORD: "up" };

// Pulumi's own distribution has the language host; no package registry does, so CI without it says so and goes on.
describeWith(
    ["pulumi", "pulumi-language-nodejs"],
    "plain pulumi up",
    (programs) => {
        let kept: StartRun | undefined;
        afterEach(async () => {
            kept?.interrupt();
            await kept?.exitCode();
            kept = undefined;
        });

        const pulumi = (...args: string[]) => {
            const env = { ...process.env, ...engineEnvironment({ command: programs.pulumi }), ...CREDENTIALS };
            const { status, stdout, stderr } = spawnSync(
                programs.pulumi,
                [...args, "--stack", "local", "--non-interactive"],
                {
                    cwd: CHECKOUT,
                    env,
                    encoding: "utf8",
                },
            );
            return { status, text: stdout + stderr };
        };

        it("changes nothing after npm start, nor npm start after it", async () => {
            kept = new StartRun(["--keep"], CREDENTIALS);
            await kept.until("The registries stay up until Ctrl-C");
            const plain = pulumi("up", "--yes", "--suppress-outputs");
            expect(plain.status, plain.text).toBe(0);
            expect(plain.text).toMatch(/Resources:\s+5 unchanged/);
            kept.interrupt();
            expect(await kept.exitCode()).toBe(0);
            kept = undefined;
            const again = new StartRun([], CREDENTIALS);
            expect(await again.exitCode(), again.text).toBe(0);
            expect(again.text).toContain("No changes: all 5 resources are as they were");
        });

        it("says in one sentence what to start when the registries are not there", () => {
            const { status, text } = pulumi("preview");
            expect(status).not.toBe(0);
            expect(text).toContain("start them with `npm start -- --keep` in another terminal");
            expect(text).not.toMatch(/^\s+at /m);
        });
    },
    { optionalInCi: true },
);
