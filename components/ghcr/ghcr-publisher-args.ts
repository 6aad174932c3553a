import type * as pulumi from "@pulumi/pulumi";
import type { Catalog, Purpose } from "../../core/catalog";
import type { BuildCache, InstallMethod } from "../../core/workflows";
import type { DeliveryArgs } from "./delivery-args";

/** How one image is built. */
export interface ImageBuildArgs {
    /** The folder that is built, from the repository's root. @default "." */
    readonly context?: pulumi.Input<string>;
    /** The Dockerfile, from the repository's root. @default `Dockerfile` in the context */
    readonly file?: pulumi.Input<string>;
    /** The stage of the Dockerfile. @default the last one */
    readonly target?: pulumi.Input<string>;
    /** Nothing secret: whoever can pull the image reads them in its provenance. */
    readonly buildArgs?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
    /** @default those that the catalogue lists, else `linux/amd64` and `linux/arm64` */
    readonly platforms?: pulumi.Input<pulumi.Input<string>[]>;
    /** @default the publisher's `tags` */
    readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
    /** docker/metadata-action's `flavor`: `latest=false`. @default `latest` goes to releases by semver */
    readonly flavor?: pulumi.Input<pulumi.Input<string>[]>;
}

/** When images are published; always also by hand. */
export interface PublishOnArgs {
    readonly branches?: pulumi.Input<pulumi.Input<string>[]>;
    /** Patterns of git tags. */
    readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
    /** Releases at GitHub, when they are published; not together with `tags`. */
    readonly releases?: pulumi.Input<boolean>;
    /** Only where one of these changed; GitHub does not look at them for tags and releases. */
    readonly paths?: pulumi.Input<pulumi.Input<string>[]>;
    /** Cron, in UTC: to take the base images' fixes in. */
    readonly schedule?: pulumi.Input<string>;
    /** Whether pull requests are built, without a secret, and pushed nowhere. @default false */
    readonly pullRequests?: pulumi.Input<boolean>;
}

export interface GhcrPublisherArgs extends DeliveryArgs {
    /** The catalogue, resolved for this stack's environment: every place of an image in it gets each build. */
    readonly catalog: Catalog;
    /** Names of the images that this repository builds. */
    readonly images: pulumi.Input<pulumi.Input<string>[]>;
    /** How they are built, by name. @default each from the repository's root */
    readonly builds?: pulumi.Input<Readonly<Record<string, pulumi.Input<ImageBuildArgs>>>>;
    /** @default git tags `v*` */
    readonly on?: pulumi.Input<PublishOnArgs>;
    /** Rules of docker/metadata-action: `type=semver,pattern={{version}}`. @default branch, version, major.minor and commit */
    readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
    /** Whether cosign signs each digest, keyless: the workflow's identity then stands in a public log. @default true */
    readonly sign?: pulumi.Input<boolean>;
    /** How much the provenance attestation tells; `max` names the build's arguments. @default "max" */
    readonly provenance?: pulumi.Input<"max" | "min" | false>;
    /** Whether the build attests a list of what is in the image. @default true */
    readonly sbom?: pulumi.Input<boolean>;
    /** How a build remembers the one before it. @default "none" */
    readonly cache?: pulumi.Input<BuildCache>;
    /** What this is for: images of the other purpose are refused. @default as the catalogue's environment says */
    readonly purpose?: pulumi.Input<Purpose>;
    /** Labels of the runner. @default "ubuntu-24.04" */
    readonly runner?: pulumi.Input<pulumi.Input<string>[]>;
    /** GitHub's deployment environment that holds the secrets. @default they are the repository's */
    readonly deployment?: pulumi.Input<string>;
    /** How a job gets the command: `npx`, or `npm-ci` by the repository's package-lock.json. @default "npx" */
    readonly install?: pulumi.Input<InstallMethod>;
    /** Minutes for each image. @default 60 */
    readonly timeoutMinutes?: pulumi.Input<number>;
    /** How many images are built at a time. @default as many as there are runners */
    readonly maxParallel?: pulumi.Input<number>;
    /** @default ".github/workflows/NAME.yml", by the component's name */
    readonly workflowPath?: pulumi.Input<string>;
    /** Where the part of the catalogue goes that the workflow reads. @default ".github/transship/NAME.yaml" */
    readonly catalogPath?: pulumi.Input<string>;
}
