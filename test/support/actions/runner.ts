import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../embedded";
import { type Contexts, Expressions } from "./expressions";
import { KNOWN_ACTIONS } from "./known-actions";
import { writeShims } from "./shims";

export interface RunWorkflowOptions {
    /** A folder with the repository's files. */
    readonly repository: string;
    /** Variables of the runner beside those that GitHub sets; GITHUB_* among them win. */
    readonly env?: Readonly<Record<string, string>>;
    readonly secrets?: Readonly<Record<string, string>>;
    /** Names of artifacts that get lost on their way, as of a runner that dies. */
    readonly lost?: readonly string[];
    /** `github.token`, … for expressions. */
    readonly github?: Readonly<Record<string, string>>;
    /** The registry that plays Docker Hub for log-ins. */
    readonly hub?: string;
    /** Folders with programs that the runner has, before all others. */
    readonly path?: readonly string[];
}

export interface JobResult {
    readonly result: "success" | "failure" | "skipped";
    readonly outputs: Readonly<Record<string, string>>;
    /** What its steps printed, both streams. */
    readonly log: string;
    readonly summary: string;
}

export interface WorkflowResult {
    /** By id; of a matrix `id (value, …)`. */
    readonly jobs: Readonly<Record<string, JobResult>>;
    /** By name: folders. */
    readonly artifacts: ReadonlyMap<string, string>;
}

interface YamlStep {
    readonly name: string;
    readonly id?: string;
    readonly if?: string;
    readonly env?: Record<string, string>;
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Record<string, unknown>;
    readonly "continue-on-error"?: boolean;
}

interface YamlJob {
    readonly if?: string;
    readonly needs?: string[];
    readonly env?: Record<string, string>;
    readonly outputs?: Record<string, string>;
    readonly steps: readonly YamlStep[];
    readonly strategy?: { readonly matrix: Record<string, unknown> };
}

/**
 * Runs a workflow here, step by step, as GitHub's runner would: each job in a folder of its own, `run:` by the same bash
 * command line, expressions by GitHub's evaluator, outputs and summaries by files, the actions by stand-ins. `npx` and
 * `npm` are stand-ins too: they run the built package instead of fetching it. One job at a time.
 */
export async function runWorkflow(text: string, options: RunWorkflowOptions): Promise<WorkflowResult> {
    const workflow = parse(text) as { env?: Record<string, string>; jobs: Record<string, YamlJob> };
    const run = new WorkflowRun(await Expressions.load(), await temporaryFolder(), workflow.env ?? {}, options);
    for (const [id, job] of Object.entries(workflow.jobs)) {
        await run.job(id, job);
    }
    return run;
}

type Matrix = Readonly<Record<string, unknown>>;

class WorkflowRun implements WorkflowResult {
    readonly jobs: Record<string, JobResult> = {};
    readonly artifacts = new Map<string, string>();
    private readonly needs: Record<string, { result: string; outputs: Record<string, string> }> = {};
    private readonly shims: string;
    private folders = 0;

    constructor(
        private readonly expressions: Expressions,
        private readonly root: string,
        private readonly env: Readonly<Record<string, string>>,
        private readonly options: RunWorkflowOptions,
    ) {
        this.shims = writeShims(join(root, "shims"));
    }

    async job(id: string, job: YamlJob): Promise<void> {
        const needs = Object.fromEntries((job.needs ?? []).map((name) => [name, this.needs[name]]));
        const failed = Object.values(needs).some((need) => need?.result !== "success");
        if (!this.expressions.holds(job.if, { github: this.options.github, needs }, { failed })) {
            this.jobs[id] = { result: "skipped", outputs: {}, log: "", summary: "" };
            this.needs[id] = { result: "skipped", outputs: {} };
            return;
        }
        const results: JobResult[] = [];
        for (const matrix of combinations(job.strategy?.matrix)) {
            const values = Object.values(matrix);
            const result = await this.runJob(job, matrix, needs);
            this.jobs[values.length === 0 ? id : `${id} (${values.join(", ")})`] = result;
            results.push(result);
        }
        const result = results.every((one) => one.result === "success") ? "success" : "failure";
        this.needs[id] = { result, outputs: { ...results.at(-1)?.outputs } };
    }

