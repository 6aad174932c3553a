import { isAccount } from "../aws-names";
import { quote } from "../oci";
import { ecrError } from "./error";
import type { PolicyStatement } from "./policy-document";

/**
 * Who may: an account (`"111111111111"`, twelve digits as a text: all its users and roles whom the account itself
 * allows it), the ARN of a role or a user, an organisation (`"o-a1b2c3d4e5"`), an organisational unit by its path
 * (`"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"` with all below it, `…/` without), or a service.
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
 */
export type Principal = string | ServicePrincipal;

/** A service of AWS, and on whose behalf. As a text (`"codebuild.amazonaws.com"`): on behalf of the registry's account. */
export interface ServicePrincipal {
    /** `codebuild.amazonaws.com` */
    readonly service: string;
    /** Twelve digits each. @default the registry's own account */
    readonly accounts?: readonly string[];
    /** ARNs of what the service acts for, `*` and `?` allowed: `arn:aws:codebuild:eu-west-1:111111111111:project/*`. @default any of the accounts */
    readonly sourceArns?: readonly string[];
}

/** Principals, each in the way that a policy names it. */
export interface SortedPrincipals {
    /** ARNs: accounts as `arn:aws:iam::111111111111:root`. */
    readonly arns: readonly string[];
    readonly organizations: readonly string[];
    readonly organizationPaths: readonly string[];
    readonly services: readonly ServicePrincipal[];
}

export const ORGANIZATION = /^o-[a-z0-9]{10,32}$/;
/** The value of aws:PrincipalOrgPaths ends with a slash: a pattern without it fits nothing. */
export const ORGANIZATION_PATH =
    /^o-[a-z0-9]{10,32}\/(?:\*|r-[a-z0-9]{4,32}\/(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}\/)*\*?)$/;
const IDENTITY =
    /^arn:([a-z-]+):(?:iam::(\d{12}):(?:root|(?:role|user)\/[\w+=,.@/-]+)|sts::(\d{12}):(?:assumed-role|federated-user)\/[\w+=,.@/-]+)$/;
const OTHERS =
    ', no ARN of a role or user, no organisation ("o-a1b2c3d4e5") and no service ("codebuild.amazonaws.com")';
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/**
 * Sorts and checks them. Twice the same is once.
 *
 * @param what the argument, as messages name it
 * @throws EcrError for an empty list, and for what is none
 */
export function sortPrincipals(what: string, principals: readonly Principal[], partition: string): SortedPrincipals {
    checkList(what, principals, `an account ("111111111111"), an ARN, an organisation ("o-…") or a service`);
    const arns = new Set<string>();
    const organizations = new Set<string>();
    const organizationPaths = new Set<string>();
    const services: ServicePrincipal[] = [];
    for (const [index, principal] of principals.entries()) {
        const at = `${what}[${index}]`;
        if (typeof principal === "object" && principal !== null) {
            services.push(checkedService(at, principal));
        } else if (typeof principal === "string" && SERVICE.test(principal)) {
            services.push(checkedService(at, { service: principal }));
        } else if (typeof principal === "string" && ORGANIZATION.test(principal)) {
            organizations.add(principal);
        } else if (typeof principal === "string" && principal.startsWith("o-")) {
            organizationPaths.add(checkedPath(at, principal));
        } else if (typeof principal === "string" && principal.startsWith("arn:")) {
            arns.add(checkedIdentity(at, principal, partition));
        } else {
            arns.add(`arn:${partition}:iam::${checkedAccount(at, principal, OTHERS)}:root`);
        }
    }
    return {
        arns: [...arns],
        organizations: [...organizations],
        organizationPaths: [...organizationPaths],
        services,
    };
}

/**
 * The statements that allow them the actions: one for the ARNs, one for the organisations, one for their units (the
 * conditions of one statement must all hold), one for each service.
 *
 * @param account the registry's, for services that name none
 */
export function allowStatements(
    sid: string,
    actions: readonly string[],
    { arns, organizations, organizationPaths, services }: SortedPrincipals,
    account: string | undefined,
    resources?: readonly string[],
): PolicyStatement[] {
    const allow = (name: string, who: Pick<PolicyStatement, "Principal" | "Condition">): PolicyStatement => ({
        Sid: `${sid}${name}`,
        Effect: "Allow",
        ...who,
        Action: actions,
        ...(resources === undefined ? {} : { Resource: resources }),
    });
    const everybody = { AWS: "*" };
    return [
        ...(arns.length === 0 ? [] : [allow("", { Principal: { AWS: arns } })]),
        ...(organizations.length === 0
            ? []
            : [
                  allow("Organizations", {
                      Principal: everybody,
                      Condition: { StringEquals: { "aws:PrincipalOrgID": organizations } },
                  }),
              ]),
        ...(organizationPaths.length === 0
            ? []
            : [
                  allow("OrganizationPaths", {
                      Principal: everybody,
                      Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": organizationPaths } },
                  }),
              ]),
        ...services.map((one, index) =>
            allow(`Service${index + 1}`, {
                Principal: { Service: one.service },
                Condition: behalfOf(one, account),
            }),
        ),
    ];
}

