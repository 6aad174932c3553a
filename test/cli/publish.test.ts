import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import type { EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { imageIndex, pushTree, singleImage } from "../support/images";
import { isPlain, start } from "./command";
import { digestAt, type World, world } from "./world";

const validate = new Ajv({ allErrors: true }).compile(
    JSON.parse(readFileSync(join(__dirname, "..", "..", "docs", "report.schema.json"), "utf8")),
);
const PATH = "mirror/acme/explorer";

/** `explorer`, ours, at `hub` and `ghcr`, and built at ghcr; `vault`, somebody else's. */
async function ours(target?: Partial<EmbeddedRegistryOptions>, rest: object = {}): Promise<World & { from: string }> {
    const made = await world({
        images: (host) => ({
            explorer: {
                policy: "dual",
                source: `${host}/acme/explorer`,
                targets: ["ghcr"],
                tags: ["latest", "0.11.0"],
            },
            vault: { source: `${host}/acme/vault`, targets: ["ghcr"], tags: ["1.18"] },
        }),
        target,
        rest: { ...rest },
    });
    return { ...made, from: `${made.target.host}/${PATH}` };
}

describe("transship publish", () => {
    it("publishes a build under every tag that a workflow's variable names, and check agrees", async () => {
        const { run, source, target, from, lockOf } = await ours();
        const tree = imageIndex({ attestations: true });
        await pushTree(target.host, PATH, tree);
        const env = { TAGS: `${from}:0.11.0\n${source.host}/acme/explorer:latest\n` };
        const args = ["publish", "explorer", "--from", `${from}@${tree.root}`, "--tags-from-env", "TAGS"];
        const { code, stdout, stderr } = await run(args, { env });
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toContain(`→ explorer@hub: carried ${tree.root}\n  → 0.11.0: shows it now (new)\n`);
        expect(stdout).toContain(`✓ explorer@ghcr: has ${tree.root}, which was built there\n`);
        expect(stdout).toContain(`explorer is published as 0.11.0, latest at 2 places: ${tree.root}; `);
        expect(await digestAt(source.host, "acme/explorer", "0.11.0")).toBe(tree.root);
        expect(lockOf("default").explorer?.latest).toMatchObject({ digest: tree.root, since: expect.any(String) });
        const checked = await run(["check", "explorer"]);
        expect({ code: checked.code, vault: checked.stdout.includes("vault") }).toEqual({ code: 0, vault: false });
        const again = await run([...args.slice(0, 4), "--tag", "latest", "-t", "0.11.0"]);
        expect(again.stdout).not.toContain("→");
    });

    it("prints a document as the schema has it, of a run, a dry run and a failure", async () => {
        const { run, target, from } = await ours();
        const [first, second] = [singleImage(), singleImage()];
        await pushTree(target.host, PATH, first);
        await pushTree(target.host, PATH, second);
        const publish = async (root: string, ...more: string[]) => {
            const args = ["publish", "explorer", "--from", `${from}@${root}`, "--tag", "0.11.0", "--json", ...more];
            const { code, stdout } = await run(args);
            const document = JSON.parse(stdout);
            validate(document);
            expect(validate.errors ?? []).toEqual([]);
            expect(document.exitCode).toBe(code);
            return document;
        };
        expect(await publish(first.root, "--dry-run")).toMatchObject({
            exitCode: 0,
            dryRun: true,
            places: [{ registry: "hub", digest: "missing", tags: [{ status: "waiting" }] }, { digest: "origin" }],
        });
        expect(await digestAt(target.host, PATH, "0.11.0")).toBeUndefined();
        expect(await publish(first.root)).toMatchObject({ exitCode: 0, digest: first.root, recorded: 1, failures: [] });
        expect(await publish(second.root)).toMatchObject({
            exitCode: 1,
            failures: [{ code: "VERSION_TAKEN", registry: "hub", tag: "0.11.0" }, { registry: "ghcr" }],
        });
    });

    it.each([
        [["vault"], "policy mirror"],
        [["explorr"], 'did you mean "explorer"?'],
        [["explorer", "--tag", "-x"], "is not a tag"],
        [["explorer", "--tag", "a b; rm -rf"], "is not a tag"],
        [["explorer", "--tag", "latest.prev-0123456789ab"], "roll-back"],
        [["explorer", "--tag", "ghcr.io/acme/other:1"], "is no tag of the image"],
        [["explorer", "--tags-from-env", "NOTHING"], "names no tag"],
    ])("refuses %j with a sentence", async ([image = "", ...more], words) => {
        const { run, from, vault } = await ours();
        const ended = await run(["publish", image, "--from", `${from}@${vault.root}`, ...more]);
        expect(ended.code).toBe(2);
        expect(isPlain(ended)).toBe(true);
        expect(ended.stderr).toContain(words);
    });

    it("refuses a tag alone, and says where the digest is to be had", async () => {
        const { run, from } = await ours();
        const ended = await run(["publish", "explorer", "--from", `${from}:latest`]);
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toMatch(/names no digest, .*build-push-action.*imagetools inspect/);
    });

    it("publishes nothing into an environment that takes what another has proven", async () => {
        const { run, from, vault } = await ours(undefined, {
            environments: { dev: { upstream: "follow" }, prod: { promoteFrom: "dev" } },
        });
        const ended = await run(["publish", "explorer", "-e", "prod", "--from", `${from}@${vault.root}`]);
        expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("publish with -e dev") });
    });

    it("ends with 1 where the build is not there", async () => {
        const { run, from, vault } = await ours();
        const ended = await run(["publish", "explorer", "--from", `${from}@${vault.root}`, "-t", "latest"]);
        expect(ended).toMatchObject({
            code: 1,
            stderr: expect.stringMatching(/^transship: There is no .*push the build/),
        });
    });

    it("puts back what has moved at Ctrl-C, says so and ends with 130", async () => {
        let reached = (): void => {};
        const underWay = new Promise<void>((resolve) => {
            reached = resolve;
        });
        let go = (): void => {};
        const interrupted = new Promise<void>((resolve) => {
            go = resolve;
        });
        let isHeld = false;
        const { folder, run, source, target, from } = await ours({
            intercept: async (request, _response, { reference }) => {
                if (isHeld && request.method === "PUT" && reference === "latest") {
                    isHeld = false;
                    reached();
                    await interrupted;
                }
                return false;
            },
        });
        const [first, second] = [singleImage(), singleImage()];
        await pushTree(target.host, PATH, first);
        await pushTree(target.host, PATH, second);
        await run(["publish", "explorer", "--from", `${from}@${first.root}`, "-t", "latest"]);
        isHeld = true;
        const args = ["publish", "explorer", "--from", `${from}@${second.root}`, "-t", "latest", "-t", "0.11.0"];
        const { child, ended } = await start(args, { cwd: folder });
        await underWay;
        child.kill("SIGINT");
        await new Promise((resolve) => setTimeout(resolve, 200));
        go();
        const { code, stdout, stderr } = await ended;
        expect({ code, stderr }).toEqual({
            code: 130,
            stderr: "transship: stopped while tags moved; they show what they showed before.\n",
        });
        expect(stdout).toContain(`↩ latest: put back to ${first.root}`);
        for (const [host, path] of [
            [source.host, "acme/explorer"],
            [target.host, PATH],
        ] as const) {
            expect(await digestAt(host, path, "latest")).toBe(first.root);
            expect(await digestAt(host, path, "0.11.0")).toBeUndefined();
        }
    });
});
