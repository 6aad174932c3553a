import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { describeWith } from "../support/require-program";
import { COMMAND } from "./command";
import { world } from "./world";

/** What a run writes to a terminal, which is both of its outputs: util-linux' script gives it one. */
async function onTerminal(
    script: string,
    folder: string,
    args: readonly string[],
    env: Record<string, string> = {},
    columns = 120,
) {
    const line = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(" ");
    const child = spawn(script, ["-qec", `stty cols ${columns}; ${line}`, "/dev/null"], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm", ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
    });
    const [code] = await once(child, "close");
    return { code, text };
}

const CLEAR_LINE = `${String.fromCharCode(27)}[`;

describeWith(["script"], "On a terminal", ({ script }) => {
    it("check and sync show a progress line while they work, and take it away", async () => {
        const { folder } = await world();
        const check = await onTerminal(script, folder, ["check"]);
        expect(check.code).toBe(1);
        expect(check.text).toContain("asking █");
        const sync = await onTerminal(script, folder, ["sync"]);
        expect(sync.code).toBe(0);
        expect(sync.text).toContain("carrying █");
        // The cursor comes back, and the last thing on the screen is the result.
        expect(sync.text).toContain(`${CLEAR_LINE}?25h`);
        expect(sync.text.trimEnd()).toMatch(/requests in \d+\.\d s$/);
    });

    it("colours, unless NO_COLOR says not to", async () => {
        const { folder } = await world();
        expect((await onTerminal(script, folder, ["check"])).text).toContain(`${CLEAR_LINE}33m`);
        const plain = await onTerminal(script, folder, ["check"], { NO_COLOR: "1" });
        expect(plain.text).not.toContain(`${CLEAR_LINE}33m`);
    });

    it("keeps the matrix within its width, registries below each other where there is no room", async () => {
        const { folder } = await world();
        const narrow = await onTerminal(script, folder, ["check"], { NO_COLOR: "1" }, 30);
        expect(narrow.text).toMatch(
            /\+ vault:1\.18\r\n {4}source hub {2}✓ [0-9a-f]{12}\r\n {4}ghcr {8}\+ not carried…\r\n/,
        );
        const wide = await onTerminal(script, folder, ["check"], { NO_COLOR: "1" }, 80);
        expect(wide.text).toMatch(/vault:1\.18 {2}✓ [0-9a-f]{12} hub {2}\+ not carried yet\r\n/);
    });

    it("shows no progress with --quiet", async () => {
        const { folder } = await world();
        expect((await onTerminal(script, folder, ["check", "--quiet"])).text).not.toContain("asking");
    });
});
