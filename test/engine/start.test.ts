import { createServer } from "node:net";
import { beforeAll, expect, it } from "vitest";
import { describeWithEngine } from "../support/require-program";
import { busyPorts, StartRun } from "../support/start-run";

describeWithEngine("npm start", () => {
    beforeAll(async () => {
        const busy = await busyPorts();
        if (busy.length > 0) {
            throw new Error(
                `These tests need the local registries' ports, but ${busy.join(", ")} are in use: end \`npm start\`.`,
            );
        }
    });

    it("carries the catalogue by a real up, prints the matrix, and leaves nothing running", async () => {
        const run = new StartRun();
        expect(await run.exitCode(), run.text).toBe(0);
        expect(run.text).toMatch(/✓ \d+ images, \d+ tags, (\d+) copies: \1 consistent/);
        expect(run.text).toMatch(/Of Docker Hub's pull limit \(here 200 in 6 hours\) this run spent \d+;/);
        expect(await busyPorts()).toEqual([]);
    });

    it("says when it runs again that nothing changes, and gets no manifest and no blob for it", async () => {
        const run = new StartRun();
        expect(await run.exitCode(), run.text).toBe(0);
        expect(run.text).toContain("No changes: all 5 resources are as they were");
        expect(run.text).toContain("this run spent 0;");
        expect(run.text).toMatch(/^ {2}hub +\d+ GET token, 34 HEAD manifest$/m);
        expect(run.text).not.toMatch(/GET (manifest|blob)|PUT|POST/);
    });

    it("ends on Ctrl-C in the middle of the engine's run, with no lock and no process left", async () => {
        const run = new StartRun();
        await run.until("Updating (local)");
        run.interrupt();
        expect(await run.exitCode(), run.text).toBe(130);
        expect(run.text.trimEnd()).toMatch(/Interrupted; nothing is left running\.$/);
        expect(await busyPorts()).toEqual([]);
        const next = new StartRun();
        expect(await next.exitCode(), next.text).toBe(0);
        expect(next.text).not.toContain("has left the stack locked");
    });

    it("names the port that somebody else has, and starts nothing", async () => {
        const other = createServer().listen(5553, "127.0.0.1");
        try {
            const run = new StartRun();
            expect(await run.exitCode()).toBe(1);
            expect(run.text.trim().split("\n").at(-1)).toBe(
                "Port 5553 on 127.0.0.1 is in use by another program, and the local registries need it: stop that program, then run this again.",
            );
        } finally {
            other.close();
        }
        expect(await busyPorts()).toEqual([]);
    });

    it("refuses what it does not know with its usage and exit code 2", async () => {
        const run = new StartRun(["--kep"]);
        expect(await run.exitCode()).toBe(2);
        expect(run.text).toMatch(/^Unknown: --kep\n\nUsage: npm start/);
    });
});
