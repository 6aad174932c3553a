import { commitJob } from "./commit-job";
import { expression } from "./expression";
import type { Job } from "./model";
import {
    CHECK_MINUTES,
    catalogOptions,
    type Described,
    EVEN_AFTER_FAILURE,
    keep,
    parameterEnv,
    prepare,
    READ_CATALOG,
    type Scheduled,
    scheduled,
    whatToSet,
} from "./parts";
import { registryAccess } from "./registry-access";

/** A region, and the label of a runner there. */
export interface RegionRunner {
    readonly region: string;
    readonly runner: string;
}

export interface RegionsParameters extends Scheduled {
    readonly regions: readonly RegionRunner[];
    /** Probe as a stranger: these runners get no secrets. */
    readonly anonymous: boolean;
    /** `commit`: to the branch that it runs on. `artifact`: nowhere else, and then each run knows only itself. */
    readonly publish: "commit" | "artifact";
}

const HISTORY = "availability.json";
const PAGE = "MIRRORS.md";
const ARTIFACT = "transship-regions";
const COMMIT = {
    job: "collect",
    artifact: ARTIFACT,
    files: [HISTORY, PAGE],
    message: `${PAGE}: proven and probed again`,
} as const;

/** How available and fast each registry is from several regions, and MIRRORS.md with the best source of each. */
export function regionsWorkflow(parameters: RegionsParameters): Described {
    const { publish, regions } = parameters;
    return {
        about: [
            `Probes each registry from ${regions.map(({ region }) => region).join(", ")}, and writes ${PAGE}: where each image can be pulled from, and the best source of each region. ${HISTORY} remembers the last probes.`,
            ...(publish === "commit" ? ["One job commits both; the branch must let this workflow push."] : []),
            ...whatToSet(parameters),
        ],
        workflow: {
            ...scheduled("regions", "Probe registries", parameters),
            jobs: {
                probe: probeJob(parameters),
                collect: collectJob(parameters),
                ...(publish === "commit" ? { commit: commitJob(parameters, COMMIT) } : {}),
            },
        },
    };
}

function probeJob(parameters: RegionsParameters): Job {
    const { anonymous, deployment, installation, regions } = parameters;
    const access = anonymous ? registryAccess([]) : parameters.access;
    const region = expression("matrix.region");
    const options = `${catalogOptions(parameters)} --region "$REGION" --output "probe-$REGION.json"`;
    return {
        name: `Probe from ${region}`,
        runsOn: [expression("matrix.runner")],
        ...(deployment === undefined || anonymous ? {} : { environment: deployment }),
        timeoutMinutes: CHECK_MINUTES,
        permissions: { ...READ_CATALOG, ...access.permissions },
        matrix: { include: regions.map(({ region, runner }) => ({ region, runner })) },
        env: { ...parameterEnv(parameters), REGION: region },
        steps: [
            ...prepare({ ...parameters, access }),
            {
                name: "Probe each registry",
                env: access.env,
                run: [
                    "status=0",
                    `${installation.command} probe ${options}${anonymous ? " --anonymous" : ""} || status=$?`,
                    "# 3: a registry did not answer well, which is a result too.",
                    '[ "$status" -eq 0 ] || [ "$status" -eq 3 ]',
                ],
            },
            keep(`probe-${region}`, [`probe-${region}.json`]),
        ],
    };
}

/** Asks the registries once more, for the verdicts of the page; writes nothing but an artifact. */
function collectJob(parameters: RegionsParameters): Job {
    const { access, deployment, installation, runner } = parameters;
    const { command, documentCommand } = installation;
    return {
        name: "Collect",
        needs: ["probe"],
        if: EVEN_AFTER_FAILURE,
        runsOn: runner,
        ...(deployment === undefined ? {} : { environment: deployment }),
        timeoutMinutes: CHECK_MINUTES,
        permissions: { ...READ_CATALOG, ...access.permissions },
        env: parameterEnv(parameters),
        steps: [
            ...prepare(parameters),
            {
                name: "Fetch the probes",
                uses: "download-artifact",
                with: { pattern: "probe-*", path: "probes", "merge-multiple": true },
            },
            {
                name: "Add the probes to the history",
                run: [`${documentCommand} availability probes/probe-*.json --history ${HISTORY}`],
            },
            {
                name: "Write the page",
                env: access.env,
                run: [
                    "status=0",
                    `${command} sources ${catalogOptions(parameters)} --availability ${HISTORY} --output ${PAGE} || status=$?`,
                    "# Drift (1) and what could not be asked (3) stand on the page.",
                    '[ "$status" -ne 2 ]',
                ],
            },
            keep(ARTIFACT, [HISTORY, PAGE]),
        ],
    };
}
