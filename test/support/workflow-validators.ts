import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "./embedded";
import type { Programs } from "./require-program";

/** What `describeWith` is to find for them. */
export const VALIDATORS = ["actionlint", "zizmor", "shellcheck"] as const;
export type Validators = Programs<(typeof VALIDATORS)[number]>;

/** By validator, a line for each finding. */
export interface Findings {
    readonly actionlint: readonly string[];
    readonly parser: readonly string[];
    readonly zizmor: readonly string[];
    readonly shellcheck: readonly string[];
}

export const NO_FINDINGS: Findings = { actionlint: [], parser: [], zizmor: [], shellcheck: [] };

export interface FindingsOptions {
    /** zizmor's; `auditor` minds secrets that are in no deployment environment. @default "pedantic" */
    readonly persona?: "pedantic" | "auditor";
    /** Labels of runners that are no GitHub's. */
    readonly labels?: readonly string[];
}

/**
 * Everything that has an opinion on a workflow: actionlint (with shellcheck in it), GitHub's own parser, zizmor, and
 * shellcheck by itself over each script. Every generated workflow passes here with `NO_FINDINGS`.
 */
export async function findingsOf(
    text: string,
    validators: Validators,
    { persona = "pedantic", labels = [] }: FindingsOptions = {},
): Promise<Findings> {
    const folder = await temporaryFolder();
    const file = join(folder, ".github", "workflows", "generated.yml");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return {
        actionlint: actionlint(file, labels, validators),
        parser: await workflowParser(text),
        zizmor: zizmor(file, persona, validators),
        shellcheck: scriptsOf(text).flatMap((script) => shellcheck(script, validators)),
    };
}

interface ActionlintFinding {
    readonly message: string;
    readonly line: number;
    readonly kind: string;
}

function actionlint(
    file: string,
    labels: readonly string[],
    { actionlint: program, shellcheck }: Validators,
): string[] {
    const config = join(dirname(file), "..", "actionlint.yaml");
    writeFileSync(config, JSON.stringify({ "self-hosted-runner": { labels } }));
    const options = [
        "-no-color",
        "-config-file",
        config,
        "-shellcheck",
        shellcheck,
        "-pyflakes",
        "",
        "-format",
        "{{json .}}",
    ];
    const found = JSON.parse(run(program, [...options, file], [0, 1])) as ActionlintFinding[];
    return found.map(({ kind, line, message }) => `${line}: ${kind}: ${message}`);
}

/** The parser's package imports JSON without the attribute that Node asks for: this adds it. */
const ALLOW_JSON = `export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    return /\\/@actions\\/.*\\.json$/.test(found.url) ? { ...found, importAttributes: { type: "json" } } : found;
}`;
let isAllowed = false;

/** The parser behind GitHub's own editor and runner; its package is an ES module. */
async function workflowParser(text: string): Promise<string[]> {
    if (!isAllowed) {
        isAllowed = true;
        register(`data:text/javascript,${encodeURIComponent(ALLOW_JSON)}`);
    }
    const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
    const file = { name: ".github/workflows/generated.yml", content: text };
    const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
    if (value !== undefined) {
        await convertWorkflowTemplate(context, value);
    }
    return context.errors.getErrors().map(({ message }) => message);
}

interface ZizmorFinding {
    readonly ident: string;
    readonly desc: string;
}

function zizmor(file: string, persona: string, { zizmor: program }: Validators): string[] {
    const options = ["--offline", "--no-config", "--no-progress", "--quiet", "--format", "json", "--persona", persona];
    // 0: nothing found; 11 to 14: the highest severity that was.
    const found = JSON.parse(run(program, [...options, file], [0, 11, 12, 13, 14])) as ZizmorFinding[];
    return found.map(({ ident, desc }) => `${ident}: ${desc}`);
}

interface ShellcheckFinding {
    readonly code: number;
    readonly message: string;
}

export function shellcheck(
    script: string,
    { shellcheck: program }: Pick<Validators, "shellcheck">,
    shell: "bash" | "sh" = "bash",
): string[] {
    const found = JSON.parse(run(program, [`--shell=${shell}`, "--format=json", "-"], [0, 1], script));
    return (found as ShellcheckFinding[]).map(({ code, message }) => `SC${code}: ${message}`);
}

/** Each `run:` of a workflow. */
export function scriptsOf(text: string): string[] {
    const { jobs = {} } = parse(text) as { jobs?: Record<string, { steps?: { run?: string }[] }> };
    return Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap((step) => step.run ?? []));
}

/** A program that ends in another way has not looked: that is no "0 findings". */
function run(program: string, args: readonly string[], expected: readonly number[], input?: string): string {
    const { error, status, stderr, stdout } = spawnSync(program, args, { encoding: "utf8", input });
    if (error !== undefined || !expected.includes(status ?? -1)) {
        throw new Error(`${program} ${args.join(" ")} ended with ${error?.message ?? status}:\n${stderr}`);
    }
    return stdout;
}
