import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ImageBuild, renderPipeline } from "../../core/workflows";
import { temporaryFolder } from "../support/embedded";
import { JENKINS_PROGRAMS, jenkins } from "../support/pipelines/jenkins";
import { describeWith } from "../support/require-program";
import { EXPLORER, publishing } from "./world";

const SHARP = [
    "'",
    '"',
    "`",
    "$",
    "$(id)",
    `\${HOME}`,
    "\\",
    "\\u0041",
    "'''",
    "$$",
    "%PATH%",
    "{{",
    "#",
    ": ",
    "\t",
    "é",
    "𝛑",
    " ",
    "\n",
    "*",
    "!",
    "&",
    "-",
    "EOF",
    "\\n",
    "$[[ inputs.x ]]",
];
const text = fc
    .array(fc.oneof(fc.constantFrom(...SHARP), fc.string({ unit: "binary", maxLength: 4 })), {
        minLength: 1,
        maxLength: 8,
    })
    .map((parts) => parts.join(""))
    .filter((value) => !/[^\P{C}\n\t]/u.test(value));
const line = text.filter((value) => !value.includes("\n"));
const path = line
    .map((value) => `x${value}`)
    .filter((value) => !/:\/\//.test(value) && !value.split("/").includes(".."));

const SAMPLES = fc.sample(
    fc.record({ value: text, context: path, file: path, rule: line.map((value) => `type=raw,value=${value}`) }),
    { numRuns: 16, seed: 6 },
);
const BUILDS: ImageBuild[] = SAMPLES.map(({ context, file, rule, value }, index) => ({
    ...EXPLORER,
    image: `image-${index}`,
    context,
    file,
    buildArgs: { A: value },
    tags: [rule],
}));
const WANTED = BUILDS.map(({ buildArgs, context, file, tags }) => [
    context,
    file,
    `A=${buildArgs?.A}`,
    tags.join("\n"),
]);
const PARAMETERS = publishing({
    sign: false,
    builds: BUILDS,
    catalog: "it's $HOME\\.yaml",
    environment: `"prod" $(id)`,
});

describe("Hostile parameters", () => {
    it("stay what they are in a .gitlab-ci.yml and the shell, whoever parses it", async () => {
        const content = renderPipeline("gitlab", PARAMETERS);
        expect(load(content)).toEqual(parse(content));
        const jobs = parse(content) as Record<string, { script: string[] }>;
        const folder = await temporaryFolder();
        const held = BUILDS.map(({ image }) => {
            const [script = ""] = jobs[`publish ${image}`]?.script ?? [];
            const head = script.slice(0, script.indexOf("\ntransship() {"));
            const file = join(folder, "script.sh");
            writeFileSync(
                file,
                `${head}\nprintf '%s\\0' "$CONTEXT" "$DOCKERFILE" "$BUILD_ARG_1" "$TAG_RULES" "$CATALOG" "$ENVIRONMENT"`,
            );
            return execFileSync("sh", [file], { encoding: "utf8", env: { HOME: "/wrong" } })
                .split("\0")
                .slice(0, -1);
        });
        expect(held).toEqual(WANTED.map((values) => [...values, PARAMETERS.catalog, PARAMETERS.environment]));
    });

    it.each<[Partial<ImageBuild>, string]>([
        [{ buildArgs: { A: "a\0b" } }, "has a control character"],
        [{ buildArgs: { "A B": "x" } }, '"A B" is no name of a build argument'],
        [{ image: "a'b" }, `"a'b" is no name of an image`],
        [{ context: "../secrets" }, '"../secrets" of explorer is no path below the repository\'s root'],
        [{ context: "--push" }, '"--push" of explorer is no path'],
        [{ file: "/etc/passwd" }, "is no path below"],
        [{ target: "--load" }, '"--load" is no stage of a Dockerfile'],
        [{ platforms: [] }, "explorer is built for no platform"],
        [{ platforms: ["linux/amd64,push=true"] }, "is no platform: write linux/amd64"],
        [{ repository: "ghcr.io/KuzuDB/explorer" }, "write it in lower case"],
        [{ repository: "ghcr.io/kuzudb/explorer:latest" }, "without a tag"],
        [{ repository: "ghcr.io/x,push=false" }, "cannot be pushed to"],
        [{ tags: [] }, "explorer has no rules for tags"],
        [{ tags: ["type=sha\ntype=raw,value=latest"] }, "has a line break: write two rules"],
    ])("%j are refused", (over, sentence) => {
        for (const platform of ["gitlab", "jenkins"] as const) {
            expect(() => renderPipeline(platform, publishing({ builds: [{ ...EXPLORER, ...over }] }))).toThrow(
                sentence,
            );
        }
    });
});

describeWith([...JENKINS_PROGRAMS], "Hostile parameters, read by Jenkins' Groovy,", (programs) => {
    it("stay what they are", { timeout: 60_000 }, async () => {
        const workspace = await temporaryFolder();
        const env = { PATH: process.env.PATH ?? "", BRANCH_NAME: "none-of-them" };
        const ended = await jenkins(renderPipeline("jenkins", PARAMETERS), { workspace, env }, programs);
        expect([ended.result, ended.log]).toEqual(["SUCCESS", ""]);
        expect(ended.stages.every(({ status }) => status === "skipped")).toBe(true);
        const held = BUILDS.map(({ image }) => {
            const { BUILD_ARG_1, CATALOG, CONTEXT, DOCKERFILE, ENVIRONMENT, TAG_RULES } =
                ended.environments[`Publish ${image}`] ?? {};
            return [CONTEXT, DOCKERFILE, BUILD_ARG_1, TAG_RULES, CATALOG, ENVIRONMENT];
        });
        expect(held).toEqual(WANTED.map((values) => [...values, PARAMETERS.catalog, PARAMETERS.environment]));
    });
});
