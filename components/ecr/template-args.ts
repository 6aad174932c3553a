import type * as pulumi from "@pulumi/pulumi";
import type { TemplateEncryptionType, TemplateMutability } from "../../core/ecr";

/** What repositories get that ECR makes by itself. A change holds for those made later; ECR leaves the others as they are. */
export interface EcrTemplateArgs {
    /** What the template is for, in a line; 256 characters at most. */
    readonly description?: pulumi.Input<string>;
    /**
     * A lifecycle policy, as AWS has it, or `false` for none.
     *
     * @default what no tag names goes after 30 days, and of a cache's tagged images the newest 100 of a repository stay
     */
    readonly lifecycle?: pulumi.Input<object> | false;
    /**
     * `KMS` and `KMS_DSSE` take a role, which is made unless `customRoleArn` is given. `kmsKey` is the ARN of a key.
     *
     * @default AES256
     */
    readonly encryption?: { readonly type: TemplateEncryptionType; readonly kmsKey?: pulumi.Input<string> };
    /**
     * A cache whose tags are immutable never follows a tag that its upstream moved.
     *
     * @default MUTABLE
     */
    readonly mutability?: pulumi.Input<TemplateMutability>;
    /** Tags that are excepted from the mutability, with at most two `*`; with `*_WITH_EXCLUSION` alone. */
    readonly exclusions?: pulumi.Input<pulumi.Input<string>[]>;
    /** A repository policy, as AWS has it. @default none: whom the account's own IAM allows */
    readonly policy?: pulumi.Input<object>;
    /** Tags of the repositories; they take a role, as KMS does. Their keys are known when the program runs. */
    readonly tags?: Readonly<Record<string, pulumi.Input<string>>>;
    /** A role that `ecr.amazonaws.com` may assume. @default one is made where tags or KMS need it */
    readonly customRoleArn?: pulumi.Input<string>;
}
