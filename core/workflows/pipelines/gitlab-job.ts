import { block, renderYaml, spaceItems } from "../yaml";
import type { Access } from "./access";
import { listed } from "./common";
import { gitlabVariables } from "./gitlab-access";
import type { Pipeline, PipelineCommon } from "./parameters";

/** A job as GitLab's reference has it. (https://docs.gitlab.com/ci/yaml/) */
export type GitLabJob = Readonly<Record<string, unknown>>;

/** What all jobs have: nothing of theirs is ended half-way, and no other job's cache gets into them. */
export function jobHead({ deployment, image, runner = [] }: PipelineCommon, stage: string, minutes: number): GitLabJob {
    return {
        stage,
        timeout: `${minutes} minutes`,
        interruptible: false,
        cache: [],
        ...(runner.length > 0 && { tags: runner }),
        ...(image !== undefined && { image }),
        ...(deployment !== undefined && { environment: { name: deployment, action: "access" } }),
    };
}

/** Lines of POSIX shell, as one item: the runner prints its first line only. */
export function script(lines: readonly string[]): unknown[] {
    return [block(lines)];
}

export function renderJobs(jobs: Readonly<Record<string, GitLabJob>>): string {
    return renderYaml(jobs, spaceItems);
}

/**
 * A schedule is no part of the file at GitLab: it is made in the project, and says by the variable `TRANSSHIP` which of
 * the project's files it is for.
 */
export function scheduledRule(kind: string): GitLabJob {
    return {
        if: `$TRANSSHIP == "${kind}" && $CI_PIPELINE_SOURCE =~ /^(schedule|web|api|trigger)$/ && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`,
    };
}

export function scheduleSentence(kind: string, schedule: string): string {
    return `GitLab keeps schedules in the project, not in this file: under Build > Pipeline schedules make one with the cron ${schedule} in UTC, for the default branch, with the variable TRANSSHIP=${kind}. Run by hand it takes the same variable.`;
}

/** What has to be set, as sentences; and the names. */
export function whatToSet(
    access: Access,
    more: readonly string[] = [],
): Pick<Pipeline, "about" | "secrets" | "variables"> {
    const { secrets, variables } = gitlabVariables(access);
    const all = [...secrets, ...more];
    const unknown = access.needs.flatMap((need) => (need.kind === "login" && need.isUnknownKind ? [need] : []));
    return {
        about: [
            ...(all.length > 0
                ? [
                      `CI/CD variables that the project must have, masked and protected: ${listed(all)}. Protected variables reach protected branches and tags only.`,
                  ]
                : []),
            ...unknown.map(
                ({ host, password, username }) =>
                    `Where ${host} is this GitLab's own registry, ${username} and ${password} are not needed.`,
            ),
            ...(variables.length > 0
                ? [
                      `CI/CD variables that are no secret: ${listed(variables)}. The clouds are asked with the job's own identity (id_tokens), no stored key.`,
                  ]
                : []),
        ],
        secrets: all,
        variables,
    };
}
