import type { ActionName } from "./actions";

/**
 * A GitHub Actions workflow, as far as ours need one: everything that a workflow should not do has no word here. There
 * is no `pull_request_target` and no `workflow_run` (a stranger's code beside our secrets), no action without its
 * commit, no job without a time limit, no permission without its reason.
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax)
 */
export interface Workflow {
    /** What the list of workflows shows. */
    readonly name: string;
    readonly on: Triggers;
    /** Runs of one group wait for each other. */
    readonly concurrency: Concurrency;
    /** For all jobs. Nothing secret: a secret belongs to the one step that needs it. */
    readonly env?: Env;
    /** By id, in the order of the file. */
    readonly jobs: Readonly<Record<string, Job>>;
}

export interface Triggers {
    /** Five fields, in UTC. */
    readonly schedule?: readonly string[];
    /** Started by hand. */
    readonly workflowDispatch?: true;
    readonly push?: ChangeFilter & { readonly tags?: readonly string[] };
    readonly pullRequest?: ChangeFilter;
    /** A release is published. */
    readonly release?: "published";
}

export interface ChangeFilter {
    readonly branches?: readonly string[];
    readonly paths?: readonly string[];
}

export interface Concurrency {
    /** A plain text. */
    readonly group: string;
    /**
     * A group for each branch, tag and pull request, by its ref: the one place of a workflow where a ref may stand, since
     * a group's name is compared and nothing else. (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#concurrency)
     */
    readonly perRef?: boolean;
    /** Whether a new run ends an older one; `pull-requests`: only of a pull request. @default false */
    readonly cancelInProgress?: boolean | "pull-requests";
}

export type Env = Readonly<Record<string, string>>;

/** A scope of the job's own token. */
export type PermissionScope = "actions" | "contents" | "id-token" | "issues" | "packages" | "pull-requests";

/** What a job's token may do. What is not named, it may not. */
export type Permissions = Readonly<Partial<Record<PermissionScope, Grant>>>;

export interface Grant {
    readonly access: "read" | "write";
    /** What for: the comment beside it. */
    readonly why: string;
}

export interface Job {
    readonly name: string;
    /** Labels that a runner must have, all of them. One expression of the matrix is allowed. */
    readonly runsOn: readonly string[];
    /** Ids of the jobs before it. */
    readonly needs?: readonly string[];
    /** An expression, without its braces. */
    readonly if?: string;
    /** The deployment environment whose secrets it may use. */
    readonly environment?: string;
    /** @default none */
    readonly permissions?: Permissions;
    readonly timeoutMinutes: number;
    readonly matrix?: Matrix;
    /** Name to expression, without its braces. */
    readonly outputs?: Readonly<Record<string, string>>;
    readonly env?: Env;
    readonly steps: readonly Step[];
}

export interface Matrix {
    /** One job for each. */
    readonly include?: readonly Readonly<Record<string, string | number>>[];
    readonly axes?: Readonly<Record<string, readonly (string | number)[]>>;
    /** How many at a time. @default as many as there are runners */
    readonly maxParallel?: number;
}

export type Step = RunStep | ActionStep;

interface StepHead {
    readonly name: string;
    readonly id?: string;
    /** An expression, without its braces. */
    readonly if?: string;
    readonly env?: Env;
    readonly continueOnError?: boolean;
}

export interface RunStep extends StepHead {
    /**
     * Lines of bash; `set -euo pipefail` comes before them. No expression: GitHub puts its value into the script's text
     * before a shell reads it, so that a value with a quote in it is code. A value goes through `env`.
     */
    readonly run: readonly string[];
    readonly uses?: undefined;
}

export interface ActionStep extends StepHead {
    readonly uses: ActionName;
    readonly with?: Readonly<Record<string, string | number | boolean>>;
    readonly run?: undefined;
}
