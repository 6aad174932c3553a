import { quote } from "../oci";
import { CACHE_LIFECYCLE, UNTAGGED_LIFECYCLE } from "./cache-lifecycle";
import { type Encryption, type EncryptionConfiguration, encryptionConfiguration } from "./encryption";
import { ecrError } from "./error";
import { lifecyclePolicy } from "./lifecycle-policy";
import type { LifecycleRule } from "./lifecycle-rules";
import { prefixProblem, ROOT, RULE_PREFIX, TEMPLATE_PREFIX } from "./prefixes";
import { type PolicyPlace, type RepositoryPrincipals, repositoryPolicy } from "./repository-policy";
import { type TagMutability, type TagMutabilitySettings, tagMutability } from "./tag-mutability";

/** What makes repositories by itself. */
export type TemplateFor = "PULL_THROUGH_CACHE" | "REPLICATION" | "CREATE_ON_PUSH";

/** What repositories get that AWS makes below a prefix. */
export interface CreationTemplateWish extends TagMutabilitySettings {
    readonly prefix: string;
    readonly appliedFor: readonly TemplateFor[];
    readonly description?: string;
    /** A key by its ARN. @default AES256 */
    readonly encryption?: Encryption;
    /** `false` for none. @default what suits a cache, else what takes nothing with a tag */
    readonly lifecycle?: readonly LifecycleRule[] | false;
    readonly policy?: RepositoryPrincipals;
    readonly tags?: Readonly<Record<string, string>>;
    /** Whether a role is given or made. */
    readonly hasRole: boolean;
}

/** The template in the words of @pulumi/aws' RepositoryCreationTemplate, without region and role. */
export interface CreationTemplate extends TagMutability {
    readonly prefix: string;
    readonly appliedFors: readonly TemplateFor[];
    readonly description?: string;
    readonly encryptionConfigurations: readonly EncryptionConfiguration[];
    readonly lifecyclePolicy?: string;
    readonly repositoryPolicy?: string;
    readonly resourceTags?: Readonly<Record<string, string>>;
}

const FORS: readonly string[] = ["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"] satisfies TemplateFor[];
const DESCRIPTION = 256;
/** AWS's own limit of tags on a resource (docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html). */
const TAGS = 50;
/** Characters of a lifecycle policy. */
const LIFECYCLE = 30_720;

/**
 * A template, with everything checked that AWS would refuse.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html)
 *
 * @param place the registry's, of which the repository policy speaks
 * @throws EcrError with one sentence
 */
export function creationTemplate(wish: CreationTemplateWish, place: PolicyPlace): CreationTemplate {
    const { appliedFor, description, policy, prefix, tags = {} } = wish;
    const what = `The template of the prefix ${quote(prefix)}`;
    checkScope(what, wish);
    if (description !== undefined && description.length > DESCRIPTION) {
        throw ecrError(`${what} has a description of ${description.length} characters, and AWS takes ${DESCRIPTION}.`);
    }
    const encryption = encryptionOf(what, wish.encryption, place);
    checkTags(what, tags);
    if (needsTemplateRole(wish) && !wish.hasRole) {
        throw ecrError(
            `${what} has tags or a key of KMS, for which ECR takes a role to make repositories with: let it be made, or give it as "customRoleArn".`,
        );
    }
    const lifecycle = lifecycleText(what, wish);
    const { immutableTags, mutability, mutableTags, signaturesMutable } = wish;
    return {
        prefix,
        appliedFors: [...appliedFor],
        ...(description === undefined ? {} : { description }),
        encryptionConfigurations: [encryption],
        ...tagMutability(given({ immutableTags, mutability, mutableTags, signaturesMutable })),
        ...(lifecycle === undefined ? {} : { lifecyclePolicy: lifecycle }),
        ...(policy === undefined ? {} : { repositoryPolicy: JSON.stringify(repositoryPolicy(policy, place)) }),
        ...(Object.keys(tags).length === 0 ? {} : { resourceTags: { ...tags } }),
    };
}

/**
 * Whether ECR must have a role of ours to make the repositories with: its own service-linked one may neither tag nor use a
 * key. (docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create.html)
 */
export function needsTemplateRole({ encryption, tags }: Pick<CreationTemplateWish, "encryption" | "tags">): boolean {
    return (encryption !== undefined && encryption !== "AES256") || Object.keys(tags ?? {}).length > 0;
}

function given(settings: { readonly [Key in keyof TagMutabilitySettings]: TagMutabilitySettings[Key] | undefined }) {
    return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function checkScope(what: string, { appliedFor, prefix }: CreationTemplateWish): void {
    const length = appliedFor.includes("PULL_THROUGH_CACHE") && prefix !== ROOT ? RULE_PREFIX : TEMPLATE_PREFIX;
    const problem = prefixProblem(prefix, length);
    if (problem !== undefined) {
        throw ecrError(`A template takes another prefix: ${problem}.`);
    }
    const foreign = appliedFor.find((one) => !FORS.includes(one));
    if (appliedFor.length === 0 || foreign !== undefined || new Set(appliedFor).size < appliedFor.length) {
        const given = appliedFor.length === 0 ? "nothing" : appliedFor.map((one) => quote(String(one))).join(", ");
        throw ecrError(`${what} must be for one or more of ${FORS.join(", ")}, each once, not ${given}.`);
    }
}

/** A repository takes a key by its alias too, a template by its ARN alone. */
function encryptionOf(
    what: string,
    encryption: Encryption = "AES256",
    { region }: PolicyPlace,
): EncryptionConfiguration {
    const made = encryptionConfiguration(encryption, region === ANYWHERE ? undefined : region);
    if (made.kmsKey !== undefined && !/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/.test(made.kmsKey)) {
        throw ecrError(`${what} takes the whole ARN of a key (arn:aws:kms:…:key/…), not ${quote(made.kmsKey)}.`);
    }
    return made;
}

/** The region of a place that is not known yet. */
export const ANYWHERE = "*";

function checkTags(what: string, tags: Readonly<Record<string, string>>): void {
    const names = Object.keys(tags);
    if (names.length > TAGS) {
        throw ecrError(`${what} has ${names.length} tags, and AWS takes ${TAGS} on a repository.`);
    }
    for (const [name, value] of Object.entries(tags)) {
        const isOwn = /^aws:/i.test(name);
        if (name.length === 0 || name.length > 128 || value.length > 256 || isOwn) {
            const why = isOwn ? "aws: is AWS's own" : "a key has 1 to 128 characters, a value at most 256";
            throw ecrError(`${what} has a tag ${quote(name.slice(0, 140))} that AWS does not take: ${why}.`);
        }
    }
}

function lifecycleText(what: string, { appliedFor, lifecycle }: CreationTemplateWish): string | undefined {
    if (lifecycle === false) {
        return undefined;
    }
    const usual = appliedFor.every((one) => one === "PULL_THROUGH_CACHE") ? CACHE_LIFECYCLE : UNTAGGED_LIFECYCLE;
    const text = JSON.stringify(lifecyclePolicy(lifecycle ?? usual));
    if (text.length > LIFECYCLE) {
        throw ecrError(`${what} has a lifecycle policy of ${text.length} characters, and AWS takes ${LIFECYCLE}.`);
    }
    return text;
}
