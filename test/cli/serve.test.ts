import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { isPlain, type RunOptions, start, transship } from "./command";
import { digestAt } from "./world";

async function serving(args: readonly string[], options: RunOptions = {}) {
    const root = join(await temporaryFolder(), "store");
    const command = await start(["serve", "--root", root, "--port", "0", ...args], options);
    for (let waited = 0; !command.written.stdout.includes("\n"); waited += 20) {
        if (waited > 10_000 || command.child.exitCode !== null) {
            throw new Error(`It does not serve: ${command.written.stderr}`);
        }
        await sleep(20);
    }
    const host = /at http:\/\/(\S+)/.exec(command.written.stdout)?.[1] ?? "";
    return { ...command, host, root };
}

describe("transship serve", () => {
    it("serves until Ctrl-C, and what was pushed is there the next time", async () => {
        const first = await serving([]);
        const image = singleImage();
        await pushTree(first.host, "acme/vault", image, { tag: "1" });
        first.child.kill("SIGINT");
        expect(await first.ended).toMatchObject({ code: 0 });
        const again = await start(["serve", "--root", first.root, "--port", first.host.split(":")[1] ?? ""]);
        await expect.poll(() => again.written.stdout).toContain("Serving");
        expect(await digestAt(first.host, "acme/vault", "1")).toBe(image.root);
        again.child.kill("SIGTERM");
        expect(await again.ended).toMatchObject({ code: 0 });
    });

    it("asks for credentials with --auth, and keeps the password out of the arguments", async () => {
        const { host } = await serving(["--auth", "bearer", "--user", "alice=PASSWORD", "--anonymous-pull"], {
            env: { PASSWORD: "s3cret" },
        });
        const image = singleImage();
        await expect(pushTree(host, "acme/vault", image, { tag: "1" })).rejects.toThrow("401");
        await pushTree(host, "acme/vault", image, { tag: "1", auth: { username: "alice", password: "s3cret" } });
    });

    it("limits pulls without credentials", async () => {
        const { host } = await serving(["--pull-limit", "1/3600"]);
        const image = singleImage();
        await pushTree(host, "acme/vault", image, { tag: "1" });
        const pull = () => fetch(`http://${host}/v2/acme/vault/manifests/1`, { headers: { accept: image.mediaType } });
        expect((await pull()).headers.get("ratelimit-limit")).toBe("1;w=3600");
        expect((await pull()).status).toBe(429);
    });

    it("says in one sentence that its port is in use", async () => {
        const { host } = await serving([]);
        const port = host.split(":")[1] ?? "";
        const ended = await transship(["serve", "--root", await temporaryFolder(), "--port", port]);
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toMatch(new RegExp(`^transship: Port ${port} on 127\\.0\\.0\\.1 is in use.*\\n$`));
    });

    it.each([
        [["--port", "x"], "is not a port"],
        [["--port", "70000"], "is not a port"],
        [["--pull-limit", "many"], "is not a limit"],
        [["--pull-limit", "1/0"], "is not a limit"],
        [["--auth", "digest", "--user", "a=PASSWORD"], "write basic or bearer"],
        [["--auth", "basic"], "at least one --user"],
        [["--user", "a=PASSWORD"], "need --auth"],
        [["--auth", "basic", "--user", "alice:hunter2"], "take NAME=VARIABLE"],
        [["--auth", "basic", "--user", "a=UNSET"], "UNSET for the user a is not set"],
        [["--host", "192.0.2.1"], "cannot listen on 192.0.2.1"],
        [["stray"], "too many arguments"],
    ])("refuses %j with one sentence", async (args, why) => {
        const root = await temporaryFolder();
        const ended = await transship(["serve", "--root", root, "--port", "0", ...args], { env: { PASSWORD: "p" } });
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toContain(why);
        expect(ended.stderr).not.toContain("hunter2");
        expect(isPlain(ended)).toBe(true);
    });

    it("warns where others can reach it and push", async () => {
        const { written, host } = await serving(["--host", "0.0.0.0"]);
        expect(host).toMatch(/^0\.0\.0\.0:/);
        await expect.poll(() => written.stderr).toContain("everybody who reaches this address may push");
    });
});
