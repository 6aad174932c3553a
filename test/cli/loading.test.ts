import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/embedded";
import { COMMAND, transship } from "./command";
import { world } from "./world";

const PACKAGE = join(COMMAND, "..", "..", "..");

/** What a run has loaded by its end: our files, and packages by their names. */
async function loadedBy(args: readonly string[], cwd?: string): Promise<string[]> {
    const folder = await temporaryFolder();
    const [hook, list] = [join(folder, "hook.cjs"), join(folder, "loaded.json")];
    writeFileSync(
        hook,
        `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`,
    );
    await transship(args, { cwd, env: { NODE_OPTIONS: `--require=${hook}` } });
    const files = (JSON.parse(readFileSync(list, "utf8")) as string[])
        .filter((file) => file !== hook)
        .map((file) => relative(PACKAGE, file).split(sep).join("/"));
    return [...new Set(files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file))];
}

describe("A run loads what it needs, since loading is most of what a small one costs:", () => {
    it("help no verb, no catalogue and no client", async () => {
        const loaded = await loadedBy(["--help"]);
        expect(loaded.filter((name) => !name.startsWith("dist/"))).toEqual(["commander"]);
        expect(loaded.filter((name) => /verbs\/(?!index)|core\/(?!errors)/.test(name))).toEqual([]);
    });

    it("check no other verb, no registry server, no progress bar and nothing of Pulumi's", async () => {
        const { folder } = await world();
        const loaded = await loadedBy(["check"], folder);
        expect(loaded).toContain("dist/cli/verbs/check.js");
        expect(loaded).toContain("undici");
        const unwanted =
            /verbs\/(?!index|check)|registry\/embedded|lifecycle|components|cli-progress|prom-client|@pulumi|@aws-sdk|mirror\/(?:carry|convoy|broadcast|blob-carrier)|report\/metrics|^yaml$|^semver$|^picomatch$/;
        expect(loaded.filter((name) => unwanted.test(name))).toEqual([]);
    });

    it("serve no catalogue and no client", async () => {
        const loaded = await loadedBy(["serve", "--port", "x"]);
        expect(
            loaded.filter((name) => /core\/(catalog|mirror)|registry\/client|undici|js-yaml|valibot/.test(name)),
        ).toEqual([]);
    });
});