/** Else anybody could send the service for our images (docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). */
function behalfOf(
    { service, accounts, sourceArns }: ServicePrincipal,
    own: string | undefined,
): NonNullable<PolicyStatement["Condition"]> {
    const named = accounts ?? (own === undefined ? undefined : [own]);
    if (named === undefined) {
        throw ecrError(`On whose behalf ${service} may act is not known here: name its "accounts".`);
    }
    return {
        StringEquals: { "aws:SourceAccount": named },
        ...(sourceArns === undefined ? {} : { StringLike: { "aws:SourceArn": sourceArns } }),
    };
}

/** @throws EcrError where it is no list, or an empty one */
export function checkList(what: string, list: unknown, items: string): void {
    if (!Array.isArray(list)) {
        throw ecrError(`${what} must be a list: each of it ${items}.`);
    }
    if (list.length === 0) {
        throw ecrError(`${what} is an empty list, which allows nobody: leave it out.`);
    }
}

/**
 * @param others what else it might have been, as the end of a clause
 * @throws EcrError with what became of the zeros
 */
export function checkedAccount(what: string, account: unknown, others = ""): string {
    if (isAccount(account)) {
        return account;
    }
    if (typeof account === "number") {
        throw ecrError(
            `${what} is the number ${account}: write an account in quotes, "${String(account).padStart(12, "0")}", since a number loses the zeros in front.`,
        );
    }
    if (account === "*") {
        throw ecrError(
            `${what} is "*", which is everybody with an account at AWS, of whatever company: name accounts or an organisation ("o-…"); what is for everybody belongs to a registry of kind ecr-public.`,
        );
    }
    const text = String(account);
    if (/^\d+$/.test(text)) {
        throw ecrError(
            `${what} is ${quote(text)}, of ${text.length} digits, and an account has twelve: zeros in front count, and are lost where it was a number on its way.`,
        );
    }
    throw ecrError(`${what} is ${quote(text)}, which is no account ("111111111111")${others}.`);
}

function checkedIdentity(what: string, arn: string, partition: string): string {
    if (/[*?]/.test(arn)) {
        throw ecrError(
            `${what} is ${quote(arn)}, and AWS takes no pattern in a principal: name the account, or write a statement of your own with the condition "aws:PrincipalArn".`,
        );
    }
    const [, of] = IDENTITY.exec(arn) ?? [];
    if (of === undefined) {
        throw ecrError(
            `${what} is ${quote(arn)}, and only roles, users, accounts and sessions may be principals ("arn:${partition}:iam::111111111111:role/name"), no groups, no instance profiles and nothing of other services.`,
        );
    }
    if (of !== partition) {
        throw ecrError(
            `${what} is ${quote(arn)}, of the partition ${of}, but the registry is in ${partition}: AWS allows nobody across partitions.`,
        );
    }
    return arn;
}

function checkedPath(what: string, path: string): string {
    if (ORGANIZATION_PATH.test(path)) {
        return path;
    }
    throw ecrError(
        `${what} is ${quote(path)}, which is no organisation ("o-a1b2c3d4e5") and no path of a unit: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*" for a unit with all below it, "…/" at the end for the unit alone.`,
    );
}

function checkedService(what: string, given: ServicePrincipal): ServicePrincipal {
    const { service, accounts, sourceArns } = given;
    if (typeof service !== "string" || !SERVICE.test(service)) {
        throw ecrError(`${what} has the service ${quote(String(service))}: such as "codebuild.amazonaws.com".`);
    }
    if (/^lambda\./.test(service)) {
        throw ecrError(`${what} is Lambda, which AWS wants allowed in its own way: give its accounts to "lambda".`);
    }
    if (accounts !== undefined) {
        checkList(`${what}.accounts`, accounts, "an account");
        for (const [index, account] of accounts.entries()) {
            checkedAccount(`${what}.accounts[${index}]`, account);
        }
    }
    if (sourceArns !== undefined) {
        checkList(`${what}.sourceArns`, sourceArns, "an ARN");
        const wrong = sourceArns.find((arn) => !/^arn:[a-z-]+:[a-z0-9-]+:[^:]*:(?:\d{12}|\*):.+$/.test(arn));
        if (wrong !== undefined) {
            throw ecrError(`${what}.sourceArns has ${quote(String(wrong))}, which is no ARN.`);
        }
    }
    return given;
}
