import { WorkflowError } from "../error";
import type { Access } from "./access";
import { listed } from "./common";
import { filledBlock, groovyBlock, groovyString, shellStep } from "./groovy";
import { type Credential, credentialsOf, identitiesOf, SCRIPT_HEAD } from "./jenkins-access";
import type { Pipeline, PipelineCommon } from "./parameters";

/** Days that Jenkins keeps a run's log. */
const LOG_DAYS = 90;

/** What a declarative pipeline has around its stages. (https://www.jenkins.io/doc/book/pipeline/syntax/) */
export interface JenkinsPipeline {
    readonly options?: readonly string[];
    /** Cron, in UTC. */
    readonly schedule?: string;
    readonly environment?: readonly string[];
    readonly stages: readonly string[];
    /** After every run, also one that failed. */
    readonly always?: readonly string[];
    /** Lines of shell, last of all. */
    readonly cleanup?: readonly string[];
}

/** @throws WorkflowError for a parameter that Jenkins has nothing for */
export function renderJenkinsfile(common: PipelineCommon, pipeline: JenkinsPipeline): string {
    if (common.deployment !== undefined) {
        throw new WorkflowError(
            `Jenkins has no environments that hold secrets, and so nothing for ${JSON.stringify(common.deployment)}: leave it out, and put the credentials into a folder.`,
        );
    }
    const { always = [], cleanup = [], environment = [], options = [], schedule, stages } = pipeline;
    const post = [
        ...filledBlock("always", always),
        ...groovyBlock("cleanup", shellStep([...SCRIPT_HEAD, ...cleanup, 'rm -rf "$work"'])),
    ];
    const parts = [
        agent(common),
        groovyBlock("options", [
            "disableConcurrentBuilds()",
            `buildDiscarder(logRotator(daysToKeepStr: '${LOG_DAYS}'))`,
            ...options,
        ]),
        ...(schedule === undefined ? [] : [groovyBlock("triggers", [`cron(${groovyString(`TZ=UTC\n${schedule}`)})`])]),
        filledBlock("environment", environment),
        groovyBlock("stages", stages),
        groovyBlock("post", post),
    ].filter((part) => part.length > 0);
    const lines = parts.flatMap((part, index) => (index === 0 ? part : ["", ...part]));
    return `${groovyBlock("pipeline", lines).join("\n")}\n`;
}

function agent({ image, runner = [] }: PipelineCommon): string[] {
    const label = runner.length === 0 ? [] : [`label ${groovyString(runner.join(" && "))}`];
    if (image !== undefined) {
        return groovyBlock("agent", groovyBlock("docker", [`image ${groovyString(image)}`, ...label]));
    }
    return label.length === 0 ? ["agent any"] : groovyBlock("agent", label);
}

/** A stage of its own name: Jenkins takes each once. */
export function stage(name: string, lines: readonly string[]): string[] {
    return groovyBlock(`stage(${groovyString(name)})`, lines);
}

export function steps(lines: readonly string[]): string[] {
    return groovyBlock("steps", lines);
}

export function timeLimit(minutes: number): string {
    return `timeout(time: ${minutes}, unit: 'MINUTES')`;
}

/** What has to be set, as sentences; and the ids. */
export function whatToSet(
    access: Access,
    more: readonly Credential[] = [],
): Pick<Pipeline, "about" | "secrets" | "variables"> {
    const credentials = [...new Map([...credentialsOf(access), ...more].map((one) => [one.id, one] as const)).values()];
    const told = credentials.map(({ id, kind }) => `${id} (${kind})`);
    const clouds = identitiesOf(access).map(({ cloud, profile }) =>
        profile === undefined ? cloud : `${cloud} by the profile ${profile} of its config`,
    );
    return {
        about: [
            ...(told.length > 0 ? [`Credentials that Jenkins must have, by their ids: ${listed(told)}.`] : []),
            ...(clouds.length > 0
                ? [
                      `The agent's own identity is used for ${listed(clouds)}: a role of its machine or pod, no stored key.`,
                  ]
                : []),
        ],
        secrets: credentials.map(({ id }) => id),
        variables: [],
    };
}
