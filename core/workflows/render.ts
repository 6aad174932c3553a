import { isMap } from "yaml";
import { actionOf } from "./actions";
import { checkWorkflow } from "./check-workflow";
import { expression } from "./expression";
import type { Concurrency, Job, Matrix, Permissions, Step, Triggers, Workflow } from "./model";
import { annotated, block, renderYaml, spaceItems } from "./yaml";

type Plain = Record<string, unknown>;

/**
 * The workflow as YAML, the same text for the same workflow: keys in the order of GitHub's own documentation, nothing
 * folded, each action with its version as a comment, each permission with its reason.
 *
 * @throws WorkflowError where it does what no workflow may
 */
export function renderWorkflow(workflow: Workflow): string {
    checkWorkflow(workflow);
    const { concurrency, env, jobs, name, on } = workflow;
    const content = {
        name,
        on: triggers(on),
        // Nothing, unless a job asks for it.
        permissions: {},
        concurrency: concurrencyOf(concurrency),
        ...filled("env", env),
        // With this name GitHub runs bash --noprofile --norc -eo pipefail, also where a container's default is sh.
        defaults: { run: { shell: "bash" } },
        jobs: Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, jobOf(job)])),
    };
    return renderYaml(content, spaceOut);
}

function triggers({ schedule = [], workflowDispatch, push, pullRequest, release }: Triggers): Plain {
    return {
        ...(schedule.length > 0 && { schedule: schedule.map((cron) => ({ cron })) }),
        ...(workflowDispatch && { workflow_dispatch: null }),
        ...(push && { push }),
        ...(pullRequest && { pull_request: Object.keys(pullRequest).length === 0 ? null : pullRequest }),
        ...(release && { release: { types: [release] } }),
    };
}

function concurrencyOf({ group, perRef = false, cancelInProgress = false }: Concurrency): Plain {
    return {
        group: perRef ? `${group}-${expression("github.ref")}` : group,
        "cancel-in-progress":
            cancelInProgress === "pull-requests" ? expression("github.event_name == 'pull_request'") : cancelInProgress,
    };
}

function jobOf(job: Job): Plain {
    const { runsOn } = job;
    return {
        name: job.name,
        ...(job.needs && { needs: job.needs }),
        ...(job.if && { if: expression(job.if) }),
        "runs-on": runsOn.length === 1 ? runsOn[0] : runsOn,
        "timeout-minutes": job.timeoutMinutes,
        ...(job.environment && { environment: job.environment }),
        ...filled("permissions", permissions(job.permissions ?? {})),
        ...(job.matrix && { strategy: strategy(job.matrix) }),
        ...filled("outputs", mapValues(job.outputs ?? {}, expression)),
        ...filled("env", job.env),
        steps: job.steps.map(stepOf),
    };
}

function permissions(granted: Permissions): Plain {
    return Object.fromEntries(
        Object.entries(granted).map(([scope, { access, why }]) => [scope, annotated(access, why)]),
    );
}

/** One that fails proves nothing of the others: they all go on. */
function strategy({ include, axes, maxParallel }: Matrix): Plain {
    return {
        "fail-fast": false,
        ...(maxParallel !== undefined && { "max-parallel": maxParallel }),
        matrix: { ...axes, ...(include && { include }) },
    };
}

function stepOf(step: Step): Plain {
    const head = {
        name: step.name,
        ...(step.id && { id: step.id }),
        ...(step.if && { if: expression(step.if) }),
        ...(step.continueOnError && { "continue-on-error": true }),
    };
    if (step.uses === undefined) {
        return { ...head, ...filled("env", step.env), run: block(["set -euo pipefail", ...step.run]) };
    }
    const { always, commit, repository, version } = actionOf(step.uses);
    const inputs = { ...step.with, ...always };
    return {
        ...head,
        uses: annotated(`${repository}@${commit}`, version),
        ...filled("env", step.env),
        ...filled("with", inputs),
    };
}

/** Nothing for an empty map, which GitHub's parser takes for a mistake. */
function filled(key: string, value: Plain | undefined): Plain {
    return value === undefined || Object.keys(value).length === 0 ? {} : { [key]: value };
}

function mapValues(values: Readonly<Record<string, string>>, change: (value: string) => string): Plain {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

/** An empty line before each part of the file, each job, and each step but the first of its list. */
function spaceOut(contents: unknown): void {
    spaceItems(contents);
    const jobs = isMap(contents) ? contents.get("jobs") : undefined;
    spaceItems(jobs);
    for (const job of isMap(jobs) ? jobs.items : []) {
        spaceItems(isMap(job.value) ? job.value.get("steps") : undefined);
    }
}
