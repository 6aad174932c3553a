import * as pulumi from "@pulumi/pulumi";
import { type PrivateEcrHost, parsePrivateEcrHost, partitionOf } from "../../core/aws-names";
import type { EcrRegistry } from "../../core/ecr";
import { badArgument } from "../images/arguments";
import { awsIdentity } from "./aws-peer";

/** Account, region and partition: the begin of every ARN at a registry. */
export type EcrPlace = Omit<PrivateEcrHost, "visibility">;

/** Where a registry's resources are made. */
export interface RegistryPlace {
    /**
     * The argument `region` of each of its resources: what the host says, whatever the provider's own is. Undefined for a
     * host that is none of ECR's names (an emulator's): the provider's.
     */
    readonly region: string | undefined;
    /**
     * Known once AWS has said whose credentials the provider has, and rejected where they are of another account than the
     * host's. What follows from it is never made at a wrong account, and a preview says so already.
     */
    readonly place: pulumi.Output<EcrPlace>;
}

/** Asked once for each component, with the provider that its resources have. */
export function registryPlace(
    registry: Pick<EcrRegistry, "name" | "host">,
    parent: pulumi.Resource,
    argument = "registry",
): RegistryPlace {
    const named = parsePrivateEcrHost(registry.host);
    const { getCallerIdentityOutput, getRegionOutput } = awsIdentity();
    const account = getCallerIdentityOutput({}, { parent }).accountId;
    if (named !== undefined) {
        const { visibility: _, ...place } = named;
        return { region: place.region, place: account.apply((own) => sameAccount(own, place, registry, argument)) };
    }
    const { region } = getRegionOutput({}, { parent });
    const place = pulumi
        .all([account, region])
        .apply(([own, at]) => ({ account: own, region: at, partition: partitionOf(at) }));
    return { region: undefined, place };
}

function sameAccount(
    own: string,
    place: EcrPlace,
    { name, host }: Pick<EcrRegistry, "name" | "host">,
    argument: string,
): EcrPlace {
    const what = `the registry ${name} is ${host}, of account ${place.account}`;
    checkAccount(argument, what, { wanted: place.account, own, otherwise: ", or mend the host in the catalogue" });
    return place;
}

interface Accounts {
    readonly wanted: string;
    /** That of the provider's credentials. */
    readonly own: string;
    /** What else helps, after a comma. */
    readonly otherwise?: string;
}

/** @throws InputPropertyError where the provider is of another account than what is made belongs to, which `what` says */
export function checkAccount(argument: string, what: string, { wanted, own, otherwise = "" }: Accounts): void {
    if (own !== wanted) {
        throw badArgument(
            argument,
            `${what}, but the credentials of the AWS provider are of account ${own}: give the component a provider of account ${wanted}${otherwise}`,
        );
    }
}
