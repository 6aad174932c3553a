import type * as pulumi from "@pulumi/pulumi";
import type { Catalog, ImageSelection, Purpose } from "../../core/catalog";
import type { InstallMethod } from "../../core/workflows";
import type { BranchProtectionArgs } from "./branch-protection";
import type { DeliveryArgs } from "./delivery-args";

export interface MirrorRepositoryArgs extends DeliveryArgs {
    /** The catalogue, resolved for this stack's environment. */
    readonly catalog: Catalog;
    /** Names of the images that the repository carries. @default all that `where` selects */
    readonly images?: pulumi.Input<pulumi.Input<string>[]>;
    /** A selection by properties, within `images` where both are given. @default all */
    readonly where?: pulumi.Input<ImageSelection["where"]>;
    /** What this is for: images of the other purpose are refused. @default as the catalogue's environment says */
    readonly purpose?: pulumi.Input<Purpose>;
    /** When they are carried: cron, in UTC. @default "17 5 * * *" */
    readonly schedule?: pulumi.Input<string>;
    /** Labels of the runner. @default "ubuntu-24.04" */
    readonly runner?: pulumi.Input<pulumi.Input<string>[]>;
    /** GitHub's deployment environment that holds the secrets. @default they are the repository's */
    readonly deployment?: pulumi.Input<string>;
    /** How a job gets the command: `npx`, or `npm-ci` by the repository's package-lock.json. @default "npx" */
    readonly install?: pulumi.Input<InstallMethod>;
    /** Minutes for a run. @default 360: a first run has everything to carry */
    readonly timeoutMinutes?: pulumi.Input<number>;
    /** Markdown, the README's second paragraph: who keeps this repository, and for whom. @default none */
    readonly about?: pulumi.Input<string>;
    /** Where one asks for an image. @default the repository's form for a new issue */
    readonly requestUrl?: pulumi.Input<string>;
    /**
     * Who reviews changes: users, teams or e-mail addresses, for a CODEOWNERS file. Plain, whether it is given: it decides
     * which resources there are. @default no such file
     */
    readonly codeOwners?: pulumi.Input<pulumi.Input<string>[]>;
    /** Protects the default branch. Plain: it decides which resources there are. @default left as it is */
    readonly branchProtection?: BranchProtectionArgs;
    /** @default ".github/workflows/mirror.yml" */
    readonly workflowPath?: pulumi.Input<string>;
    /** @default "catalog.yaml"; the workflow writes the lock file beside it */
    readonly catalogPath?: pulumi.Input<string>;
    /** @default "README.md" */
    readonly readmePath?: pulumi.Input<string>;
    /** The page that the workflow writes: where each image can be pulled from. @default "MIRRORS.md" */
    readonly page?: pulumi.Input<string>;
}
