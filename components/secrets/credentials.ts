import type * as pulumi from "@pulumi/pulumi";
import type { SecretsApp } from "../../core/github";
import type { DockerHubTokenArgs } from "./docker-hub-token";
import type { HarborRobotSecretArgs } from "./harbor-robot-secret";

/** Whose secret it is, as `gh secret set --app` has it: workflows, Dependabot's updates, codespaces. Each has a store of its own. */
export type { SecretsApp } from "../../core/github";

interface AnyCredential {
    /** Whose secret it is. @default the component's `apps` */
    readonly apps?: readonly SecretsApp[];
}

/** A user and a password: two secrets, `<KEY>_USERNAME` and `<KEY>_PASSWORD`. */
export interface LoginCredential extends AnyCredential {
    readonly kind: "login";
    readonly username: pulumi.Input<string>;
    /** Always kept as a secret of the stack. */
    readonly password: pulumi.Input<string>;
}

/** One secret, by the name of its key. */
export interface SecretCredential extends AnyCredential {
    readonly kind: "secret";
    /** At most 48 KB. Always kept as a secret of the stack. */
    readonly value: pulumi.Input<string>;
}

/** A configuration variable, by the name of its key: whoever sees a workflow's logs may see it. */
export interface VariableCredential extends AnyCredential {
    readonly kind: "variable";
    readonly value: pulumi.Input<string>;
}

/**
 * A role that GitHub's runs assume by their identity (OpenID Connect), so that no key is stored: the variable
 * `AWS_ROLE_ARN`, or `AWS_ROLE_ARN_<PROFILE>`.
 */
export interface AwsRoleCredential extends AnyCredential {
    readonly kind: "awsRole";
    readonly roleArn: pulumi.Input<string>;
    /** Where given, the variable `AWS_REGION` too. */
    readonly region?: pulumi.Input<string>;
    /** The catalogue's profile. It makes a variable's name. @default none */
    readonly profile?: string;
}

/** A workload identity of Google Cloud: the variables `GCP_WORKLOAD_IDENTITY_PROVIDER` and `GCP_SERVICE_ACCOUNT`. */
export interface GcpIdentityCredential extends AnyCredential {
    readonly kind: "gcpIdentity";
    /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`. */
    readonly provider: pulumi.Input<string>;
    readonly serviceAccount: pulumi.Input<string>;
}

/** What has its values at once; what is rotated becomes a login first. */
export type GivenCredential =
    | LoginCredential
    | SecretCredential
    | VariableCredential
    | AwsRoleCredential
    | GcpIdentityCredential;

/** The login of an existing robot of Harbor, with a secret that is made anew from time to time. */
export interface HarborRobotCredential extends AnyCredential, HarborRobotSecretArgs {
    readonly kind: "harborRobot";
}

/** A login at Docker Hub by an access token that is made anew from time to time. */
export interface DockerHubTokenCredential extends AnyCredential, DockerHubTokenArgs {
    readonly kind: "dockerHubToken";
}

export type CiCredential = GivenCredential | HarborRobotCredential | DockerHubTokenCredential;
