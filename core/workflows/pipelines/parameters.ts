import type { Registry } from "../../catalog";
import type { InstallMethod } from "../installation";
import type { MirrorParameters } from "../mirror";
import type { Common } from "../parts";
import type { PublishParameters } from "../publish-parameters";

/** Where a pipeline runs that is no workflow of GitHub's. */
export type CiPlatform = "gitlab" | "jenkins";

/** What every pipeline is told. */
export interface PipelineCommon extends Pick<Common, "catalog" | "environment"> {
    /** Those that have a copy of an image: `Object.values(catalog.registries)`. Their credentials are asked for. */
    readonly registries: readonly Registry[];
    /** How a job gets the command. @default "npx" */
    readonly install?: InstallMethod;
    /** With `npx`: the exact version of transship. @default this package's */
    readonly version?: string;
    /** Labels that the machine must have, all of them: GitLab's `tags`, Jenkins' `label`. @default any machine */
    readonly runner?: readonly string[];
    /**
     * The container image that the jobs run in, by digest: `registry.example.com/ci@sha256:…`.
     * @default none is named: the machine itself, or what the runner is configured to take
     */
    readonly image?: string;
    /** GitLab's environment whose variables the jobs get. Jenkins has no such thing. */
    readonly deployment?: string;
}

/** Builds, signs, carries and checks images of one's own. */
export interface PublishPipelineParameters
    extends PipelineCommon,
        Omit<PublishParameters, keyof Common | "name" | "maxParallel"> {
    readonly kind: "publish";
    /**
     * `keyless`: by the job's own identity, which GitLab gives each job, and Jenkins only by the plugin oidc-provider.
     * `key`: by a key of yours.
     * @default "keyless" for GitLab, "key" for Jenkins
     */
    readonly signWith?: "keyless" | "key";
}

/** Carries images of others on a schedule. */
export interface MirrorPipelineParameters
    extends PipelineCommon,
        Pick<MirrorParameters, "schedule" | "where" | "page"> {
    readonly kind: "mirror";
    /** Those of `registries` that images are carried to. @default all of them */
    readonly pushed?: readonly Registry[];
}

/** Proves on a schedule that all copies are equal. */
export interface ProofPipelineParameters extends PipelineCommon {
    readonly kind: "proof";
    /** Cron, in UTC. */
    readonly schedule: string;
}

export type PipelineParameters = PublishPipelineParameters | MirrorPipelineParameters | ProofPipelineParameters;

/** A pipeline's text without its comment, and what the comment has to say. */
export interface Pipeline {
    /** Paragraphs. */
    readonly about: readonly string[];
    readonly content: string;
    /** GitLab's variables or Jenkins' credentials that have to be there, by name or id: secret ones. */
    readonly secrets: readonly string[];
    /** The same of those that are no secret. */
    readonly variables: readonly string[];
}
