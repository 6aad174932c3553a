import type * as aws from "@pulumi/aws/ecr";
import * as pulumi from "@pulumi/pulumi";
import {
    CACHE_LIFECYCLE,
    type CreationTemplate,
    type CreationTemplateWish,
    creationTemplate,
    needsTemplateRole,
    ROOT,
    TEMPLATE_ROLE_TRUST,
    type TemplateFor,
    templateRolePolicy,
    UNTAGGED_LIFECYCLE,
} from "../../core/ecr";
import { atProperty } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { awsService } from "./aws-peer";
import type { RegistryPlace } from "./registry-place";
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

/** Templates of one place, and the role that is made where one of them needs it and has none. */
export function repositoryTemplates(
    name: string,
    wanted: readonly WantedTemplate[],
    place: RegistryPlace,
    parent: pulumi.Resource,
): { readonly templates: readonly aws.RepositoryCreationTemplate[]; readonly roleArn?: pulumi.Output<string> } {
    const texts = wanted.map((one) => plainOrLater(wishOf(one), (wish) => templateOf(one.property, wish)));
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
    return { templates, ...(role === undefined ? {} : { roleArn: role.arn }) };
}

function templateOf(property: string, wish: CreationTemplateWish): CreationTemplate {
    return atProperty(property, () => creationTemplate(wish));
}

function needsRole({ encryption, tags }: EcrTemplateArgs): boolean {
    return needsTemplateRole({
        ...(encryption === undefined ? {} : { encryption: { type: encryption.type } }),
        ...(tags === undefined ? {} : { tags: Object.fromEntries(Object.keys(tags).map((key) => [key, ""])) }),
    });
}

function wishOf({ appliedFor, args, prefix }: WantedTemplate) {
    const { description, encryption, exclusions, lifecycle, mutability, policy, tags } = args;
    const usual = appliedFor.every((one) => one === "PULL_THROUGH_CACHE") ? CACHE_LIFECYCLE : UNTAGGED_LIFECYCLE;
    return {
        prefix,
        appliedFor,
        ...(description === undefined ? {} : { description }),
        ...(encryption === undefined ? {} : { encryption }),
        ...(mutability === undefined ? {} : { mutability }),
        ...(exclusions === undefined ? {} : { exclusions }),
        ...(lifecycle === false ? {} : { lifecyclePolicy: lifecycle ?? usual }),
        ...(policy === undefined ? {} : { repositoryPolicy: policy }),
        ...(tags === undefined ? {} : { tags }),
        // One is given, or is made.
        hasRole: true,
    } as { readonly [Key in keyof CreationTemplateWish]: CreationTemplateWish[Key] };
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
            encryptionConfigurations: text.apply(({ encryptionConfigurations }) => encryptionConfigurations),
            imageTagMutability: text.apply(({ imageTagMutability }) => imageTagMutability),
            imageTagMutabilityExclusionFilters: text.apply((one) => one.imageTagMutabilityExclusionFilters),
            lifecyclePolicy: text.apply(({ lifecyclePolicy }) => lifecyclePolicy),
            repositoryPolicy: text.apply(({ repositoryPolicy }) => repositoryPolicy),
            resourceTags: text.apply(({ resourceTags }) => resourceTags),
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
