import * as pulumi from "@pulumi/pulumi";
import { parseEcrHost } from "../../core/aws-names";
import type { Catalog } from "../../core/catalog";
import {
    type AccountSetting,
    basicScanType,
    blobMounting,
    ecrRegistryOf,
    MOST_PULL_TIME_EXCLUSIONS,
    pullTimeExclusion,
    type RegistryScanning,
    registryPolicyScope,
    registryScanning,
    type ScanFrequency,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import { awsService } from "./aws-peer";
import { takeOnce } from "./one-for-a-place";
import { type RegistryPlace, registryPlace } from "./registry-place";

/** When which repositories are scanned. */
export interface ScanningRuleArgs {
    /** `SCAN_ON_PUSH`, or, with the type `ENHANCED`, `CONTINUOUS_SCAN`. One rule of each at most. */
    readonly frequency: pulumi.Input<ScanFrequency>;
    /** With `*` a pattern of the whole name, without one whatever name contains the text. 1 to 100. */
    readonly filters: pulumi.Input<pulumi.Input<string>[]>;
}

/** What is scanned for vulnerabilities in the whole registry. */
export interface RegistryScanningArgs {
    /** `BASIC`: the operating system's packages, free. `ENHANCED`: Amazon Inspector, languages' packages too, paid. */
    readonly type: pulumi.Input<RegistryScanning["type"]>;
    /** What no rule names is scanned by hand only, or, with `ENHANCED`, not at all. @default none */
    readonly rules?: pulumi.Input<pulumi.Input<ScanningRuleArgs>[]>;
}

type TakeOnce = (argument: string, setting?: string) => void;

/** Each is left as it is where it is not given; whether it is given is plain. */
export interface EcrAccountSettingsArgs {
    /** Says which account and region. */
    readonly catalog: Catalog;
    /** A registry of the catalogue of kind `ecr`. @default the only one */
    readonly registry?: string;
    /**
     * Whether repositories of the same encryption share layers, so that a layer that one of them has is not sent again.
     * Images of pull-through caches share none. @default as it is: disabled, where nobody enabled it
     */
    readonly blobMounting?: pulumi.Input<boolean>;
    /** @default as it is: `AWS_NATIVE` everywhere since 2 February 2026 */
    readonly basicScanType?: pulumi.Input<"AWS_NATIVE">;
    /** `V2`: a registry policy is about every action, and no longer replication and pull-through alone. @default as it is */
    readonly registryPolicyScope?: pulumi.Input<"V2">;
    /** @default as it is: `BASIC`, by hand */
    readonly scanning?: RegistryScanningArgs;
    /**
     * Roles and users whose pulls are no use of an image, by names of your own: those of checks, syncs and scanners, so
     * that lifecycle rules on the last pull see who really pulls. At most 100. @default none
     */
    readonly pullTimeExclusions?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Settings of an account's registry in one region: there is one of each, so a second component that sets the same is
 * refused. `destroy`, or an argument that is taken out, deletes the exclusions and puts scanning back to `BASIC` without
 * rules, as the provider does; blob mounting, scan type and policy scope cannot be deleted and stay as they are.
 */
export class EcrAccountSettings extends pulumi.ComponentResource {
    /** `111111111111.dkr.ecr.eu-west-1.amazonaws.com`, known once the settings are made. */
    declare readonly host: pulumi.Output<string>;

    constructor(name: string, args: EcrAccountSettingsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrAccountSettings", name, {}, opts);
        const registry = atProperty("registry", () => ecrRegistryOf(args.catalog, "ecr", args.registry));
        const host = registry.host.split("/")[0] as string;
        if (parseEcrHost(host)?.visibility === "public") {
            throw badArgument(
                "registry",
                `${registry.name} is ECR Public, which has no such settings: name a private one`,
            );
        }
        const where = registryPlace(registry, this);
        const once: TakeOnce = (argument, setting) => takeOnce(host, setting ?? argument, name, argument);
        const made = [
            ...this.settings(name, args, where, once),
            ...this.scanning(name, args, where, once),
            ...this.exclusions(name, args, where, once),
        ];
        if (made.length === 0) {
            throw badArgument(
                "blobMounting",
                "or another setting is missing: give blobMounting, basicScanType, registryPolicyScope, scanning or pullTimeExclusions",
            );
        }
        this.host = pulumi.all(made).apply(() => host);
        this.registerOutputs({ host: this.host });
    }

    private settings(
        name: string,
        args: EcrAccountSettingsArgs,
        { place, region }: RegistryPlace,
        once: TakeOnce,
    ): pulumi.Output<string>[] {
        const kinds = [
            ["blobMounting", "blob-mounting", "BLOB_MOUNTING", blobMounting],
            ["basicScanType", "basic-scan-type", "BASIC_SCAN_TYPE_VERSION", basicScanType],
            ["registryPolicyScope", "registry-policy-scope", "REGISTRY_POLICY_SCOPE", registryPolicyScope],
        ] as const;
        return kinds.flatMap(([argument, child, setting, build]) => {
            const given: pulumi.Input<boolean | string> | undefined = args[argument];
            if (given === undefined) {
                return [];
            }
            once(argument);
            const built = plainOrLater({ given }, (known) =>
                atProperty(argument, () => (build as (value: unknown) => AccountSetting)(known.given)),
            );
            const value = pulumi.all([built, place]).apply(([known]) => known.value);
            const { AccountSetting: Resource } = awsService("ecr");
            const { id } = new Resource(`${name}-${child}`, { name: setting, value, region }, { parent: this });
            return [unlessRefused(id, [value])];
        });
    }

    private scanning(
        name: string,
        { scanning }: EcrAccountSettingsArgs,
        { place, region }: RegistryPlace,
        once: TakeOnce,
    ): pulumi.Output<string>[] {
        if (scanning === undefined) {
            return [];
        }
        once("scanning");
        const built = plainOrLater(scanning, (known) =>
            atProperty("scanning", () => registryScanning(known as RegistryScanning)),
        );
        const configuration = pulumi.all([built, place]).apply(([known]) => known);
        const { RegistryScanningConfiguration } = awsService("ecr");
        const args = {
            scanType: configuration.scanType,
            rules: configuration.apply(({ rules }) =>
                rules.map((rule) => ({ ...rule, repositoryFilters: [...rule.repositoryFilters] })),
            ),
            region,
        };
        const { id } = new RegistryScanningConfiguration(`${name}-scanning`, args, { parent: this });
        return [unlessRefused(id, [configuration])];
    }

    private exclusions(
        name: string,
        { pullTimeExclusions = {} }: EcrAccountSettingsArgs,
        { place, region }: RegistryPlace,
        once: TakeOnce,
    ): pulumi.Output<string>[] {
        const all = Object.entries(pullTimeExclusions);
        if (all.length > MOST_PULL_TIME_EXCLUSIONS) {
            throw badArgument(
                "pullTimeExclusions",
                `are ${all.length}, and AWS takes ${MOST_PULL_TIME_EXCLUSIONS} in an account: have several runs share a role`,
            );
        }
        return all.map(([key, given]) => {
            const argument = `pullTimeExclusions.${key}`;
            const arn = plainOrLater({ given }, (known) => atProperty(argument, () => pullTimeExclusion(known.given)));
            if (typeof given === "string") {
                once(argument, given);
            }
            const principalArn = pulumi.all([arn, place]).apply(([known]) => known);
            const { PullTimeUpdateExclusion } = awsService("ecr");
            const child = `${name}-exclusion-${key}`;
            const { id } = new PullTimeUpdateExclusion(child, { principalArn, region }, { parent: this });
            return unlessRefused(id, [principalArn]);
        });
    }
}
