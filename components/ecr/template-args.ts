import type * as pulumi from "@pulumi/pulumi";
import type { LifecycleRule, Mutability, RepositoryPrincipals } from "../../core/ecr";

/** What repositories get that ECR makes by itself. A change holds for those made later; ECR leaves the others as they are. */
export interface EcrTemplateArgs {
    /** What the template is for, in a line; 256 characters at most. */
    readonly description?: pulumi.Input<string>;
    /**
     * What expires, and what never does; tags `*.prev-*` stay, whatever the rules say. `false` for none.
     *
     * @default what no tag names goes after 30 days, and of a cache's tagged images the newest 100 of a repository stay
     */
    readonly lifecycle?: pulumi.Input<readonly LifecycleRule[]> | false;
    /**
     * Whether it is KMS is known when the program runs: it takes a role, which is made unless `customRoleArn` is given. The
     * key by its ARN.
     *
     * @default AES256
     */
    readonly encryption?: EcrTemplateEncryption;
    /** A cache whose tags are immutable never follows a tag that its upstream moved. @default "MUTABLE" */
    readonly mutability?: pulumi.Input<Mutability>;
    /** With `IMMUTABLE`: patterns of tags that may move all the same. @default none */
    readonly mutableTags?: pulumi.Input<pulumi.Input<string>[]>;
    /** With `MUTABLE`: patterns of tags that may not. @default none */
    readonly immutableTags?: pulumi.Input<pulumi.Input<string>[]>;
    /** With `IMMUTABLE`: whether `sha256-*` may move, which cosign's signatures and lists of referrers need. @default true */
    readonly signaturesMutable?: pulumi.Input<boolean>;
    /** Who may pull and push beside the account's own. @default nobody */
    readonly policy?: pulumi.Input<RepositoryPrincipals>;
    /** Tags of the repositories; they take a role, as KMS does. Their keys are known when the program runs. */
    readonly tags?: Readonly<Record<string, pulumi.Input<string>>>;
    /** A role that `ecr.amazonaws.com` may assume. @default one is made where tags or KMS need it */
    readonly customRoleArn?: pulumi.Input<string>;
}

export type EcrTemplateEncryption =
    | "AES256"
    | "KMS"
    | "KMS_DSSE"
    | { readonly key: pulumi.Input<string>; readonly type?: "KMS" | "KMS_DSSE" };