    private async runJob(job: YamlJob, matrix: Matrix, needs: object): Promise<JobResult> {
        const place = join(this.root, `job-${this.folders++}`);
        const files = { workspace: join(place, "work"), home: join(place, "home"), summary: join(place, "summary.md") };
        mkdirSync(files.workspace, { recursive: true });
        mkdirSync(files.home, { recursive: true });
        writeFileSync(files.summary, "");
        const { github, secrets = {} } = this.options;
        const steps: Record<string, { outputs: Record<string, string>; outcome: string }> = {};
        const contexts = (): Contexts => ({ github, secrets, vars: {}, matrix, needs, steps });
        let failed = false;
        let log = "";
        for (const [index, step] of job.steps.entries()) {
            if (!this.expressions.holds(step.if, contexts(), { failed })) {
                continue;
            }
            const env = this.fillAll({ ...this.env, ...job.env, ...step.env }, contexts());
            const output = join(place, `output-${index}`);
            const done = await this.step(step, { ...files, output }, env, contexts());
            log += `## ${step.name}\n${done.log}`;
            failed ||= !done.ok && step["continue-on-error"] !== true;
            if (step.id !== undefined) {
                steps[step.id] = {
                    outputs: { ...readOutputs(output), ...done.outputs },
                    outcome: done.ok ? "success" : "failure",
                };
            }
        }
        return {
            result: failed ? "failure" : "success",
            outputs: this.fillAll(job.outputs ?? {}, contexts()),
            log,
            summary: readFileSync(files.summary, "utf8"),
        };
    }

    private async step(
        step: YamlStep,
        files: { workspace: string; home: string; summary: string; output: string },
        env: Record<string, string>,
        contexts: Contexts,
    ): Promise<{ ok: boolean; log: string; outputs?: Readonly<Record<string, string>> }> {
        writeFileSync(files.output, "");
        if (step.run !== undefined) {
            const script = `${files.output}.sh`;
            writeFileSync(script, this.expressions.fill(step.run, contexts));
            return bash(script, files.workspace, { ...this.base(files), ...env });
        }
        const action = KNOWN_ACTIONS[(step.uses ?? "").replace(/@.*/, "")];
        if (action === undefined) {
            throw new Error(`${step.uses} cannot be run here`);
        }
        const inputs = this.fillAll(
            Object.fromEntries(Object.entries(step.with ?? {}).map(([name, value]) => [name, String(value)])),
            contexts,
        );
        const { github = {}, hub, repository } = this.options;
        if (step.uses?.startsWith("actions/upload-artifact@") && this.options.lost?.includes(inputs.name ?? "")) {
            return { ok: false, log: "The runner has received a shutdown signal.\n" };
        }
        try {
            const shared = { repository, artifacts: this.artifacts, store: this.root };
            const done = await action({ ...files, ...shared, inputs: given(inputs), env, github, hub });
            return { ok: true, log: done?.log ?? "", outputs: done?.outputs ?? {} };
        } catch (error) {
            return { ok: false, log: `${(error as Error).message}\n` };
        }
    }

    private base(files: { home: string; summary: string; output: string; workspace: string }): Record<string, string> {
        return {
            PATH: [this.shims, ...(this.options.path ?? []), process.env.PATH ?? ""].join(delimiter),
            HOME: files.home,
            CI: "true",
            GITHUB_ACTIONS: "true",
            GITHUB_OUTPUT: files.output,
            GITHUB_STEP_SUMMARY: files.summary,
            GITHUB_WORKSPACE: files.workspace,
            ...this.options.env,
        };
    }

    private fillAll(values: Readonly<Record<string, string>>, contexts: Contexts): Record<string, string> {
        return Object.fromEntries(
            Object.entries(values).map(([name, value]) => [name, this.expressions.fill(String(value), contexts)]),
        );
    }
}

/** An input that is empty is one that was not given. */
function given(inputs: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== ""));
}

/** Axes and `include`, as far as ours go: one of both. */
function combinations(matrix: Readonly<Record<string, unknown>> = {}): Matrix[] {
    const { include = [], ...axes } = matrix as Record<string, unknown[]>;
    const crossed = Object.entries(axes).reduce<Matrix[]>(
        (found, [name, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
        [{}],
    );
    return include.length > 0 ? (include as Matrix[]) : crossed;
}

/** `name=value`, a line each. */
function readOutputs(file: string): Record<string, string> {
    const lines = readFileSync(file, "utf8").split("\n");
    return Object.fromEntries(
        lines.filter((line) => line.includes("=")).map((line) => line.split(/=(.*)/s, 2) as [string, string]),
    );
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
function bash(script: string, cwd: string, env: Record<string, string>): Promise<{ ok: boolean; log: string }> {
    return new Promise((resolve, reject) => {
        const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
            cwd,
            env,
            stdio: ["ignore", "pipe", "pipe"],
        });
        let log = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding("utf8").on("data", (text: string) => {
                log += text;
            });
        }
        child.once("error", reject);
        child.once("close", (code) => resolve({ ok: code === 0, log }));
    });
}
