import type * as aws from "@pulumi/aws/ecr";
import * as pulumi from "@pulumi/pulumi";
import { partitionOf } from "../../core/aws-names";
import {
    ANYWHERE,
    type CreationTemplate,
    type CreationTemplateWish,
    creationTemplate,
    needsTemplateRole,
    ROOT,
    TEMPLATE_ROLE_TRUST,
    type TemplateFor,
    templateRolePolicy,
} from "../../core/ecr";
import { atProperty } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { awsService } from "./aws-peer";
import type { EcrPlace, RegistryPlace } from "./registry-place";
import type { EcrTemplateArgs } from "./template-args";

/** One template: where, for what, and how. */
export interface WantedTemplate {
    /** Of the resource. */
    readonly name: string;
    /** The argument that messages name. */
    readonly property: string;
    readonly prefix: string;
    readonly appliedFor: readonly TemplateFor[];
    readonly args: EcrTemplateArgs;
}

export interface RepositoryTemplates {
    readonly templates: readonly aws.RepositoryCreationTemplate[];
    readonly roleArn?: pulumi.Output<string>;
    /** What may be rejected; then the templates are never made. */
    readonly refusable: readonly pulumi.Output<unknown>[];
}

/** Templates of one place, and the role that is made where one of them needs it and has none. */
export function repositoryTemplates(
    name: string,
    wanted: readonly WantedTemplate[],
    place: RegistryPlace,
    parent: pulumi.Resource,
): RepositoryTemplates {
    const texts = wanted.map((one) => templateText(one, place));
    const roleless = wanted.filter(({ args }) => args.customRoleArn === undefined && needsRole(args));
    const role = roleless.length === 0 ? undefined : templateRole(name, roleless, place, parent);
    const templates = wanted.map((one, index) => {
        const roleArn = one.args.customRoleArn ?? (roleless.includes(one) ? role?.arn : undefined);
        const dependsOn = role !== undefined && roleless.includes(one) ? [role.policy] : [];
        return templateResource(one, texts[index] as pulumi.Output<CreationTemplate>, roleArn, place, {
            parent,
            dependsOn,
        });
    });
    return { templates, refusable: [place.place, ...texts], ...(role === undefined ? {} : { roleArn: role.arn }) };
}

/** Checked at once where the settings are plain; its policy speaks of the account, which AWS tells. */
function templateText(one: WantedTemplate, { place, region }: RegistryPlace): pulumi.Output<CreationTemplate> {
    const nowhere = {
        account: "000000000000",
        region: region ?? ANYWHERE,
        partition: region === undefined ? "aws" : partitionOf(region),
    };
    const make = (wish: unknown, at: EcrPlace): CreationTemplate =>
        atProperty(one.property, () => creationTemplate(wish as CreationTemplateWish, at));
    const wish = plainOrLater(wishOf(one), (known) => {
        make(known, nowhere);
        return known;
    });
    return pulumi.all([wish, place]).apply(([known, at]) => make(known, at));
}

function needsRole({ encryption, tags }: EcrTemplateArgs): boolean {
    return needsTemplateRole({
        ...(encryption === undefined ? {} : { encryption: typeof encryption === "string" ? encryption : "KMS" }),
        ...(tags === undefined ? {} : { tags: Object.fromEntries(Object.keys(tags).map((key) => [key, ""])) }),
    });
}

function wishOf({ appliedFor, args, prefix }: WantedTemplate) {
    const { customRoleArn: _, ...settings } = args;
    // A role is given, or is made.
    const wish = { prefix, appliedFor, ...settings, hasRole: true };
    return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}

function templateResource(
    { appliedFor, name, prefix }: WantedTemplate,
    text: pulumi.Output<CreationTemplate>,
    customRoleArn: pulumi.Input<string> | undefined,
    { place, region }: RegistryPlace,
    opts: pulumi.CustomResourceOptions,
): aws.RepositoryCreationTemplate {
    const { RepositoryCreationTemplate } = awsService("ecr");
    return new RepositoryCreationTemplate(
        name,
        {
            region,
            // Waits for the word that the account is the right one.
            prefix: place.apply(() => prefix),
            appliedFors: [...appliedFor],
            description: text.apply(({ description }) => description),
            encryptionConfigurations: text.apply(({ encryptionConfigurations: all }) => all.map((one) => ({ ...one }))),
            imageTagMutability: text.apply(({ imageTagMutability }) => imageTagMutability),
            imageTagMutabilityExclusionFilters: text.apply(({ imageTagMutabilityExclusionFilters: all }) =>
                all?.map((one) => ({ ...one })),
            ),
            lifecyclePolicy: text.apply(({ lifecyclePolicy }) => lifecyclePolicy),
            repositoryPolicy: text.apply(({ repositoryPolicy }) => repositoryPolicy),
            resourceTags: text.apply(({ resourceTags }) => resourceTags) as pulumi.Output<
                Record<string, string> | undefined
            >,
            customRoleArn,
        },
        opts,
    );
}

/** One role for all: ECR assumes it whenever it makes a repository of these templates. */
function templateRole(
    name: string,
    wanted: readonly WantedTemplate[],
    { place }: RegistryPlace,
    parent: pulumi.Resource,
): { readonly arn: pulumi.Output<string>; readonly policy: pulumi.Resource } {
    const { Role, RolePolicy } = awsService("iam");
    const trust = JSON.stringify(TEMPLATE_ROLE_TRUST);
    const prefixes = wanted.map(({ prefix }) => (prefix === ROOT ? "every prefix" : prefix)).join(", ");
    const role = new Role(
        `${name}-template-role`,
        {
            assumeRolePolicy: place.apply(() => trust),
            description: `ECR makes repositories with it, by the creation templates of ${prefixes}`.slice(0, 1000),
        },
        { parent },
    );
    const wishes = wanted.map(({ appliedFor, args, prefix }) => ({
        prefix,
        replicates: appliedFor.includes("REPLICATION"),
        ...(args.encryption === undefined ? {} : { encryption: args.encryption }),
    }));
    const policy = new RolePolicy(
        `${name}-template-role-policy`,
        {
            role: role.name,
            policy: pulumi
                .all([pulumi.output(wishes), place])
                .apply(([known, at]) => JSON.stringify(templateRolePolicy(known, at))),
        },
        { parent },
    );
    return { arn: role.arn, policy };
}
