import type { Command } from "commander";
import { cronProblem, type InstallMethod, type RegionRunner } from "../core/workflows";
import { UsageError } from "./exit-code";
import { readNumber } from "./read-options";

/** What commander read; which kind takes which says cli/workflow-kinds.ts. */
export interface Options {
    readonly catalog?: string;
    readonly environment?: string;
    readonly schedule?: string;
    readonly runner?: string;
    readonly install?: string;
    readonly deployment?: string;
    readonly shards?: string;
    readonly regions?: string;
    readonly publish?: string;
    readonly anonymous?: true;
    readonly name?: string;
    /** kubernetes: one container image; publish: `NAME=CONTEXT`, again and again. */
    readonly image?: readonly string[];
    readonly dockerfile?: readonly string[];
    readonly target?: readonly string[];
    readonly platforms?: string;
    readonly tagRule?: readonly string[];
    readonly branch?: readonly string[];
    readonly gitTag?: readonly string[];
    readonly releases?: true;
    readonly path?: readonly string[];
    readonly pullRequests?: true;
    readonly cache?: string;
    readonly unsigned?: true;
    readonly maxParallel?: string;
    readonly purpose?: string;
    readonly page?: string;
    readonly ci?: string;
    readonly ciImage?: string;
    readonly signWith?: string;
    readonly parallelism?: string;
    readonly configMap?: string;
    readonly volumeClaim?: string;
    readonly serviceAccount?: string;
}

/** Not on the hour, when everybody's runs begin and GitHub drops some. */
const SCHEDULE = "17 5 * * *";
const RUNNER = "ubuntu-24.04";
/** As many jobs as a matrix of GitHub's has at most. */
const MOST_SHARDS = 256;

/** Defaults stand in the descriptions only: what was not given is known to be so. */
export function addWorkflowOptions(command: Command): void {
    command
        .option("--schedule <cron>", `when it runs, in UTC (default: "${SCHEDULE}")`)
        .option("--runner <labels>", `the runner's label, or several with commas (default: ${RUNNER})`)
        .option("--deployment <name>", "GitHub's deployment environment that holds the secrets")
        .option("--install <way>", "how a job gets transship: npx, or npm-ci from your package.json (default: npx)")
        .option("--shards <number>", "shards, kubernetes: into how many parts (default: by the catalogue's size)")
        .option("--regions <label=runner,...>", "regions: where to probe from, and the label of a runner there")
        .option("--anonymous", "regions: probe without credentials, as a stranger")
        .option(
            "--publish <way>",
            "regions: commit the page and the history, or keep them as artifact (default: commit)",
        )
        .option("--name <name>", "kubernetes: the Job's name (default: transship-check)")
        .option(
            "--image <reference>",
            "kubernetes: the container image, with npx (default: docker.io/library/node:22-slim); publish: NAME=FOLDER, an image of the catalogue and what it is built from; again for more",
            again,
        )
        .option("--parallelism <number>", "kubernetes: pods at a time (default: all)")
        .option("--config-map <name>", "kubernetes: holds the catalogue (default: transship-catalog)")
        .option("--volume-claim <name>", "kubernetes: holds the repository's files, instead of the ConfigMap")
        .option("--service-account <name>", "kubernetes: whose cloud identity the pods have");
    addPublishOptions(command);
    addCiOptions(command);
}

function addCiOptions(command: Command): void {
    command
        .option("--ci <platform>", "publish, mirror, proof: github, gitlab or jenkins (default: github)")
        .option(
            "--ci-image <reference>",
            "gitlab, jenkins: what the jobs run in, with its digest (default: none is named)",
        )
        .option(
            "--sign-with <way>",
            "publish at gitlab, jenkins: keyless, or key (default: keyless at gitlab, key at jenkins)",
        );
}

