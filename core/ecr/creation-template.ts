import { quote } from "../oci";
import { ecrError } from "./error";
import { prefixProblem, ROOT, RULE_PREFIX, TEMPLATE_PREFIX } from "./prefixes";

/** What makes repositories by itself. */
export type TemplateFor = "PULL_THROUGH_CACHE" | "REPLICATION" | "CREATE_ON_PUSH";
export type TemplateMutability = "MUTABLE" | "IMMUTABLE" | "MUTABLE_WITH_EXCLUSION" | "IMMUTABLE_WITH_EXCLUSION";
export type TemplateEncryptionType = "AES256" | "KMS" | "KMS_DSSE";

/** What repositories get that AWS makes below a prefix. */
export interface CreationTemplateWish {
    readonly prefix: string;
    readonly appliedFor: readonly TemplateFor[];
    readonly description?: string;
    /** @default AES256 */
    readonly encryption?: { readonly type: TemplateEncryptionType; readonly kmsKey?: string };
    /** @default MUTABLE */
    readonly mutability?: TemplateMutability;
    /** Tags that are excepted from the mutability, with `*`; only of the two `*_WITH_EXCLUSION`. */
    readonly exclusions?: readonly string[];
    /** A lifecycle policy, as AWS has it. */
    readonly lifecyclePolicy?: object;
    /** A repository policy, as AWS has it. */
    readonly repositoryPolicy?: object;
    readonly tags?: Readonly<Record<string, string>>;
    /** Whether a role is given or made. */
    readonly hasRole: boolean;
}

/** The template in the words of @pulumi/aws' RepositoryCreationTemplate, without region and role. */
export interface CreationTemplate {
    readonly prefix: string;
    readonly appliedFors: TemplateFor[];
    readonly description?: string;
    readonly encryptionConfigurations: { encryptionType: TemplateEncryptionType; kmsKey?: string }[];
    readonly imageTagMutability: TemplateMutability;
    readonly imageTagMutabilityExclusionFilters?: { filter: string; filterType: "WILDCARD" }[];
    readonly lifecyclePolicy?: string;
    readonly repositoryPolicy?: string;
    readonly resourceTags?: Record<string, string>;
}

const FORS: readonly string[] = ["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"] satisfies TemplateFor[];
const MUTABILITIES: readonly string[] = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"];
const ENCRYPTIONS: readonly string[] = ["AES256", "KMS", "KMS_DSSE"];
/** Characters of the two documents, and of the description. */
const LIFECYCLE = 30_720;
const POLICY = 10_240;
const DESCRIPTION = 256;
/** AWS's own limit of tags on a resource (docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html). */
const TAGS = 50;
/** (docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html) */
const FILTERS = 5;

/**
 * A template, with everything checked that AWS would refuse.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html)
 *
 * @throws EcrError with one sentence
 */
export function creationTemplate(wish: CreationTemplateWish): CreationTemplate {
    const { description, prefix, encryption = { type: "AES256" }, mutability = "MUTABLE", tags = {} } = wish;
    const what = `The template of the prefix ${quote(prefix)}`;
    checkScope(what, wish);
    if (description !== undefined && description.length > DESCRIPTION) {
        throw ecrError(`${what} has a description of ${description.length} characters, and AWS takes ${DESCRIPTION}.`);
    }
    checkEncryption(what, encryption);
    checkTags(what, tags);
    if (needsTemplateRole(wish) && !wish.hasRole) {
        throw ecrError(
            `${what} has tags or a key of KMS, for which ECR takes a role to make repositories with: let it be made, or give it as "customRoleArn".`,
        );
    }
    const lifecyclePolicy = documentText(what, "lifecycle policy", wish.lifecyclePolicy, LIFECYCLE);
    const repositoryPolicy = documentText(what, "repository policy", wish.repositoryPolicy, POLICY);
    return {
        prefix,
        appliedFors: [...wish.appliedFor],
        ...(description === undefined ? {} : { description }),
        encryptionConfigurations: [
            {
                encryptionType: encryption.type,
                ...(encryption.kmsKey === undefined ? {} : { kmsKey: encryption.kmsKey }),
            },
        ],
        imageTagMutability: mutability,
        ...exclusionFilters(what, mutability, wish.exclusions),
        ...(lifecyclePolicy === undefined ? {} : { lifecyclePolicy }),
        ...(repositoryPolicy === undefined ? {} : { repositoryPolicy }),
        ...(Object.keys(tags).length === 0 ? {} : { resourceTags: { ...tags } }),
    };
}

/**
 * Whether ECR must have a role of ours to make the repositories with: its own service-linked one may neither tag nor use a
 * key. (docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create.html)
 */
export function needsTemplateRole({ encryption, tags }: Pick<CreationTemplateWish, "encryption" | "tags">): boolean {
    return (encryption !== undefined && encryption.type !== "AES256") || Object.keys(tags ?? {}).length > 0;
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

function checkEncryption(what: string, { kmsKey, type }: NonNullable<CreationTemplateWish["encryption"]>): void {
    if (!ENCRYPTIONS.includes(type)) {
        throw ecrError(`${what} must encrypt by one of ${ENCRYPTIONS.join(", ")}, not ${quote(String(type))}.`);
    }
    if (type === "AES256" && kmsKey !== undefined) {
        throw ecrError(
            `${what} has a key of KMS and encrypts by AES256, which uses none: say KMS, or leave the key out.`,
        );
    }
    if (kmsKey !== undefined && !/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/.test(kmsKey)) {
        throw ecrError(`${what} takes the whole ARN of a key (arn:aws:kms:…:key/…), not ${quote(kmsKey)}.`);
    }
}

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

function exclusionFilters(
    what: string,
    mutability: TemplateMutability,
    exclusions: readonly string[] | undefined,
): Pick<CreationTemplate, "imageTagMutabilityExclusionFilters"> {
    if (!MUTABILITIES.includes(mutability)) {
        throw ecrError(
            `${what} must have a mutability of ${MUTABILITIES.join(", ")}, not ${quote(String(mutability))}.`,
        );
    }
    const takes = mutability.endsWith("_WITH_EXCLUSION");
    if (takes !== (exclusions !== undefined && exclusions.length > 0)) {
        const reason = takes
            ? `is ${mutability}, which takes "exclusions"`
            : `has "exclusions", which ${mutability} does not take: say ${mutability}_WITH_EXCLUSION`;
        throw ecrError(`${what} ${reason}.`);
    }
    const wrong = exclusions?.find(
        (filter) => !/^[0-9a-zA-Z._*-]{1,128}$/.test(filter) || /(?:\*[^*]*){3}/.test(filter),
    );
    if (wrong !== undefined || (exclusions?.length ?? 0) > FILTERS) {
        throw ecrError(
            `${what} takes at most ${FILTERS} exclusions, each of letters, digits and . _ - with at most two *${wrong === undefined ? "" : `, not ${quote(wrong)}`}.`,
        );
    }
    return takes
        ? {
              imageTagMutabilityExclusionFilters: (exclusions ?? []).map((filter) => ({
                  filter,
                  filterType: "WILDCARD",
              })),
          }
        : {};
}

function documentText(what: string, name: string, document: object | undefined, most: number): string | undefined {
    const text = document === undefined ? undefined : JSON.stringify(document);
    if (text !== undefined && text.length > most) {
        throw ecrError(`${what} has a ${name} of ${text.length} characters, and AWS takes ${most}.`);
    }
    return text;
}
