import type { Catalog } from "../catalog";
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
    groupOf,
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
    titled,
    whatToSet,
} from "./parts";

export interface ShardsParameters extends Scheduled {
    readonly shards: number;
}

/** So many copies are one job's worth: half a minute to some minutes at the rates that public registries allow. */
const COPIES_OF_A_JOB = 2_000;
/** Of a selector that does not say how many tags it chooses. */
const TAGS_OF_SELECTOR = 10;
const MOST_SHARDS = 64;
const PARTS = "shard-*";

/** How many jobs a catalogue is worth: below two there is nothing to share out. */
export function shardsFor({ images }: Catalog): number {
    const copies = Object.values(images).reduce((sum, { selectors = [], tags, targets }) => {
        const chosen = selectors.reduce((all, { newest = TAGS_OF_SELECTOR }) => all + newest, 0);
        return sum + (tags.length + chosen) * (1 + targets.length);
    }, 0);
    return Math.min(MOST_SHARDS, Math.max(2, Math.ceil(copies / COPIES_OF_A_JOB)));
}

/** The proof in parts, on several machines at a time, and what they found as one document, page and issue. */
export function shardsWorkflow(parameters: ShardsParameters): Described {
    const { schedule, shards } = parameters;
    return {
        about: [
            `Proves on a schedule, by digest, that every copy of the catalogue's images is the same: ${shards} jobs with an equal part of the images each, and one that puts together what they found. The run fails on drift, and where something could not be asked, also where a job got lost; one issue is open for as long as there is drift.`,
            ...whatToSet(parameters),
        ],
        workflow: {
            name: titled("Prove digests in shards", parameters),
            on: { schedule: [schedule], workflowDispatch: true },
            concurrency: { group: groupOf("shards", parameters) },
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
