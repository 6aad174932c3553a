import { quote } from "../oci";
import { ecrError } from "./error";

/** A policy as AWS parses it (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html). */
export interface PolicyDocument {
    readonly Version: "2012-10-17";
    readonly Statement: readonly PolicyStatement[];
}

/** One statement of a policy, in IAM's own words. */
export interface PolicyStatement {
    /** Letters and digits; once in a policy. */
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
    readonly NotPrincipal?: Readonly<Record<string, string | readonly string[]>>;
    readonly Action?: string | readonly string[];
    readonly NotAction?: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, PolicyCondition>>;
}

/** What one operator of a condition compares: `{ "aws:PrincipalOrgID": ["o-a1b2c3d4e5"] }`. */
export type PolicyCondition = Readonly<Record<string, string | readonly string[]>>;

/**
 * Characters of a policy's text at ECR, of a repository's and of a registry's.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html, …/API_PutRegistryPolicy.html)
 */
export const POLICY_CHARACTERS = 10_240;

const KEYS = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition"];

/**
 * The whole policy, once each of its statements is one that ECR takes.
 *
 * @param what the policy, as messages name it
 * @param made statements of our own making
 * @param custom the user's own, which are checked
 * @param options whether statements say what they are about, as those of a registry must
 * @throws EcrError for a policy without statements, one that is too long, two statements of one name, and for what
 * checkStatement refuses
 */
export function policyDocument(
    what: string,
    made: readonly PolicyStatement[],
    custom: readonly PolicyStatement[] = [],
    { resources = false }: { readonly resources?: boolean } = {},
): PolicyDocument {
    for (const [index, statement] of custom.entries()) {
        const at = `${what}, statements[${index}]`;
        checkStatement(at, statement);
        if (resources !== (statement.Resource !== undefined)) {
            throw ecrError(
                resources
                    ? `${at} must have "Resource", the ARNs of repositories ("arn:aws:ecr:eu-west-1:111111111111:repository/*").`
                    : `${at} has "Resource", which is the repository itself: leave it out.`,
            );
        }
    }
    const document: PolicyDocument = { Version: "2012-10-17", Statement: [...made, ...custom] };
    if (document.Statement.length === 0) {
        throw ecrError(`${what} would allow nothing: name who may do what, or leave it out.`);
    }
    const names = document.Statement.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
        throw ecrError(`${what} has two statements with the Sid ${quote(twice)}: give one of them another.`);
    }
    const { length } = JSON.stringify(document);
    if (length > POLICY_CHARACTERS) {
        throw ecrError(
            `${what} has ${length} characters, and ECR takes ${POLICY_CHARACTERS}: name an organisation ("o-…") or an organisational unit instead of its accounts.`,
        );
    }
    return document;
}

/** A statement that the user wrote: what AWS would refuse, and what opens it to everybody, is told before AWS is asked. */
function checkStatement(what: string, statement: PolicyStatement): void {
    if (typeof statement !== "object" || statement === null || Array.isArray(statement)) {
        throw ecrError(`${what} must be an object as IAM has it ("Effect", "Principal", "Action", …).`);
    }
    const unknown = Object.keys(statement).find((key) => !KEYS.includes(key));
    if (unknown !== undefined) {
        throw ecrError(`${what} has ${quote(unknown)}, which no statement has: one of ${KEYS.join(", ")}.`);
    }
    if (statement.Effect !== "Allow" && statement.Effect !== "Deny") {
        throw ecrError(`${what} must have "Effect": "Allow" or "Deny".`);
    }
    if (statement.Sid !== undefined && !/^[A-Za-z0-9]+$/.test(statement.Sid)) {
        throw ecrError(`${what} has the Sid ${quote(String(statement.Sid))}: it takes letters and digits only.`);
    }
    checkActions(what, statement);
    if ((statement.Principal === undefined) === (statement.NotPrincipal === undefined)) {
        throw ecrError(`${what} must have "Principal" or "NotPrincipal", and one of them only.`);
    }
    const open = statement.NotPrincipal !== undefined || isEverybody(statement.Principal);
    if (statement.Effect === "Allow" && open && Object.keys(statement.Condition ?? {}).length === 0) {
        throw ecrError(
            `${what} allows everybody with an account at AWS, of whatever company: give it a "Condition" (as "aws:PrincipalOrgID"), or name who is meant; what is for everybody belongs to a registry of kind ecr-public.`,
        );
    }
}

function checkActions(what: string, { Action, NotAction }: PolicyStatement): void {
    const given = Action ?? NotAction;
    if (given === undefined || (Action !== undefined && NotAction !== undefined) || given.length === 0) {
        throw ecrError(`${what} must have "Action" or "NotAction", one of them only, and not empty.`);
    }
    const foreign = [given].flat().find((action) => !/^(?:\*|ecr(?:-public)?:[A-Za-z*?]+)$/.test(String(action)));
    if (foreign !== undefined) {
        throw ecrError(
            `${what} has the action ${quote(String(foreign))}, which is none of ECR's ("ecr:BatchGetImage").`,
        );
    }
}

/** `"*"`, or `{ "AWS": "*" }`, which is the same. */
function isEverybody(principal: PolicyStatement["Principal"]): boolean {
    return (
        principal === "*" || Object.values(principal ?? {}).some((of) => [of].flat().some((one) => String(one) === "*"))
    );
}
