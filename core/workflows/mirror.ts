import { commitJob } from "./commit-job";
import { issueJob } from "./issue-job";
import type { Env, Job, Step } from "./model";
import {
    catalogOptions,
    type Described,
    EVEN_AFTER_FAILURE,
    keep,
    parameterEnv,
    plain,
    prepare,
    READ_CATALOG,
    type Scheduled,
    scheduled,
    whatToSet,
} from "./parts";

/** Images of others, carried on a schedule, by hand, and when the catalogue changes. */
export interface MirrorParameters extends Scheduled {
    /** The images of the catalogue to carry; all without. */
    readonly where?: { readonly purpose?: string };
    /** The page that says where each image and version can be pulled from: `MIRRORS.md`. */
    readonly page: string;
    /** The branch whose change of the catalogue starts a run. @default "main" */
    readonly branch?: string;
    /** Files that the catalogue includes, as globs: a change of them starts a run too. @default none */
    readonly includes?: readonly string[];
    /** Of carrying. @default 360, which is GitHub's own limit: a first run has everything to carry */
    readonly timeoutMinutes?: number;
}

const ARTIFACT = "transship-mirror";
const [SYNC, CHECK, HTML] = ["sync.json", "check.json", "report.html"] as const;
const MOST_MINUTES = 360;

/**
 * Carries what is missing or differs, byte for byte and so by digest, critical images first, as far as the pull limits go;
 * writes down what is where; one issue is open for as long as something is wrong.
 *
 * @throws WorkflowError for parameters that cannot be
 */
export function mirrorWorkflow(parameters: MirrorParameters): Described {
    const { branch = "main", catalog, includes = [], page, where = {} } = parameters;
    const head = scheduled("mirror", "Mirror images", parameters);
    const files = [page, lockFileOf(catalog)].map(plain);
    const what = where.purpose === undefined ? "the catalogue's images" : `the images for ${where.purpose}`;
    return {
        about: [
            `Carries ${what} to their targets, byte for byte, so that the digests stay what they are: what is missing or differs, critical images first, within the pull limits. What is where stands in ${page}, and what was carried in ${lockFileOf(catalog)}: one job commits both, and the branch must let this workflow push. The run fails where an image could not be carried; one issue is open for as long as that is so.`,
            ...whatToSet(parameters),
        ],
        workflow: {
            ...head,
            on: { ...head.on, push: { branches: [branch], paths: [catalog, ...includes].map(plain) } },
            jobs: {
                carry: carryJob(parameters, files),
                commit: commitJob(parameters, {
                    job: "carry",
                    evenAfterFailure: true,
                    artifact: ARTIFACT,
                    files,
                    message: `${page}: carried and proven`,
                }),
                issue: issueJob(parameters, { job: "carry", artifact: ARTIFACT, file: SYNC, alsoWithoutLook: true }),
            },
        },
    };
}

/** As the catalogue's loader names it. */
function lockFileOf(catalog: string): string {
    return `${catalog.replace(/\.[^./]+$/, "")}.lock.yaml`;
}

function carryJob(parameters: MirrorParameters, files: readonly string[]): Job {
    const { access, deployment, runner, timeoutMinutes = MOST_MINUTES, where = {} } = parameters;
    const purpose: Env = where.purpose === undefined ? {} : { PURPOSE: plain(where.purpose) };
    return {
        name: "Carry",
        runsOn: runner,
        ...(deployment === undefined ? {} : { environment: deployment }),
        timeoutMinutes,
        permissions: { ...READ_CATALOG, ...access.permissions },
        outputs: { "exit-code": "steps.sync.outputs.exit-code" },
        env: { ...parameterEnv(parameters), ...purpose, PAGE: plain(parameters.page) },
        steps: [...prepare(parameters), ...carrySteps(parameters), keep(ARTIFACT, [SYNC, CHECK, HTML, ...files])],
    };
}

/** One image that fails holds up no other, and the steps after it go on: the job fails at its end. */
function carrySteps(parameters: MirrorParameters): Step[] {
    const { access, installation, where = {} } = parameters;
    const { command, documentCommand } = installation;
    const images = `${catalogOptions(parameters)}${where.purpose === undefined ? "" : ' --purpose "$PURPOSE"'}`;
    return [
        {
            name: "Carry what is missing or differs",
            id: "sync",
            env: access.env,
            run: [
                "status=0",
                `${command} sync ${images} --json > ${SYNC} || status=$?`,
                'echo "exit-code=$status" >> "$GITHUB_OUTPUT"',
                'exit "$status"',
            ],
        },
        {
            name: "Check every copy",
            if: EVEN_AFTER_FAILURE,
            env: access.env,
            run: [
                "# The carrying has written the run's summary.",
                `GITHUB_STEP_SUMMARY="" ${command} check ${images} --html ${HTML} --json > ${CHECK}`,
            ],
        },
        {
            name: "Write the page",
            if: EVEN_AFTER_FAILURE,
            run: [
                "status=0",
                `${documentCommand} sources ${images} --from ${CHECK} --output "$PAGE" || status=$?`,
                "# Drift (1) and what could not be asked (3) stand on the page.",
                '[ "$status" -ne 2 ]',
            ],
        },
    ];
}
