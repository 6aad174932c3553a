import { describe, expect, it } from "vitest";
import { type Import, importsOf, parseSource, readSource, sourcesIn, targetOf } from "./sources";

interface Room {
    /** Rooms whose code this one may load. */
    readonly loads: readonly string[];
    /** Rooms of which it may also know the types, which cost nothing at run time. */
    readonly types?: readonly string[];
}

/** The order of the house: who may lean on whom. Its words are in CONTRIBUTING.md. */
const CORE = ["core/errors", "core/oci", "core/registry", "core/catalog", "core/mirror", "core/report"];
/** Beside the carrying: they ask registries, and nothing but the command leans on them. */
const ASKING = ["core/availability", "core/doctor"];
/** What is done at GitHub. */
const AT_GITHUB = ["core/retention", "core/packages", "core/github-names", "core/github"];
const ROOMS: Readonly<Record<string, Room>> = {
    "core/errors": { loads: [] },
    "core/oci": { loads: ["core/errors"] },
    "core/aws-names": { loads: [] },
    "core/catalog": { loads: ["core/oci", "core/aws-names", "core/errors"] },
    "core/registry": {
        loads: ["core/oci", "core/github-names", "core/aws-names", "core/errors"],
        types: ["core/catalog"],
    },
    "core/ecr": { loads: ["core/catalog", "core/oci", "core/aws-names", "core/errors"] },
    "core/harbor-plan": { loads: ["core/catalog", "core/oci", "core/errors"] },
    "core/mirror": { loads: ["core/registry", "core/catalog", "core/oci", "core/github-names", "core/errors"] },
    "core/publish": { loads: ["core/mirror", "core/registry", "core/catalog", "core/oci", "core/errors"] },
    "core/availability": { loads: ["core/registry", "core/catalog", "core/oci", "core/errors"] },
    "core/doctor": { loads: ["core/registry", "core/catalog", "core/oci", "core/errors"] },
    "core/retention": { loads: ["core/mirror", "core/registry", "core/catalog", "core/oci", "core/errors"] },
    "core/report": { loads: [], types: [...CORE, ...ASKING] },
    "core/workflows": { loads: ["core/errors"], types: ["core/catalog"] },
    "core/github-names": { loads: ["core/errors"] },
    "core/github": { loads: ["core/report", "core/github-names", "core/rest", "core/errors"] },
    "core/packages": { loads: [...CORE, "core/retention", "core/github-names", "core/github"] },
    "core/rest": { loads: [] },
    "core/harbor-chart": { loads: ["core/catalog", "core/errors"] },
    "core/harbor": { loads: ["core/rest", "core/errors"] },
    "core/dockerhub": { loads: ["core/rest", "core/errors"] },
    "core/replication": {
        loads: [
            "core/harbor",
            "core/mirror",
            "core/registry",
            "core/catalog",
            "core/oci",
            "core/aws-names",
            "core/errors",
        ],
    },
    "core/lifecycle": {
        loads: [
            ...CORE,
            ...AT_GITHUB,
            "core/workflows",
            "core/replication",
            "core/harbor",
            "core/harbor-plan",
            "core/dockerhub",
            "core/rest",
            "core/aws-names",
            "core/ecr",
        ],
    },
    components: {
        loads: [
            "core/catalog",
            "core/oci",
            "core/report",
            "core/workflows",
            "core/github-names",
            "core/aws-names",
            "core/ecr",
            "core/harbor-plan",
            "core/harbor-chart",
            "core/errors",
        ],
        types: [...CORE, "core/lifecycle", "core/github"],
    },
    cli: {
        loads: [
            ...CORE,
            ...ASKING,
            "core/publish",
            "core/replication",
            "core/workflows",
            "core/github-names",
            "core/github",
            "core/retention",
            "core/packages",
        ],
    },
    stacks: { loads: [] },
    index: { loads: ["components", "core/catalog", "core/errors", "core/workflows"], types: CORE },
    lazy: { loads: ["components", "core/catalog", "core/errors", "core/workflows"], types: ["index"] },
};

