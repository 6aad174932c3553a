import type * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import type { EcrRight } from "../../core/ecr";

/** Runs of CI that may have a role: of one repository or project, or by their whole subject. */
export interface TrustedRunsArgs {
    /**
     * `owner/name` at GitHub, or `owner@123456/name@456789` where its subject is immutable: of repositories that were made,
     * renamed or transferred since 15 July 2026, or that opted in. `gh api repos/OWNER/NAME` tells both numbers, as `id`.
     * (docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims)
     */
    readonly repository?: pulumi.Input<string>;
    /** `group/project` at GitLab, with the component's `issuer`. */
    readonly project?: pulumi.Input<string>;
    /** Whole names: runs on these branches. */
    readonly branches?: pulumi.Input<pulumi.Input<string>[]>;
    /** Whole names: runs for these tags. */
    readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
    /** Deployment environments of GitHub. A job with one is known by it, and by no branch. */
    readonly environments?: pulumi.Input<pulumi.Input<string>[]>;
    /** Runs for pull requests at GitHub. @default false */
    readonly pullRequests?: pulumi.Input<boolean>;
    /** The whole `sub`, exactly, where a template of your own or another issuer makes it. Instead of all the above. */
    readonly subject?: pulumi.Input<string>;
    /**
     * Only jobs of these workflows: `owner/name/.github/workflows/mirror.yml@refs/heads/main` (`job_workflow_ref`), at
     * github.com and in AWS's commercial regions. @default any of the repository
     */
    readonly workflows?: pulumi.Input<pulumi.Input<string>[]>;
}

/** One role. */
export interface EcrRoleArgs {
    /**
     * What it may do: `pull`, `push`, `check`, `createOnPush`, `pullThrough`. A sync takes `["pull", "push"]`, a check
     * of all copies `["check"]`.
     */
    readonly rights: pulumi.Input<pulumi.Input<EcrRight>[]>;
    /** Who may have it. */
    readonly runs: pulumi.Input<pulumi.Input<TrustedRunsArgs>[]>;
    /**
     * Names of repositories at the registry, or ARNs of any; also by whatever names, as `EcrRepositories` has them
     * (`arns`). `prefix/*` is all below a prefix. @default what the catalogue's images have there
     */
    readonly repositories?:
        | pulumi.Input<pulumi.Input<string>[]>
        | pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
    /** Only the repositories of these images of the catalogue. Instead of `repositories`. @default all */
    readonly images?: readonly string[];
    /** Its name at AWS, at most 64 characters. @default made by Pulumi */
    readonly roleName?: pulumi.Input<string>;
    /** @default what it may do */
    readonly description?: pulumi.Input<string>;
    /**
     * How long a session may last: `1h` to `12h`. The step that logs in has to ask for it too
     * (`role-duration-seconds`). @default "1h"
     */
    readonly maxSessionDuration?: pulumi.Input<string>;
}

export interface EcrAccessArgs {
    /** Says where the repositories are, and which there are. Without it, `repositories` of each role. */
    readonly catalog?: Catalog;
    /** A registry of the catalogue, of kind `ecr` or `ecr-public`. @default the only one of kind `ecr` */
    readonly registry?: string;
    /** The roles, by names of your own. Plain, since each has resources of its own. */
    readonly roles: Readonly<Record<string, EcrRoleArgs>>;
    /**
     * The identity provider of the issuer in the account, which has one at most: `"create"`, `"existing"` for the one that
     * is there, which is looked up, or its ARN. Where there is one, AWS refuses `"create"` (`EntityAlreadyExists`): take
     * `"existing"`. Plain where it is one of the two words. @default "create"
     */
    readonly oidcProvider?: "create" | "existing" | pulumi.Input<string>;
    /**
     * Who issues the identities. An enterprise at GitHub may have `https://token.actions.githubusercontent.com/SLUG`, one
     * at ghe.com has `https://token.actions.SUBDOMAIN.ghe.com`, a GitHub Enterprise Server `https://HOST/_services/token`,
     * GitLab `https://gitlab.com`. @default "https://token.actions.githubusercontent.com"
     */
    readonly issuer?: pulumi.Input<string>;
    /** The tokens' `aud`. @default "sts.amazonaws.com" with GitHub, otherwise the issuer */
    readonly audience?: pulumi.Input<string>;
    /**
     * SHA-1 of the issuer's certificates, for `"create"`, where no public authority vouches for them.
     * @default AWS's own list of authorities
     */
    readonly thumbprints?: pulumi.Input<pulumi.Input<string>[]>;
    /** ARN of the policy that bounds what any of the roles may ever do. @default none */
    readonly permissionsBoundary?: pulumi.Input<string>;
    /** Path of the roles: `/ci/`. @default "/" */
    readonly path?: pulumi.Input<string>;
    /** Of the roles, and of a provider that is created. @default none */
    readonly tags?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}
