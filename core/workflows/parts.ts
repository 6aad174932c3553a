import { WorkflowError } from "./error";
import { type Installation, NODE_VERSION } from "./installation";
import type { Env, Permissions, Step, Workflow } from "./model";
import type { RegistryAccess } from "./registry-access";

/** What every workflow of ours is told. */
export interface Common {
    /** Path of the catalogue from the repository's root. */
    readonly catalog: string;
    /** The catalogue's environment; undefined where it has one. */
    readonly environment?: string;
    /** Labels of the runner. */
    readonly runner: readonly string[];
    /** GitHub's deployment environment which holds the secrets; undefined: they are the repository's. */
    readonly deployment?: string;
    readonly installation: Installation;
    readonly access: RegistryAccess;
}

export interface Scheduled extends Common {
    /** Cron, in UTC. */
    readonly schedule: string;
}

/** A workflow, and what its file says of it. */
export interface Described {
    readonly workflow: Workflow;
    /** Paragraphs. */
    readonly about: readonly string[];
}

/** The artifact of a proof, and the files in it. */
export const PROOF = "transship-proof";
export const DOCUMENT = "check.json";
export const PAGE = "report.html";

/** Five minutes for each thing that takes seconds: a registry that hangs has time limits of its own. */
export const SHORT_MINUTES = 10;
export const CHECK_MINUTES = 60;
/** Days that documents and pages are kept. */
export const RETENTION_DAYS = 30;
/** Also when a step before it failed; not when somebody stopped the run. */
export const EVEN_AFTER_FAILURE = "!cancelled()";

export const CHECKOUT: Step = { name: "Check out", uses: "checkout" };
export const SETUP_NODE: Step = { name: "Set up Node.js", uses: "setup-node", with: { "node-version": NODE_VERSION } };
export const READ_CATALOG: Permissions = { contents: { access: "read", why: "to check out the catalogue" } };

/** Checked out, with Node.js, the command, and logged in: what a job does before it asks registries. */
export function prepare({ installation, access }: Common): Step[] {
    return [CHECKOUT, SETUP_NODE, ...installation.steps, ...access.steps];
}

/** The same for a job that only works on documents: without the repository where it needs none, and without secrets. */
export function prepareDocuments({ installation }: Common, download: Step): Step[] {
    return [...(installation.needsCheckout ? [CHECKOUT] : []), SETUP_NODE, ...installation.steps, download];
}

export function documentPermissions({ installation }: Common): Permissions {
    return installation.needsCheckout ? READ_CATALOG : {};
}

/** What a job's scripts read: parameters are values, never part of a script's text. */
export function parameterEnv({
    catalog,
    environment,
}: {
    readonly catalog: string;
    readonly environment?: string | undefined;
}): Env {
    return { CATALOG: plain(catalog), ...(environment === undefined ? {} : { ENVIRONMENT: plain(environment) }) };
}

export function catalogOptions({ environment }: Pick<Common, "environment">): string {
    return `--catalog "$CATALOG"${environment === undefined ? "" : ' --environment "$ENVIRONMENT"'}`;
}

/** A parameter is a text: GitHub would take `${{` for an expression. */
export function plain(text: string): string {
    if (text.includes("${{")) {
        throw new WorkflowError(
            `${JSON.stringify(text)} would be an expression in a workflow: write it as plain text.`,
        );
    }
    return text;
}

/** The head of a workflow that runs by its schedule, or when somebody starts it. */
export function scheduled(
    kind: string,
    title: string,
    parameters: Scheduled,
): Pick<Workflow, "name" | "on" | "concurrency"> {
    return {
        name: titled(title, parameters),
        on: { schedule: [parameters.schedule], workflowDispatch: true },
        concurrency: { group: groupOf(kind, parameters) },
    };
}

/** `Prove digests (prod)`: a workflow of each environment is one of its own. */
export function titled(title: string, { environment }: Pick<Common, "environment">): string {
    return environment === undefined ? title : `${title} (${environment})`;
}

/** Runs of one kind and environment wait for each other. */
export function groupOf(kind: string, { environment }: Pick<Common, "environment">): string {
    return environment === undefined ? `transship-${kind}` : `transship-${kind}-${environment}`;
}

/** The document and the page of a look, and what it ended with as the step's output `exit-code`. */
export function lookScript(command: string): string[] {
    return [
        "status=0",
        `${command} --html ${PAGE} --json > ${DOCUMENT} || status=$?`,
        'echo "exit-code=$status" >> "$GITHUB_OUTPUT"',
        'exit "$status"',
    ];
}

/** Also of a step that failed. */
export function keep(artifact: string, files: readonly string[]): Step {
    return {
        name: "Keep what was found",
        if: EVEN_AFTER_FAILURE,
        uses: "upload-artifact",
        with: { name: artifact, path: files.join("\n"), "retention-days": RETENTION_DAYS },
    };
}

/** What has to be set at GitHub, as sentences; none where nothing has to. */
export function whatToSet({ access, deployment }: Common): string[] {
    const where = deployment === undefined ? "the repository" : `the environment ${deployment}`;
    const list = (kind: string, names: readonly string[]) =>
        names.length === 0 ? [] : [`${kind} that ${where} must have: ${names.join(", ")}.`];
    return [...list("Secrets", access.secrets), ...list("Variables", access.variables)];
}
