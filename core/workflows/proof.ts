import { issueJob } from "./issue-job";
import type { Job, Workflow } from "./model";
import {
    CHECK_MINUTES,
    type Common,
    catalogOptions,
    EVEN_AFTER_FAILURE,
    parameterEnv,
    prepare,
    READ_CATALOG,
    RETENTION_DAYS,
    whatToSet,
} from "./parts";

export interface ProofParameters extends Common {
    /** Cron, in UTC. */
    readonly schedule: string;
}

/** A workflow, and what its file says of it. */
export interface Described {
    readonly workflow: Workflow;
    /** Paragraphs. */
    readonly about: readonly string[];
}

const ARTIFACT = "transship-proof";
const DOCUMENT = "check.json";
const PAGE = "report.html";

/** `check` on a schedule, its document kept, and one issue for as long as there is drift. */
export function proofWorkflow(parameters: ProofParameters): Described {
    const { environment, schedule } = parameters;
    return {
        about: [
            "Proves on a schedule, by digest, that every copy of the catalogue's images is the same. The run fails on drift, and where something could not be asked; one issue is open for as long as there is drift.",
            ...whatToSet(parameters),
        ],
        workflow: {
            name: environment === undefined ? "Prove digests" : `Prove digests (${environment})`,
            on: { schedule: [schedule], workflowDispatch: true },
            concurrency: { group: `transship-proof${environment === undefined ? "" : `-${environment}`}` },
            jobs: {
                check: checkJob(parameters),
                issue: issueJob(parameters, { job: "check", artifact: ARTIFACT, file: DOCUMENT }),
            },
        },
    };
}

function checkJob(parameters: ProofParameters): Job {
    const { access, deployment, installation, runner } = parameters;
    return {
        name: "Check",
        runsOn: runner,
        ...(deployment === undefined ? {} : { environment: deployment }),
        timeoutMinutes: CHECK_MINUTES,
        permissions: { ...READ_CATALOG, ...access.permissions },
        outputs: { "exit-code": "steps.check.outputs.exit-code" },
        env: parameterEnv(parameters),
        steps: [
            ...prepare(parameters),
            {
                name: "Check every copy",
                id: "check",
                env: access.env,
                run: [
                    "status=0",
                    `${installation.command} check ${catalogOptions(parameters)} --html ${PAGE} --json > ${DOCUMENT} || status=$?`,
                    'echo "exit-code=$status" >> "$GITHUB_OUTPUT"',
                    'exit "$status"',
                ],
            },
            {
                name: "Keep the document and the page",
                if: EVEN_AFTER_FAILURE,
                uses: "upload-artifact",
                with: { name: ARTIFACT, path: `${DOCUMENT}\n${PAGE}`, "retention-days": RETENTION_DAYS },
            },
        ],
    };
}
