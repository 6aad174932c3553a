import * as pulumi from "@pulumi/pulumi";
import { ecrHostOf, isAccount, isRegion, partitionOf } from "../../core/aws-names";
import type { Catalog } from "../../core/catalog";
import {
    ecrRegistryOf,
    type PolicyStatement,
    type Principal,
    type RegistryGrants,
    registryPolicy,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import { awsIdentity, awsService } from "./aws-peer";
import { takeOnce } from "./one-for-a-place";
import { checkAccount, type EcrPlace, type RegistryPlace, registryPlace } from "./registry-place";

/** Which accounts may replicate hither. */
export interface ReplicationSourceArgs {
    /** Of the registries that replicate, twelve digits each. The registry's own needs no policy, and is refused. */
    readonly accounts: pulumi.Input<readonly pulumi.Input<string>[]>;
    /** Begins of the repositories' names that may be written: `mirror/`. @default all repositories */
    readonly prefixes?: pulumi.Input<readonly pulumi.Input<string>[]>;
    /** Whether repositories that are missing are made; without it they must be there, or nothing comes. @default true */
    readonly createRepositories?: pulumi.Input<boolean>;
}

/** Who may have a pull-through cache fetch what the registry has not. */
export interface PullThroughGrantArgs {
    readonly principals: pulumi.Input<readonly pulumi.Input<Principal>[]>;
    /** Begins of the cached repositories' names: `docker-hub/`. @default all repositories */
    readonly prefixes?: pulumi.Input<readonly pulumi.Input<string>[]>;
    /** Whether the first pull of an image makes its repository. @default true */
    readonly createRepositories?: pulumi.Input<boolean>;
}

export interface EcrRegistryPolicyArgs {
    /** Says which account and region, where the registry is one of its. @default the provider's, or `account` and `region` */
    readonly catalog?: Catalog;
    /** With `catalog`: a registry of kind `ecr`. @default the only one */
    readonly registry?: string;
    /** The account that the provider must be of, twelve digits. @default whatever it is of */
    readonly account?: pulumi.Input<string>;
    /** @default the provider's */
    readonly region?: pulumi.Input<string>;
    /** Accounts that may replicate hither. */
    readonly replication?: pulumi.Input<readonly pulumi.Input<ReplicationSourceArgs>[]>;
    /** Principals that may fill pull-through caches. */
    readonly pullThrough?: pulumi.Input<readonly pulumi.Input<PullThroughGrantArgs>[]>;
    /**
     * Statements of your own, in IAM's words, each with its `Resource`. Other actions than ReplicateImage,
     * CreateRepository and BatchImportUpstreamImage need the registry's policy scope V2 (`EcrAccountSettings`).
     */
    readonly statements?: pulumi.Input<readonly pulumi.Input<PolicyStatement>[]>;
}

/**
 * What a registry allows to others: the receiving side of replication between accounts, and pull-through caches. With a
 * provider of the receiving account, in its `opts`.
 *
 * A registry, of one account and region, has one such policy: whatever is put last stands. A second of this component for
 * one registry is an error of the program; what another stack or the console put is overwritten. `destroy` deletes it.
 */
export class EcrRegistryPolicy extends pulumi.ComponentResource {
    /** The account whose registry it is. */
    declare readonly registryId: pulumi.Output<string>;
    /** The document as JSON. */
    declare readonly policy: pulumi.Output<string>;

    constructor(name: string, args: EcrRegistryPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrRegistryPolicy", name, {}, opts);
        const { region, place } = placeOf(args, this);
        const { replication, pullThrough, statements } = args;
        const given = { replication, pullThrough, statements };
        const grants = plainOrLater(given, (known) => {
            const checked = definedOf(known) as RegistryGrants;
            atProperty("args", () => registryPolicy(checked, SOMEWHERE));
            return checked;
        });
        const policy = pulumi.all([grants, place]).apply(([known, at]) => {
            takeOnce(ecrHostOf(at.account, at.region), "registryPolicy", name);
            return JSON.stringify(atProperty("args", () => registryPolicy(known as RegistryGrants, at)));
        });
        const { RegistryPolicy } = awsService("ecr");
        const made = new RegistryPolicy(`${name}-policy`, { policy, region }, { parent: this });
        this.registryId = unlessRefused(made.registryId, [policy]);
        this.policy = policy;
        this.registerOutputs({ registryId: this.registryId, policy: this.policy });
    }
}

/** Nobody's: stands for a place that is not known yet, while documents are checked. */
const SOMEWHERE: EcrPlace = { account: "000000000000", region: "eu-west-1", partition: "aws" };

/** What is absent is no grant. */
function definedOf(given: object): object {
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function placeOf(
    args: EcrRegistryPolicyArgs,
    parent: pulumi.Resource,
): { region?: pulumi.Input<string>; place: RegistryPlace["place"] } {
    const { catalog, registry, account, region } = args;
    if (catalog !== undefined) {
        if (account !== undefined || region !== undefined) {
            throw badArgument(
                account === undefined ? "region" : "account",
                "the catalogue's registry says it: leave it out, or the catalogue",
            );
        }
        return registryPlace(
            atProperty("registry", () => ecrRegistryOf(catalog, "ecr", registry)),
            parent,
        );
    }
    if (registry !== undefined) {
        throw badArgument("registry", "is a name in a catalogue: give the catalogue too");
    }
    const checked = plainOrLater({ account, region }, (known) => {
        if (known.account !== undefined && !isAccount(known.account)) {
            throw badArgument("account", `must be twelve digits, as a text, not ${JSON.stringify(known.account)}`);
        }
        if (known.region !== undefined && !isRegion(known.region)) {
            throw badArgument("region", `must be a region such as "eu-west-1", not ${JSON.stringify(known.region)}`);
        }
        return known;
    });
    const { getCallerIdentityOutput, getRegionOutput } = awsIdentity();
    const own = getCallerIdentityOutput({}, { parent }).accountId;
    const at = region === undefined ? getRegionOutput({}, { parent }).region : region;
    const place = pulumi.all([checked, own, at]).apply(([known, actual, where]) => {
        if (known.account !== undefined) {
            const what = `the policy is for the registry of account ${known.account}`;
            checkAccount("account", what, { wanted: known.account, own: actual });
        }
        return { account: actual, region: where, partition: partitionOf(where) };
    });
    return { region, place };
}
