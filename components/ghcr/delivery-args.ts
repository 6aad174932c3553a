import type * as pulumi from "@pulumi/pulumi";
import { checkChoice } from "../images/arguments";
import type { CreatedRepositoryArgs } from "./created-repository";

/** How generated files come into a repository. */
export interface DeliveryArgs {
    /** The repository that the files are for: `owner/name`. It must be there already, unless `createRepository` makes it. */
    readonly repository: pulumi.Input<string>;
    /**
     * - `pull-request`: a branch for each content, and a pull request from it;
     * - `commit`: straight onto a branch, which must not be protected;
     * - `render`: nothing is written anywhere; the output `files` has them.
     *
     * Plain: it decides which resources there are.
     *
     * @default "pull-request"
     */
    readonly delivery?: "pull-request" | "commit" | "render";
    /** The branch that is committed to, or that the pull request is for. @default the repository's default branch */
    readonly branch?: pulumi.Input<string>;
    /**
     * What becomes of a file that somebody changed by hand, or wrote himself: `refuse` ends the program before anything is
     * written, `keep` leaves that file as it is, `overwrite` writes over it. @default "refuse"
     */
    readonly onEdited?: pulumi.Input<"refuse" | "keep" | "overwrite">;
    /** Makes the repository, which `destroy` then leaves. Plain: it decides which resources there are. @default it is there already */
    readonly createRepository?: CreatedRepositoryArgs;
}

/** @throws InputPropertyError */
export function checkDelivery({ delivery, onEdited }: DeliveryArgs): void {
    checkChoice("delivery", delivery, ["pull-request", "commit", "render"]);
    checkChoice("onEdited", onEdited, ["refuse", "keep", "overwrite"]);
}
