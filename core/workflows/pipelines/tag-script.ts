import type { ImageBuild } from "../publish-parameters";
import { COMMAND } from "./common";

/** What a platform's variables are called, as a shell reads them. */
export interface CommitVariables {
    readonly sha: string;
    readonly branch: string;
    readonly tag: string;
    readonly defaultBranch: string;
    /** `schedule` where a schedule has started the run. */
    readonly event: string;
}

/** Which tags this run publishes, as `TAGS`. */
export function tagLines({ flavor = [] }: ImageBuild, names: CommitVariables): string[] {
    const { branch, defaultBranch, event, sha, tag } = names;
    const rules = `--rules "$TAG_RULES"${flavor.length > 0 ? ' --flavor "$FLAVOR"' : ""}`;
    return [
        `TAGS=$(${COMMAND} tags ${rules} \\`,
        `    --commit "${sha}" --branch "${branch}" --git-tag "${tag}" \\`,
        `    --default-branch "${defaultBranch}" --event "${event}")`,
    ];
}
