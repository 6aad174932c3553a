import type * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import type { Encryption, LifecycleRule, Mutability, RepositoryPrincipals } from "../../core/ecr";
import type { ExistingArgs } from "./existing";

/** How a repository is; for all of them, or for one by its name. */
export interface RepositorySettingsArgs {
    /**
     * Whether tags may be written again. A mirror's tags move by nature, and what runs is pinned by digest; `IMMUTABLE` is
     * for what is published here under versions that never come again. @default "MUTABLE"
     */
    readonly mutability?: pulumi.Input<Mutability>;
    /** With `IMMUTABLE`: patterns of tags that may move all the same, at most two `*` each: `["latest", "edge-*"]`. @default none */
    readonly mutableTags?: pulumi.Input<pulumi.Input<string>[]>;
    /** With `MUTABLE`: patterns of tags that may not. @default none */
    readonly immutableTags?: pulumi.Input<pulumi.Input<string>[]>;
    /** With `IMMUTABLE`: whether `sha256-*` may move, which cosign's signatures and lists of referrers need. @default true */
    readonly signaturesMutable?: pulumi.Input<boolean>;
    /**
     * `on-push`: basic scanning of each image that is pushed. `registry`: as the registry says for all (enhanced scanning,
     * EcrAccountSettings); nothing is said of the repository. `none`: only when somebody starts one. @default "on-push"
     */
    readonly scanning?: pulumi.Input<Scanning>;
    /**
     * Encryption at rest, when the repository is made: ECR never changes it afterwards. One that is there and encrypted
     * otherwise is an error that says what to do; it is never replaced. @default AWS's own, AES256
     */
    readonly encryption?: pulumi.Input<Encryption>;
    /**
     * What expires, and what never does. Whatever the rules say, tags `*.prev-*` stay, which hold the digests of a
     * roll-back. `false` for none: plain, since it decides whether there is a policy. @default none, since nothing is
     * deleted unasked
     */
    readonly lifecycle?: pulumi.Input<readonly LifecycleRule[]> | false;
    /** Who may pull and push beside the account's own. `false` for nobody: plain, as above. @default nobody */
    readonly policy?: pulumi.Input<RepositoryPrincipals> | false;
    /** Whether a deletion takes the images with it. Only beside `retainOnDelete: false`. @default false */
    readonly forceDelete?: pulumi.Input<boolean>;
    /** Whether `destroy`, and an image that leaves the catalogue, leave the repository and its images. Plain. @default true */
    readonly retainOnDelete?: boolean;
    /** AWS's tags of the resource; those of one repository are added to those of all. */
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export type Scanning = "on-push" | "registry" | "none";

export interface EcrRepositoriesArgs extends RepositorySettingsArgs, ExistingArgs {
    /** `loadCatalog` or `defineCatalog`. */
    readonly catalog: Catalog;
    /** Key of the registry in the catalogue, of kind `ecr`. Plain. @default the only one of that kind */
    readonly registry?: string;
    /** Names of images: only their repositories. Plain. @default all images with a target there */
    readonly images?: readonly string[];
    /** By the repository's name at ECR, `mirror/hashicorp/vault`: what differs there. The names are plain. */
    readonly perRepository?: Readonly<Record<string, RepositorySettingsArgs>>;
}

/** What a program needs of a repository. */
export interface MadeRepository {
    readonly arn: string;
    /** `111111111111.dkr.ecr.eu-west-1.amazonaws.com/mirror/hashicorp/vault` */
    readonly url: string;
    /** `mirror/hashicorp/vault` */
    readonly name: string;
    /** Images of the catalogue that go there. */
    readonly images: readonly string[];
}
