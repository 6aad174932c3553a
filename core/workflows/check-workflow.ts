import { actionOf } from "./actions";
import { cronProblem } from "./cron";
import { WorkflowError } from "./error";
import type { Env, Job, Matrix, Step, Workflow } from "./model";

const ID = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What self-hosted runners may be called; a comma would be a list. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._ -]{0,99}$/;
const MATRIX_LABEL = /^\$\{\{ matrix\.[a-z-]+ \}\}$/;
/** GitHub ends a job after six hours, whatever it says. */
const MAX_MINUTES = 360;
/** https://docs.github.com/en/actions/reference/limits */
const MAX_MATRIX = 256;
/** Values that whoever opens an issue or names a branch chooses: no place of ours needs one. */
const UNTRUSTED = /\bgithub\s*\.\s*(?:event\b|head_ref\b|ref_name\b|ref\b)/;

/**
 * What a workflow must keep to beside its type; the renderer calls it, so that no file is written that does not. The
 * names in the messages are the file's.
 *
 * @throws WorkflowError for the first thing that is wrong
 */
export function checkWorkflow({ name, on, concurrency, env = {}, jobs }: Workflow): void {
    demand(!concurrency.group.includes("${{"), `The group of the workflow ${name} has an expression: take perRef`);
    for (const cron of on.schedule ?? []) {
        const problem = cronProblem(cron);
        if (problem !== undefined) {
            throw new WorkflowError(`The schedule ${JSON.stringify(cron)} is not understood: ${problem}.`);
        }
    }
    checkEnv(`the workflow ${name}`, env);
    if (Object.keys(jobs).length === 0) {
        throw new WorkflowError(`The workflow ${name} has no jobs.`);
    }
    for (const [id, job] of Object.entries(jobs)) {
        const place = `the job ${id}`;
        demand(ID.test(id), `The job id ${JSON.stringify(id)} is not one`);
        for (const before of job.needs ?? []) {
            demand(
                Object.hasOwn(jobs, before) && before !== id,
                `${place} needs the job ${before}, which is not there`,
            );
        }
        checkJob(place, job);
    }
}

function checkJob(place: string, job: Job): void {
    const { timeoutMinutes, runsOn, steps, outputs = {}, env = {} } = job;
    demand(
        Number.isInteger(timeoutMinutes) && timeoutMinutes >= 1 && timeoutMinutes <= MAX_MINUTES,
        `${place} has a time limit of ${timeoutMinutes} minutes: take 1 to ${MAX_MINUTES}`,
    );
    demand(runsOn.length > 0, `${place} names no runner`);
    for (const label of runsOn) {
        demand(LABEL.test(label) || MATRIX_LABEL.test(label), `${JSON.stringify(label)} is no label of a runner`);
    }
    demand(jobCount(job.matrix) <= MAX_MATRIX, `${place} would be more than ${MAX_MATRIX} jobs, which GitHub refuses`);
    checkExpressions(place, [job.if ?? "", ...Object.values(outputs)]);
    checkEnv(place, env);
    const ids = steps.flatMap(({ id }) => id ?? []);
    demand(new Set(ids).size === ids.length, `${place} has two steps of one id`);
    for (const step of steps) {
        checkStep(`the step "${step.name}" of ${place}`, step);
    }
}

function checkStep(place: string, step: Step): void {
    demand(step.id === undefined || ID.test(step.id), `${place} has an id that is not one`);
    checkEnv(place, step.env ?? {});
    checkExpressions(place, [step.if ?? ""]);
    if (step.uses === undefined) {
        demand(step.run.length > 0, `${place} runs nothing`);
        for (const line of step.run) {
            demand(!/[\n\r]/.test(line), `${place} has a line break within a line`);
            demand(!line.includes("${{"), `${place} has an expression in its script: hand the value over by env`);
        }
        return;
    }
    const { inputs, repository, always = {} } = actionOf(step.uses);
    for (const [input, value] of Object.entries(step.with ?? {})) {
        demand(
            inputs.includes(input),
            `${place} has the input ${input}, which our table of ${repository} does not name`,
        );
        demand(!Object.hasOwn(always, input), `${place} sets ${input}, which is the same in every workflow`);
        checkExpressions(place, [String(value)]);
    }
}

function checkEnv(place: string, env: Env): void {
    for (const [name, value] of Object.entries(env)) {
        demand(VARIABLE.test(name), `${place} has a variable ${JSON.stringify(name)}, which no shell can read`);
        checkExpressions(place, [value]);
    }
}

function checkExpressions(place: string, texts: readonly string[]): void {
    for (const text of texts) {
        demand(!UNTRUSTED.test(text), `${place} uses a value that a stranger may choose: ${text}`);
    }
}

function jobCount(matrix: Matrix | undefined): number {
    const axes = Object.values(matrix?.axes ?? {}).map((values) => values.length);
    return axes.reduce((product, length) => product * length, axes.length > 0 ? 1 : 0) + (matrix?.include?.length ?? 0);
}

function demand(holds: boolean, problem: string): void {
    if (!holds) {
        throw new WorkflowError(`${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`);
    }
}
