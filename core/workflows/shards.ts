import { expression } from "./expression";
import { issueJob } from "./issue-job";
import type { Job, Step } from "./model";
import {
    CHECK_MINUTES,
    catalogOptions,
    type Described,
    DOCUMENT,
    documentPermissions,
    EVEN_AFTER_FAILURE,
    keep,
    lookScript,
    PAGE,
    PROOF,
    parameterEnv,
    prepare,
    prepareDocuments,
    READ_CATALOG,
    type Scheduled,
    SHORT_MINUTES,
    scheduled,
    whatToSet,
} from "./parts";

export interface ShardsParameters extends Scheduled {
    readonly shards: number;
}

const PARTS = "shard-*";

/** The proof in parts, on several machines at a time, and what they found as one document, page and issue. */
export function shardsWorkflow(parameters: ShardsParameters): Described {
    const { shards } = parameters;
    return {
        about: [
            `Proves on a schedule, by digest, that every copy of the catalogue's images is the same: ${shards} jobs with an equal part of the images each, and one that puts together what they found. The run fails on drift, and where something could not be asked, also where a job got lost; one issue is open for as long as there is drift.`,
            ...whatToSet(parameters),
        ],
        workflow: {
            ...scheduled("shards", "Prove digests in shards", parameters),
            jobs: {
                check: shardJob(parameters),
                merge: mergeJob(parameters),
                issue: issueJob(parameters, { job: "merge", artifact: PROOF, file: DOCUMENT }),
            },
        },
    };
}

function shardJob(parameters: ShardsParameters): Job {
    const { access, deployment, installation, runner, shards } = parameters;
    const shard = expression("matrix.shard");
    return {
        name: `Check ${shard} of ${shards}`,
        runsOn: runner,
        ...(deployment === undefined ? {} : { environment: deployment }),
        timeoutMinutes: CHECK_MINUTES,
        permissions: { ...READ_CATALOG, ...access.permissions },
        matrix: { axes: { shard: Array.from({ length: shards }, (_, index) => index + 1) } },
        env: parameterEnv(parameters),
        steps: [
            ...prepare(parameters),
            {
                name: "Check this shard's images",
                env: { ...access.env, SHARD: shard, SHARDS: String(shards) },
                run: [
                    "# The run's summary is the whole's, and the merge writes it.",
                    `GITHUB_STEP_SUMMARY="" ${installation.command} check ${catalogOptions(parameters)} --shard "$SHARD/$SHARDS" --json > "shard-$SHARD.json"`,
                ],
            },
            keep(`shard-${shard}`, [`shard-${shard}.json`]),
        ],
    };
}

function mergeJob(parameters: Scheduled): Job {
    const { installation, runner } = parameters;
    const download: Step = {
        name: "Fetch what the shards found",
        uses: "download-artifact",
        with: { pattern: PARTS, "merge-multiple": true },
    };
    return {
        name: "Merge",
        needs: ["check"],
        if: EVEN_AFTER_FAILURE,
        runsOn: runner,
        timeoutMinutes: SHORT_MINUTES,
        permissions: documentPermissions(parameters),
        outputs: { "exit-code": "steps.merge.outputs.exit-code" },
        steps: [
            ...prepareDocuments(parameters, download),
            {
                name: "Put the shards together",
                id: "merge",
                run: lookScript(`${installation.documentCommand} report ${PARTS}.json`),
            },
            keep(PROOF, [DOCUMENT, PAGE]),
        ],
    };
}