/** Where Pulumi's SDK may be known; the core does the work and knows nothing of it. */
const PULUMI_ROOMS = ["components", "stacks"];

function roomOf(path: string): string {
    const parts = path.split("/");
    return parts[0] === "core" ? parts.slice(0, 2).join("/") : (parts[0] ?? "").replace(/\.ts$/, "");
}

function problem(found: Import): string | undefined {
    const room = roomOf(found.file);
    const rules = ROOMS[room];
    const place = `${found.file}:${found.line} ${found.typeOnly ? "names types of" : "loads"} ${found.specifier}`;
    if (!rules) {
        return `${found.file} is in no room of the table in test/rules/imports.test.ts`;
    }
    if (!found.specifier.startsWith(".")) {
        const pulumi = found.specifier.startsWith("@pulumi/") && !PULUMI_ROOMS.includes(room);
        const self = /^transship(\/|$)/.test(found.specifier) && room !== "stacks" && room !== "components";
        return pulumi || self ? `${place}, which is not for ${room}` : undefined;
    }
    const target = roomOf(targetOf(found));
    const allowed =
        target === room || rules.loads.includes(target) || (found.typeOnly && (rules.types ?? []).includes(target));
    return allowed ? undefined : `${place}, but ${room} may not lean on ${target}`;
}

const sources = [...sourcesIn("core", "components", "cli", "stacks"), readSource("index.ts"), readSource("lazy.ts")];

describe("Imports go one way", () => {
    it("in every file of every room", () => {
        expect(sources.length).toBeGreaterThan(50);
        expect(sources.flatMap(importsOf).flatMap((found) => problem(found) ?? [])).toEqual([]);
    });

    it.each([
        ["core/oci/x.ts", `import { a } from "../registry";`, "core/oci may not lean on core/registry"],
        ["core/mirror/x.ts", `export * from "../lifecycle";`, "core/mirror may not lean on core/lifecycle"],
        ["core/report/x.ts", `import { observe } from "../mirror";`, "core/report may not lean on core/mirror"],
        ["components/images/x.ts", `await import("../../core/lifecycle");`, "may not lean on core/lifecycle"],
        ["components/images/x.ts", `const a = require("../../core/mirror");`, "may not lean on core/mirror"],
        ["core/registry/x.ts", `import type * as p from "@pulumi/pulumi";`, "not for core/registry"],
        ["cli/x.ts", `import { x } from "../core/lifecycle";`, "cli may not lean on core/lifecycle"],
        ["stacks/images/x.ts", `import { x } from "../../core/oci";`, "stacks may not lean on core/oci"],
        ["core/mirror/x.ts", `import { x } from "transship";`, "not for core/mirror"],
        ["core/attic/x.ts", `import { x } from "../oci";`, "in no room"],
    ])("and this test would see %s with %s", (path, text, sentence) => {
        const problems = importsOf(parseSource(path, text)).flatMap((found) => problem(found) ?? []);
        expect(problems).toEqual([expect.stringContaining(sentence)]);
    });

    it.each([
        ["core/report/x.ts", `import type { Observation } from "../mirror";`],
        ["core/report/x.ts", `import { type Observation, type JudgedCopy } from "../mirror";`],
        ["core/lifecycle/x.ts", `import { observe } from "../mirror";`],
        ["core/registry/embedded/x.ts", `import { digestOf } from "../../oci"; import { y } from "../errors";`],
        ["components/images/x.ts", `import type { JudgedCopy } from "../../core/mirror";`],
        ["stacks/images/program.ts", `import * as transship from "transship";`],
    ])("which lets %s have %s", (path, text) => {
        expect(importsOf(parseSource(path, text)).flatMap((found) => problem(found) ?? [])).toEqual([]);
    });
});
