import * as pulumi from "@pulumi/pulumi";
import { checkChoice } from "../images/arguments";
import { githubResources } from "./github-peer";
import { nameOf } from "./repository-input";

export interface CreatedRepositoryArgs {
    /** @default "private" */
    readonly visibility?: pulumi.Input<"public" | "private" | "internal">;
    readonly description?: pulumi.Input<string>;
    readonly homepageUrl?: pulumi.Input<string>;
    readonly topics?: pulumi.Input<pulumi.Input<string>[]>;
    /** The workflows' one issue on failure needs them. @default true */
    readonly hasIssues?: pulumi.Input<boolean>;
    /** Whether GitHub deletes the branch of a pull request that was merged. @default true */
    readonly deleteBranchOnMerge?: pulumi.Input<boolean>;
    /** Whether Pulumi refuses to take it out of the stack. Plain: a resource option. @default false */
    readonly protect?: boolean;
}

/**
 * A repository with a first commit, so that it has a branch. `destroy` leaves it, and archives nothing.
 *
 * @returns `owner/name`, known when the repository is there
 */
export function createRepository(
    name: string,
    repository: pulumi.Input<string>,
    args: CreatedRepositoryArgs,
    parent: pulumi.Resource,
): pulumi.Output<string> {
    checkChoice("createRepository.visibility", args.visibility, ["public", "private", "internal"]);
    const { Repository } = githubResources();
    const created = new Repository(
        `${name}-repository`,
        {
            name: nameOf(repository),
            visibility: args.visibility ?? "private",
            description: args.description,
            homepageUrl: args.homepageUrl,
            topics: args.topics,
            hasIssues: args.hasIssues ?? true,
            deleteBranchOnMerge: args.deleteBranchOnMerge ?? true,
            autoInit: true,
        },
        { parent, retainOnDelete: true, protect: args.protect },
    );
    return pulumi.all([repository, created.id]).apply(([written]) => written);
}
