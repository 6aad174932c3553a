import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readToolsModule } from "../../scripts/tools/cache";
import { CHECKOUT } from "./sources";

function project(path: string): { name?: string; main?: string; runtime?: unknown } {
    return parse(readFileSync(join(CHECKOUT, path), "utf8"));
}

function scenarios(): string[] {
    return readdirSync(join(CHECKOUT, "stacks"), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(CHECKOUT, "stacks", entry.name, "Pulumi.yaml")))
        .map((entry) => `stacks/${entry.name}/Pulumi.yaml`);
}

describe("The Pulumi projects", () => {
    it("name a file as the root's main: a folder would run the library as an empty program", () => {
        const { name, main } = project("Pulumi.yaml");
        expect(name).toBe("transship");
        expect(main).toMatch(/\.ts$/);
        expect(statSync(join(CHECKOUT, main ?? "")).isFile()).toBe(true);
    });

    it("have main: index.ts in every scenario of their own", () => {
        const wrong = scenarios().filter(
            (path) =>
                project(path).main !== "index.ts" ||
                !statSync(join(CHECKOUT, path, "..", "index.ts"), { throwIfNoEntry: false })?.isFile(),
        );
        expect(wrong).toEqual([]);
    });

    it("have no package.json below stacks/, which would break the package's reference to itself", () => {
        const found = readdirSync(join(CHECKOUT, "stacks"), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.name === "package.json")
            .map((entry) => relative(CHECKOUT, join(entry.parentPath, entry.name)));
        expect(found).toEqual([]);
    });
});

describe("Versions", () => {
    const manifest = JSON.parse(readFileSync(join(CHECKOUT, "package-lock.json"), "utf8")) as {
        packages: Record<string, { version: string; optionalDependencies?: Record<string, string> }>;
    };

    it("of packages for other platforms are all in the lock, without which npm ci refuses it", () => {
        const packages = Object.entries(manifest.packages);
        const wanted = packages.flatMap(([path, { optionalDependencies = {} }]) =>
            Object.keys(optionalDependencies).map((name) => ({ path, name })),
        );
        expect(wanted.length).toBeGreaterThan(20);
        const absent = wanted.filter(
            ({ path, name }) =>
                !manifest.packages[`node_modules/${name}`] && !manifest.packages[`${path}/node_modules/${name}`],
        );
        expect(absent).toEqual([]);
    });

    it("of the Pulumi CLI are the same for npm's download and for the build with Go", () => {
        const built = readToolsModule(CHECKOUT).tools.find(({ name }) => name === "pulumi");
        expect(built?.version).toBe(`v${manifest.packages["node_modules/pulumi"]?.version}`);
    });

    it("of the tools are each named by a line of the go.mod beside their list", () => {
        const tools = readToolsModule(CHECKOUT).tools.map(({ name, version }) => `${name} ${version}`);
        expect(tools).toEqual(
            expect.arrayContaining([
                "crane v0.20.6",
                "regctl v0.11.7",
                "regsync v0.11.7",
                "cosign v3.1.3",
                expect.stringMatching(/^oci-conformance v/),
            ]),
        );
    });

    it("of the Pulumi SDK run on the oldest Node that the package promises", () => {
        expect(manifest.packages["node_modules/@pulumi/pulumi"]?.version).toMatch(
            /^3\.(\d\d?|1\d\d|2[0-3]\d|24[0-8])\./,
        );
    });
});
