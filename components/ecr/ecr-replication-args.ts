import type * as pulumi from "@pulumi/pulumi";
import type { Catalog, CredentialSource } from "../../core/catalog";
import type { ImageFleetArgs } from "../images/image-fleet";

/** A registry that gets copies of what is pushed to the source. */
export interface EcrDestinationArgs {
    readonly region: pulumi.Input<string>;
    /** Twelve digits. Another account must allow it by an `EcrRegistryPolicy`. @default the source's own */
    readonly account?: pulumi.Input<string>;
    /** Its host, where that is not ECR's usual one: of both IP versions, or an emulator's. @default `<account>.dkr.ecr.<region>.amazonaws.com` */
    readonly host?: string;
    /** For the backfill: a profile of AWS's configuration. @default the source's */
    readonly profile?: string;
    /** For the backfill: ARN of a role that is assumed, as another account's. @default the source's */
    readonly roleArn?: string;
    /** For the backfill: where credentials come from, where AWS's own chain is not meant; never themselves. */
    readonly credentials?: CredentialSource;
}

/** Some repositories to some places. */
export interface EcrReplicationRuleArgs {
    /** @default the component's `destinations` */
    readonly destinations?: readonly EcrDestinationArgs[];
    /** @default the component's `prefixes` */
    readonly prefixes?: pulumi.Input<readonly pulumi.Input<string>[] | "all">;
}

/** How our own copy carries what was there before the rules. */
export type EcrBackfillArgs = Pick<
    ImageFleetArgs,
    "onDrift" | "onUnknown" | "onForeignDigest" | "depth" | "signatures"
>;

export interface EcrReplicationArgs {
    readonly catalog: Catalog;
    /** The source: a registry of the catalogue of kind `ecr`. @default the only one */
    readonly registry?: string;
    /** Where to; of all rules together 25 at most. Which there are is plain. */
    readonly destinations?: readonly EcrDestinationArgs[];
    /**
     * Begins of the names of repositories that are replicated, plain texts without `*`, 2 to 256 characters, 100 at most;
     * `"all"` for the whole registry. @default the path of the catalogue's registry (`mirror/`); without one, all
     */
    readonly prefixes?: pulumi.Input<readonly pulumi.Input<string>[] | "all">;
    /** Several rules, 10 at most; each may leave out what is said beside them. @default one */
    readonly rules?: readonly EcrReplicationRuleArgs[];
    /**
     * Rules replicate what is pushed after them. With this our own copy carries what the catalogue has there already, and
     * every look proves by digest that the destinations have the same. Destinations and prefixes must then be plain.
     * @default false
     */
    readonly backfill?: boolean | EcrBackfillArgs;
}
