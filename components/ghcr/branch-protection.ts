import type * as pulumi from "@pulumi/pulumi";
import { githubResources } from "./github-peer";
import { nameOf } from "./repository-input";

export interface BranchProtectionArgs {
    /**
     * Changes come by pull requests only, with so many approvals. The mirroring workflow commits its page and lock by the
     * job's token, which then has to pass by the rule: GitHub lets it only in an organisation's repositories.
     *
     * @default commits are allowed; the branch cannot be deleted, nor its history rewritten
     */
    readonly approvals?: pulumi.Input<number>;
    /** Whether a code owner must be among them. @default false */
    readonly codeOwnerReview?: pulumi.Input<boolean>;
}

/** github.com's own app, as which a job's token acts. (https://api.github.com/apps/github-actions) */
const ACTIONS_APP = 15368;

/**
 * A ruleset for the default branch: it adds to what protects the branch already, and overwrites none of it. `destroy`
 * leaves it.
 */
export function protectBranch(
    name: string,
    repository: pulumi.Input<string>,
    { approvals, codeOwnerReview }: BranchProtectionArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
    const { RepositoryRuleset } = githubResources();
    const reviewed = approvals !== undefined || codeOwnerReview !== undefined;
    return new RepositoryRuleset(
        `${name}-protection`,
        {
            repository: nameOf(repository),
            name: `Transship ${name}`,
            target: "branch",
            enforcement: "active",
            conditions: { refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] } },
            rules: {
                deletion: true,
                nonFastForward: true,
                ...(reviewed && {
                    pullRequest: {
                        requiredApprovingReviewCount: approvals ?? 1,
                        requireCodeOwnerReview: codeOwnerReview ?? false,
                    },
                }),
            },
            ...(reviewed && {
                bypassActors: [{ actorId: ACTIONS_APP, actorType: "Integration", bypassMode: "always" }],
            }),
        },
        { ...opts, retainOnDelete: true },
    );
}
