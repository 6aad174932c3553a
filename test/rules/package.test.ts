import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECKOUT } from "./sources";

/** A project of a user's, empty but for this package, as npm packs it, and its one peer that is not optional. */
let project: string;
let packed: readonly string[];

const USER_PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";

const catalog: transship.Catalog = transship.defineCatalog(
    {
        version: 1,
        registries: { ghcr: { host: "ghcr.io/acme", kind: "ghcr" } },
        images: { vault: { source: "docker.io/hashicorp/vault", tags: ["1.18"], policy: "mirror", targets: ["ghcr"] } },
    },
    { environment: pulumi.getStack() },
);
const fleet = new transship.ImageFleet("images", { catalog });
const gate = new transship.DigestGate("equal", { fleet, onDrift: "fail" });
// @ts-expect-error the compiler knows the three words
new transship.ImageFleet("wrong", { catalog, onDrift: "panic" });
export const reference: pulumi.Output<string> = fleet.ref("vault", { tag: "1.18" });
export const id = gate.id;
`;

function run(command: string, args: readonly string[], cwd = project): string {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "transship-user-"));
    const [tarball] = JSON.parse(
        run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], CHECKOUT),
    );
    packed = tarball.files.map(({ path }: { path: string }) => path);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "user", private: true }));
    const sdk = JSON.parse(readFileSync(join(CHECKOUT, "node_modules/@pulumi/pulumi/package.json"), "utf8")).version;
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    run("npm", [...install, join(project, tarball.filename), `@pulumi/pulumi@${sdk}`]);
}, 240_000);

afterAll(() => {
    rmSync(project, { recursive: true, force: true });
});

describe("The package, as npm packs it", () => {
    it("has what it needs and nothing of the workshop", () => {
        expect(packed).toEqual(
            expect.arrayContaining([
                "dist/lazy.js",
                "dist/index.d.ts",
                "dist/core/lifecycle/index.js",
                "dist/core/report/html/client/main.js",
                "catalog.schema.json",
                "monitoring/transship.rules.yml",
                "monitoring/grafana-dashboard.json",
            ]),
        );
        expect(packed.filter((path) => /^(test|scripts|stacks|bench|\.ci|\.transship)\//.test(path))).toEqual([]);
        expect(
            packed.filter((path) => /\.(test|spec)\./.test(path) || (/\.ts$/.test(path) && !/\.d\.ts$/.test(path))),
        ).toEqual([]);
    });

    it("brings no optional peer along", () => {
        expect(readdirSync(join(project, "node_modules/@pulumi"))).toEqual(["pulumi"]);
        expect(existsSync(join(project, "node_modules/@aws-sdk"))).toBe(false);
    });

    it.each([
        ["require", `const t = require("transship"); console.log(typeof t.ImageFleet, typeof t.loadCatalog)`, []],
        [
            "import",
            `import { ImageFleet, loadCatalog } from "transship"; console.log(typeof ImageFleet, typeof loadCatalog)`,
            ["--input-type=module"],
        ],
    ])("loads whole by %s", (_way, source, options) => {
        expect(run(process.execPath, [...options, "-e", source])).toBe("function function\n");
    });

    it("has the lifecycle that the providers' shims in state ask for", () => {
        const source = `import("transship/lifecycle").then((l) => console.log(typeof l.configure, typeof l.fleet.check, typeof l.gate.check, typeof l.rotation.robotSecret.check, typeof l.rotation.accessToken.check))`;
        expect(run(process.execPath, ["-e", source])).toBe(`${Array(5).fill("function").join(" ")}\n`);
    });

    it("renders a repository's files without the peer that writes them, and says in one sentence what writing takes", () => {
        const source = `
            const pulumi = require("@pulumi/pulumi"), { defineCatalog } = require("transship"), { GhcrPublisher } = require("transship/ghcr");
            pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
            const catalog = defineCatalog({ version: 1, registries: { ghcr: { host: "ghcr.io" } },
                images: { app: { policy: "dual", source: "docker.io/acme/app", tags: ["1"], targets: ["ghcr"] } } });
            const args = { catalog, images: ["app"], repository: "acme/app" };
            new GhcrPublisher("app", { ...args, delivery: "render" }).files.apply((files) => console.log(Object.keys(files).join()));
            try { new GhcrPublisher("other", args); } catch (error) { console.log(error.message); }`;
        expect(run(process.execPath, ["-e", source]).trim().split("\n").sort()).toEqual([
            ".github/transship/app.yaml,.github/workflows/app.yml",
            expect.stringMatching(
                /^writing to a repository takes the package @pulumi\/github: npm install @pulumi\/github/,
            ),
        ]);
    });

    it("says in one sentence what resources at AWS take, where their package is absent", () => {
        const source = `
            const pulumi = require("@pulumi/pulumi"), { defineCatalog } = require("transship"), { EcrRepositories } = require("transship/ecr");
            pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
            const catalog = defineCatalog({ version: 1, registries: { ecr: { host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com" } },
                images: { app: { source: "docker.io/acme/app", tags: ["1"], targets: ["ecr"] } } });
            try { new EcrRepositories("images", { catalog }); } catch (error) { console.log(error.message); }`;
        expect(run(process.execPath, ["-e", source])).toBe(
            "resources at AWS take the package @pulumi/aws: npm install @pulumi/aws\n",
        );
    });

    it("says in one sentence what Harbor on Kubernetes takes, where its package is absent", () => {
        const source = `
            const pulumi = require("@pulumi/pulumi"), { HarborRelease } = require("transship/harbor");
            pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
            try { new HarborRelease("harbor", { url: "https://harbor.example.com", tls: { issuer: "ca" }, admin: { existingSecret: "a" },
                database: { host: "pg", username: "h", existingSecret: "d" }, redis: { addresses: ["r:6379"] },
                storage: { s3: { bucket: "images", region: "r" } } }); } catch (error) { console.log(error.message); }`;
        expect(run(process.execPath, ["-e", source])).toBe(
            "resources on Kubernetes take the package @pulumi/kubernetes: npm install @pulumi/kubernetes\n",
        );
    });

    it("has a schema that editors can find", () => {
        const source = `console.log(require("transship/catalog.schema.json").$schema)`;
        expect(run(process.execPath, ["-e", source])).toMatch(/^https?:\/\/json-schema\.org\//);
    });

    it("has the rules and the dashboard that go with its metrics", () => {
        const source = `console.log(require("transship/monitoring/grafana-dashboard.json").title, require.resolve("transship/monitoring/transship.rules.yml"))`;
        expect(run(process.execPath, ["-e", source])).toMatch(/^Transship .*transship\.rules\.yml\n$/);
    });

    it("has a command", () => {
        expect(run(join(project, "node_modules/.bin/transship"), ["--help"])).toMatch(/Usage: transship/);
    });

    it("has types that compile in a user's program, its own declarations checked too", () => {
        writeFileSync(join(project, "index.ts"), USER_PROGRAM);
        const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "node16", "--types", "node"];
        const types = ["--typeRoots", join(CHECKOUT, "node_modules/@types"), "--skipLibCheck", "false"];
        const tsc = join(CHECKOUT, "node_modules/typescript/bin/tsc");
        const { stdout } = spawnSync(process.execPath, [tsc, ...flags, ...types, "index.ts"], {
            cwd: project,
            encoding: "utf8",
        });
        // What the SDK's own declarations lack is not ours to judge.
        const problems = stdout
            .split("\n")
            .filter((line) => /error TS/.test(line) && !/^node_modules\/(?!transship\/)/.test(line));
        expect(problems).toEqual([]);
    }, 120_000);
});
