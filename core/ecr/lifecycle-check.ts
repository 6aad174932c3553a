import { quote } from "../oci";
import { ecrError } from "./error";
import type { LifecycleDocument, LifecycleDocumentRule } from "./lifecycle-rules";

/** docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html, "Rules per lifecycle policy". */
export const LIFECYCLE_RULES = 50;
/** docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html */
const DOCUMENT_CHARACTERS = 30_720;
/** Of each pattern (docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html). */
const WILDCARDS = 4;
/** An image stays in the archive so long at least (docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html). */
const ARCHIVE_DAYS = 90;
const LONGEST_TAG = 128;

const COUNT_TYPES = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];

/** @throws EcrError unless it is a whole number, 1 or more */
export function checkNumber(what: string, value: unknown): void {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
        throw ecrError(`${what} must be a whole number, 1 or more, not ${String(value)}.`);
    }
}

/**
 * All that ECR would refuse only when the document is put, told before the deploy.
 *
 * @throws EcrError
 */
export function checkLifecycleDocument(document: LifecycleDocument): void {
    const { rules } = document;
    if (rules.length > LIFECYCLE_RULES) {
        throw ecrError(
            `The lifecycle policy has ${rules.length} rules, those that protect and one for each pattern counted, but ECR takes ${LIFECYCLE_RULES}: join patterns ("v1*" and "v2*" to "v*").`,
        );
    }
    const seen = new Map<string, LifecycleDocumentRule>();
    for (const rule of rules) {
        checkSelection(rule);
        checkAction(rule);
        const key = uniqueKey(rule);
        if (seen.has(key)) {
            throw ecrError(
                `Two lifecycle rules are about ${told(rule)}, and ECR takes one of each: what fits the first would never reach the second.`,
            );
        }
        seen.set(key, rule);
    }
    const length = JSON.stringify(document).length;
    if (length > DOCUMENT_CHARACTERS) {
        throw ecrError(
            `The lifecycle policy has ${length} characters, but ECR takes ${DOCUMENT_CHARACTERS}: shorten the descriptions.`,
        );
    }
}

/** AWS: unique prefixes and one rule for what is untagged, of each storage class; patterns no less. */
function uniqueKey({ selection }: LifecycleDocumentRule): string {
    const { tagStatus, tagPatternList, tagPrefixList, storageClass = "standard" } = selection;
    return JSON.stringify([
        storageClass,
        tagStatus,
        [...(tagPatternList ?? [])].sort(),
        [...(tagPrefixList ?? [])].sort(),
    ]);
}

function told({ selection }: LifecycleDocumentRule): string {
    const { tagStatus, tagPatternList, tagPrefixList, storageClass } = selection;
    const tags = [...(tagPatternList ?? []), ...(tagPrefixList ?? [])];
    const images =
        tags.length > 0
            ? `tags ${tags.map(quote).join(" and ")}`
            : tagStatus === "any"
              ? "all images"
              : "untagged images";
    return storageClass === "archive" ? `${images} in the archive` : images;
}

function checkSelection(rule: LifecycleDocumentRule): void {
    const {
        tagStatus,
        tagPatternList,
        tagPrefixList,
        storageClass = "standard",
        countType,
        countUnit,
    } = rule.selection;
    const what = `The lifecycle rule about ${told(rule)}`;
    const lists = [tagPatternList, tagPrefixList].filter((list) => list !== undefined);
    if (!["tagged", "untagged", "any"].includes(tagStatus) || lists.length !== (tagStatus === "tagged" ? 1 : 0)) {
        throw ecrError(
            `${what}: "tagStatus" is "tagged" with either "tagPatternList" or "tagPrefixList", or "untagged" or "any" without both.`,
        );
    }
    for (const pattern of tagPatternList ?? []) {
        checkPattern(what, pattern);
    }
    for (const prefix of tagPrefixList ?? []) {
        checkPrefix(what, prefix);
    }
    if (tagStatus === "tagged" && lists[0]?.length === 0) {
        throw ecrError(`${what} names no tags: an empty list would fit none.`);
    }
    checkNumber(`${what}: "countNumber"`, rule.selection.countNumber);
    if (!COUNT_TYPES.includes(countType) || (countUnit === "days") !== (countType !== "imageCountMoreThan")) {
        throw ecrError(
            `${what}: "countType" is one of ${COUNT_TYPES.join(", ")}, with "countUnit: days" for all but the first.`,
        );
    }
    if ((countType === "sinceImageTransitioned") !== (storageClass === "archive")) {
        throw ecrError(`${what}: what is in the archive is chosen by "sinceImageTransitioned", and nothing else is.`);
    }
}

function checkAction({ selection, action, ...rule }: LifecycleDocumentRule): void {
    const what = `The lifecycle rule about ${told({ selection, action, ...rule })}`;
    const { countType, countNumber } = selection;
    if (action.type !== "expire" && !(action.type === "transition" && action.targetStorageClass === "archive")) {
        throw ecrError(`${what}: its action is "expire", or "transition" with "targetStorageClass: archive".`);
    }
    if (countType === "sinceImagePulled" && action.type === "expire") {
        throw ecrError(`${what} expires by the last pull, for which ECR has the archive only: use kind "archive".`);
    }
    if (countType === "sinceImageTransitioned" && action.type === "transition") {
        throw ecrError(`${what} archives what is in the archive: its action is "expire".`);
    }
    if (countType === "sinceImageTransitioned" && countNumber < ARCHIVE_DAYS) {
        throw ecrError(
            `${what} expires after ${countNumber} days in the archive, where everything stays ${ARCHIVE_DAYS} days at least.`,
        );
    }
}

function checkPattern(what: string, pattern: unknown): void {
    if (typeof pattern !== "string" || !/^[\w.*-]+$/.test(pattern) || pattern.length > LONGEST_TAG) {
        throw ecrError(
            `${what} has the pattern ${quote(String(pattern))}, which fits no tag: letters, digits, _ . - and *, at most ${LONGEST_TAG}.`,
        );
    }
    const wildcards = pattern.split("*").length - 1;
    if (wildcards > WILDCARDS) {
        throw ecrError(`${what} has the pattern ${quote(pattern)} with ${wildcards} "*", but ECR takes ${WILDCARDS}.`);
    }
}

function checkPrefix(what: string, prefix: unknown): void {
    if (typeof prefix !== "string" || !/^\w[\w.-]*$/.test(prefix) || prefix.length > LONGEST_TAG) {
        throw ecrError(
            `${what} has the prefix ${quote(String(prefix))}, with which no tag begins: letters, digits, _ . and -; "*" is for patterns ("tags").`,
        );
    }
}
