import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMAND, transship } from "../../cli/command";
import { type AwsApiRecorder, recordAwsApi, tokenAnswer } from "../../support/aws/api-recorder";
import { embedded, temporaryFolder } from "../../support/embedded";
import { pushTree, singleImage } from "../../support/images";

const DIST = join(COMMAND, "..", "..");
const OF_AWS = /node_modules\/(?:@aws-sdk|@smithy|@aws-crypto|@aws)\//;

let api: AwsApiRecorder;
let env: Record<string, string>;

beforeEach(async () => {
    api = await recordAwsApi((call) => tokenAnswer(call, "password", Date.now() + 12 * 3_600_000));
    env = { AWS_ENDPOINT_URL: api.url, AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s" };
});
afterEach(() => api.close());

/** A preloaded script that writes down which modules a process has loaded by its end. */
async function spy(): Promise<{ readonly hook: string; readonly ofAws: () => string[] }> {
    const folder = await temporaryFolder();
    const [hook, list] = [join(folder, "hook.cjs"), join(folder, "loaded.json")];
    writeFileSync(
        hook,
        `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`,
    );
    const ofAws = () => {
        const files = JSON.parse(readFileSync(list, "utf8")) as string[];
        expect(files.length).toBeGreaterThan(3);
        return files.filter((file) => OF_AWS.test(file));
    };
    return { hook, ofAws };
}

/** What `transship check` of one image at a registry of ECR's kind loads of the SDK, and says. */
async function check(kind: string, credentials: object, auth: string) {
    const registry = await embedded({ auth: { kind: "basic", users: { AWS: "password" } } });
    await pushTree(registry.host, "app", singleImage({ seed: "app" }), {
        tag: "1",
        auth: { username: "AWS", password: "password" },
    });
    const folder = await temporaryFolder();
    const catalog = {
        version: 1,
        registries: { place: { host: registry.host, kind, insecure: true, credentials } },
        images: { app: { policy: "keep", source: `${registry.host}/app`, tags: ["1"], referrers: false } },
    };
    writeFileSync(join(folder, "catalog.yaml"), JSON.stringify(catalog));
    const config = { auths: { [registry.host]: { auth } } };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const { hook, ofAws } = await spy();
    const ended = await transship(["check", "--json"], {
        cwd: folder,
        env: { ...env, DOCKER_CONFIG: folder, NODE_OPTIONS: `--require=${hook}` },
    });
    return { ended, ofAws: ofAws() };
}

const LOGIN = Buffer.from("AWS:password").toString("base64");

describe("The AWS SDK is loaded", () => {
    it("by a check where a registry's credentials come from AWS, without a word on Node's version or of its own", async () => {
        const { ended, ofAws } = await check("ecr", { from: "aws", region: "eu-west-1" }, "");
        expect(ended.stderr).toBe("");
        expect(JSON.parse(ended.stdout)).toBeTypeOf("object");
        expect(ended.code).toBe(0);
        expect(ofAws.length).toBeGreaterThan(10);
        expect(api.list()).toEqual(["ecr:GetAuthorizationToken@eu-west-1"]);
    });

    it.each([
        ["another kind of registry", "distribution"],
        ["ECR whose login is Docker's", "ecr"],
    ])("by no check of %s", async (_title, kind) => {
        const { ended, ofAws } = await check(kind, { from: "docker" }, LOGIN);
        expect(ended.code).toBe(0);
        expect(ofAws).toEqual([]);
        expect(api.list()).toEqual([]);
    });

    it.each([
        ["the package", "lazy.js"],
        ["the lifecycle behind dynamic resources", "core/lifecycle/index.js"],
        ["the registry's client", "core/registry/index.js"],
    ])("neither by %s", async (_title, file) => {
        const { hook, ofAws } = await spy();
        // Lazy getters are touched as well: what they load counts.
        const touch = `const all = require(${JSON.stringify(join(DIST, file))}); for (const name of Object.keys(all)) { void all[name]; }`;
        execFileSync(process.execPath, [`--require=${hook}`, "-e", touch]);
        expect(ofAws()).toEqual([]);
    });
});
