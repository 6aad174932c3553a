import type * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import type { PublicCatalogData, PublicRepositoryPrincipals } from "../../core/ecr";
import type { ExistingArgs } from "./existing";

/** How a public repository is; for all of them, or for one by its name. */
export interface PublicRepositorySettingsArgs {
    /** What the Amazon ECR Public Gallery shows. That of one repository is laid over that of all. @default nothing */
    readonly catalogData?: pulumi.Input<PublicCatalogData>;
    /**
     * Who may push beside the account's own; everybody may pull, whatever is said. `false` for nobody: plain, since it
     * decides whether there is a policy. @default nobody
     */
    readonly policy?: pulumi.Input<PublicRepositoryPrincipals> | false;
    /** Whether a deletion takes the images with it. Only beside `retainOnDelete: false`. @default false */
    readonly forceDelete?: pulumi.Input<boolean>;
    /** Whether `destroy`, and an image that leaves the catalogue, leave the repository and its images. Plain. @default true */
    readonly retainOnDelete?: boolean;
    /** AWS's tags of the resource; those of one repository are added to those of all. */
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface EcrPublicRepositoriesArgs extends PublicRepositorySettingsArgs, ExistingArgs {
    /** `loadCatalog` or `defineCatalog`. */
    readonly catalog: Catalog;
    /** Key of the registry in the catalogue, of kind `ecr-public`. Plain. @default the only one of that kind */
    readonly registry?: string;
    /** Names of images: only their repositories. Plain. @default all images with a target there */
    readonly images?: readonly string[];
    /** By the repository's name, without the registry's alias: what differs there. The names are plain. */
    readonly perRepository?: Readonly<Record<string, PublicRepositorySettingsArgs>>;
    /**
     * The account that the registry belongs to, twelve digits: its host (`public.ecr.aws/acme`) tells none. With it nothing
     * is made at another one. @default whatever the provider's credentials are of
     */
    readonly account?: pulumi.Input<string>;
}
