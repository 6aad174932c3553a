import { issueJob } from "./issue-job";
import type { Job } from "./model";
import {
    CHECK_MINUTES,
    catalogOptions,
    type Described,
    DOCUMENT,
    keep,
    lookScript,
    PAGE,
    PROOF,
    parameterEnv,
    prepare,
    READ_CATALOG,
    type Scheduled,
    scheduled,
    whatToSet,
} from "./parts";

/** `check` on a schedule, its document kept, and one issue for as long as there is drift. */
export function proofWorkflow(parameters: Scheduled): Described {
    return {
        about: [
            "Proves on a schedule, by digest, that every copy of the catalogue's images is the same. The run fails on drift, and where something could not be asked; one issue is open for as long as there is drift.",
            ...whatToSet(parameters),
        ],
        workflow: {
            ...scheduled("proof", "Prove digests", parameters),
            jobs: {
                check: checkJob(parameters),
                issue: issueJob(parameters, { job: "check", artifact: PROOF, file: DOCUMENT }),
            },
        },
    };
}

function checkJob(parameters: Scheduled): Job {
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
                run: lookScript(`${installation.command} check ${catalogOptions(parameters)}`),
            },
            keep(PROOF, [DOCUMENT, PAGE]),
        ],
    };
}