function addPublishOptions(command: Command): void {
    command
        .option("--dockerfile <name=file>", "publish: an image's Dockerfile (default: the one in its folder)", again)
        .option("--target <name=stage>", "publish: the stage of an image's Dockerfile (default: the last)", again)
        .option("--platforms <list>", "publish: what to build for (default: linux/amd64,linux/arm64)")
        .option(
            "--tag-rule <rule>",
            "publish: a rule of docker/metadata-action for tags; again for more (default: the branch, semver, the commit)",
            again,
        )
        .option(
            "--branch <name>",
            "publish: a branch whose pushes publish, again for more; mirror: the branch of the catalogue (default: main)",
            again,
        )
        .option("--git-tag <pattern>", 'publish: git tags that publish; again for more (default: "v*")', again)
        .option("--releases", "publish: releases publish, in place of git tags")
        .option(
            "--path <glob>",
            "publish: only pushes that change one of these; mirror: files that the catalogue includes; again for more",
            again,
        )
        .option("--pull-requests", "publish: build pull requests too, without secrets, and push nothing of them")
        .option("--cache <where>", "publish: none, or registry: the image's own repository (default: none)")
        .option("--unsigned", "publish: no signature by cosign")
        .option("--max-parallel <number>", "publish: images at a time (default: all)")
        .option("--purpose <name>", "mirror: only images of this purpose")
        .option("--page <file>", "mirror: the page that says what is where (default: MIRRORS.md)");
}

function again(text: string, before: readonly string[] = []): string[] {
    return [...before, text];
}

/** Where a schedule is one trigger of several. */
export function readOptionalSchedule(options: Options): string | undefined {
    return options.schedule === undefined ? undefined : readSchedule(options);
}

export function readSchedule({ schedule = SCHEDULE }: Options): string {
    const problem = cronProblem(schedule);
    if (problem !== undefined) {
        throw new UsageError(`--schedule "${schedule}" is not understood: ${problem}; write it as "${SCHEDULE}".`);
    }
    return schedule;
}

export function readRunner({ runner = RUNNER }: Options): string[] {
    return runner.split(",").map((label) => label.trim());
}

export function readInstall({ install = "npx" }: Options): InstallMethod {
    if (install !== "npx" && install !== "npm-ci") {
        throw new UsageError(`--install ${JSON.stringify(install)} is not known: write npx or npm-ci.`);
    }
    return install;
}

export function readPublish({ publish = "commit" }: Options): "commit" | "artifact" {
    if (publish !== "commit" && publish !== "artifact") {
        throw new UsageError(`--publish ${JSON.stringify(publish)} is not known: write commit or artifact.`);
    }
    return publish;
}

export function readShards({ shards }: Options): number | undefined {
    return shards === undefined ? undefined : readNumber("--shards", shards, 1, MOST_SHARDS);
}

export function readParallelism({ parallelism }: Options): number | undefined {
    return parallelism === undefined ? undefined : readNumber("--parallelism", parallelism, 1, MOST_SHARDS);
}

/** `eu-west=eu-runner,us-east=us-runner`; a label is part of names of files and artifacts. */
export function readRegions({ regions }: Options): RegionRunner[] {
    if (regions === undefined) {
        throw new UsageError("regions needs --regions: write --regions eu-west=ubuntu-24.04,us-east=my-runner.");
    }
    const found = regions.split(",").map((text) => {
        const [, region, runner] = /^([A-Za-z0-9][A-Za-z0-9._-]{0,62})=(.+)$/.exec(text.trim()) ?? [];
        if (region === undefined || runner === undefined) {
            throw new UsageError(
                `--regions ${JSON.stringify(text)} is no region: write a label of your own and a runner's, as eu-west=ubuntu-24.04.`,
            );
        }
        return { region, runner };
    });
    const twice = found.find(({ region }, index) => found.findIndex((other) => other.region === region) < index);
    if (twice !== undefined) {
        throw new UsageError(`--regions names ${twice.region} twice: a region has one runner.`);
    }
    return found;
}
