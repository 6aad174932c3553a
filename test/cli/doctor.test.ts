import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedded } from "../support/embedded";
import { pushTree } from "../support/images";
import { isPlain, transship } from "./command";
import { world } from "./world";

describe("transship doctor", () => {
    it("examines every registry of the catalogue, a line for each check, and ends with 0 where all are well", async () => {
        const { run, source, target } = await world();
        source.requests.reset();
        const { code, stdout, stderr } = await run(["doctor"]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toContain(`ghcr: ${target.host} (distribution)\n`);
        expect(stdout).toContain(`hub: ${source.host} (distribution)\n`);
        expect(stdout).toMatch(/^ {2}✓ ok {7}pull {9}may read .*\/acme\/vault:1\.18, sha256:/m);
        expect(stdout).toMatch(
            /^ {2}- skipped {2}limit {8}not asked: nothing is known to be there \(the same: platforms, layers, /m,
        );
        expect(stdout).toMatch(/✓ 2 registries are well\n$/);
        expect((await run(["doctor", "--quiet"])).stdout).toBe("");
        expect(source.requests.count({ method: "POST" })).toBe(0);
    });

    it("ends with 1 where something is wrong, with what to do below it; quietly that alone", async () => {
        const { run, target } = await world();
        await target.close();
        const { code, stdout } = await run(["doctor"]);
        expect(code).toBe(1);
        expect(stdout).toMatch(
            /✗ wrong {4}connect {6}nothing accepts connections at 127\.0\.0\.1 port \d+\n {26}→ check that/,
        );
        expect(stdout).toMatch(/✗ wrong: ghcr \(connect\)\n$/);
        const quiet = await run(["doctor", "-q"]);
        expect(quiet.stdout.split("\n")).toHaveLength(4);
    });

    it("ends with 3 where something could not be told, and nothing is wrong", async () => {
        const busy = await embedded({ requestLimit: { limit: 0, windowSeconds: 60 } });
        const { code, stdout } = await transship(["doctor", busy.host, "--insecure"]);
        expect(code).toBe(3);
        expect(stdout).toContain("? unknown  api");
    });

    it("examines one registry of the catalogue by its name or its host, with its settings", async () => {
        const { run, source } = await world();
        for (const name of ["hub", source.host, `http://${source.host}/`]) {
            const { code, stdout } = await run(["doctor", name]);
            expect([code, stdout.split("\n")[0]]).toEqual([0, `hub: ${source.host} (distribution)`]);
        }
    });

    it("examines a host without a catalogue, and an image there", async () => {
        const registry = await embedded();
        const { vault } = await world();
        await pushTree(registry.host, "acme/app", vault, { tag: "2" });
        const asked = await transship(["doctor", registry.host, "--insecure", "--image", "acme/app:2"]);
        expect([asked.code, asked.stderr]).toEqual([0, ""]);
        expect(asked.stdout).toContain(`may read ${registry.host}/acme/app:2`);
        const missing = await transship(["doctor", registry.host, "--insecure", "--image", "acme/app:3"]);
        expect(missing.code).toBe(1);
        expect(missing.stdout).toContain(`there is no ${registry.host}/acme/app:3`);
        expect((await transship(["doctor", registry.host])).stdout).toContain('set "insecure: true"');
        expect((await transship(["doctor", "registry.invalid"])).stdout).toContain("is not known to DNS");
    });

    it("examines a host where the catalogue is the thing that is wrong, and says that it is left aside", async () => {
        const { run, folder } = await world();
        const registry = await embedded();
        writeFileSync(join(folder, "catalog.yaml"), "version: 7\n");
        const { code, stderr } = await run(["doctor", registry.host, "--insecure"]);
        expect(code).toBe(0);
        expect(stderr).toMatch(/^transship: the catalogue is left aside, .*catalog\.yaml:1/);
    });

    it("never shows a credential, whatever is wrong with it", async () => {
        const auth = { kind: "bearer", users: { me: "right-word" } } as const;
        const credentials = { from: "env", username: "NAME", password: "WORD" };
        const { run } = await world({ target: { auth }, registries: { ghcr: { credentials } } });
        const missing = await run(["doctor", "ghcr"]);
        expect(missing.stdout).toContain("The environment variables NAME and WORD");
        const wrong = await run(["doctor", "ghcr"], { env: { NAME: "me", WORD: "wrong-word" } });
        expect(wrong.code).toBe(1);
        expect(wrong.stdout).toMatch(/✗ wrong {4}login/);
        const right = await run(["doctor", "ghcr", "--push"], { env: { NAME: "me", WORD: "right-word" } });
        expect(right.code).toBe(0);
        expect([missing, wrong, right].map(({ stdout, stderr }) => stdout + stderr).join()).not.toMatch(
            /(right|wrong)-word/,
        );
    });

    it.each([
        [["doctor", "nohost"], "the catalogue has no registry of that name"],
        [["doctor", "me:secret@h.example"], "a registry is a host without a user name"],
        [["doctor", "--image", "acme/app:1"], "--image goes with a host"],
        [["doctor", "h.example", "--image", "h.example/acme/app:1:2"], "write acme/app:1.0"],
        [["doctor", "hub", "--insecure"], 'The catalogue has the registry "hub"'],
        [["doctor", "-c", "nowhere.yaml"], "nowhere.yaml"],
    ])("%j is a mistake that is told in one sentence", async (args, sentence) => {
        const { run } = await world();
        const ended = await run(args);
        expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(sentence) });
        expect(isPlain(ended)).toBe(true);
        expect(ended.stderr).not.toContain("me:secret");
    });
});
