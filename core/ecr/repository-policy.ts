import type { PrivateEcrHost } from "../aws-names";
import { quote } from "../oci";
import { PULL_ACTIONS, PUSH_ACTIONS } from "./actions";
import { ecrError } from "./error";
import { type PolicyDocument, type PolicyStatement, policyDocument } from "./policy-document";
import {
    allowStatements,
    checkedAccount,
    checkList,
    ORGANIZATION,
    ORGANIZATION_PATH,
    type Principal,
    sortPrincipals,
} from "./principals";

/** Account, region and partition of the registry. */
export type PolicyPlace = Omit<PrivateEcrHost, "visibility">;

/** Who may do what with a repository, beside its own account's users and roles, whom IAM allows it. */
export interface RepositoryPrincipals {
    /** Pull: what `docker pull` and the check ask for (AWS's managed policy AmazonEC2ContainerRegistryPullOnly, with BatchCheckLayerAvailability). */
    readonly pull?: readonly Principal[];
    /** Pull, list and describe: images, tags, findings of scans, policies (AWS's managed policy AmazonEC2ContainerRegistryReadOnly). */
    readonly read?: readonly Principal[];
    /** Push (docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html). Who pulls too is named in `pull` too. */
    readonly push?: readonly Principal[];
    /** Have a pull-through cache fetch what it has not (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html). */
    readonly pullThrough?: readonly Principal[];
    /** Everything, deleting and this policy too. */
    readonly full?: readonly Principal[];
    /**
     * Functions of Lambda that are made of images here: `true` for those of the registry's account, accounts (with their
     * users, who must be able to read what they make functions of), organisations and units of them, or ARNs of functions
     * (`*` allowed). Lambda takes images of its own region only. @default false
     * (docs.aws.amazon.com/lambda/latest/dg/images-create.html, "Amazon ECR cross-account permissions")
     */
    readonly lambda?: boolean | readonly string[];
    /** Statements of your own, in IAM's words, after the others. */
    readonly statements?: readonly PolicyStatement[];
}

const PULL = [...PULL_ACTIONS].sort();
const ACTIONS = {
    pull: PULL,
    read: [
        ...PULL,
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecr:GetLifecyclePolicy",
        "ecr:GetLifecyclePolicyPreview",
        "ecr:GetRepositoryPolicy",
        "ecr:ListImages",
        "ecr:ListTagsForResource",
    ],
    push: [...PUSH_ACTIONS].sort(),
    pullThrough: ["ecr:BatchImportUpstreamImage", "ecr:TagResource"],
    full: ["ecr:*"],
} as const;
const LAMBDA = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const SIDS = { pull: "Pull", read: "Read", push: "Push", pullThrough: "PullThrough", full: "Full" } as const;
type Right = keyof typeof ACTIONS;
const RIGHTS = Object.keys(ACTIONS) as Right[];

/**
 * The policy of a repository.
 *
 * @param place the registry's: its partition is that of every ARN, and services and `lambda: true` are its account's.
 * Without it: partition `aws`, and those must name accounts.
 * @throws EcrError for whom AWS would refuse, whoever would be everybody, empty lists, and more than 10,240 characters
 */
export function repositoryPolicy(principals: RepositoryPrincipals, place?: PolicyPlace): PolicyDocument {
    const what = "The policy of a repository";
    const unknown = Object.keys(principals).find((key) => !KNOWN.includes(key));
    if (unknown !== undefined) {
        throw ecrError(`${what} has no right ${quote(unknown)}: one of ${KNOWN.join(", ")}.`);
    }
    const partition = place?.partition ?? "aws";
    const made = RIGHTS.flatMap((right) => {
        const given = principals[right];
        return given === undefined
            ? []
            : allowStatements(SIDS[right], ACTIONS[right], sortPrincipals(right, given, partition), place?.account);
    });
    return policyDocument(what, [...made, ...lambdaStatements(principals.lambda, place)], customOf(principals));
}

/**
 * The same checks where the registry's account is not known yet: a mistake is told at construction.
 *
 * @throws EcrError as repositoryPolicy does
 */
export function checkRepositoryPrincipals(principals: RepositoryPrincipals, partition = "aws"): void {
    repositoryPolicy(principals, { account: "000000000000", region: "*", partition });
}

const KNOWN: readonly string[] = [...RIGHTS, "lambda", "statements"];

function customOf({ statements }: RepositoryPrincipals): readonly PolicyStatement[] {
    if (statements !== undefined) {
        checkList("statements", statements, "an object as IAM has it");
    }
    return statements ?? [];
}

function lambdaStatements(lambda: RepositoryPrincipals["lambda"], place: PolicyPlace | undefined): PolicyStatement[] {
    if (lambda === undefined || lambda === false) {
        return [];
    }
    if (lambda === true && place === undefined) {
        throw ecrError(`Whose functions "lambda" means is not known here: name their accounts.`);
    }
    const { partition, region } = place ?? { partition: "aws", region: "*" };
    const given = lambda === true ? [place?.account as string] : lambda;
    checkList("lambda", given, `an account, an organisation or the ARN of a function; or "lambda" is true`);
    const functions: string[] = [];
    const accounts: string[] = [];
    const organizations: string[] = [];
    const paths: string[] = [];
    for (const [index, one] of [...new Set(given)].entries()) {
        const at = `lambda[${index}]`;
        if (ORGANIZATION.test(one)) {
            organizations.push(one);
        } else if (ORGANIZATION_PATH.test(one)) {
            paths.push(one);
        } else if (typeof one === "string" && one.startsWith("arn:")) {
            const account = functionAccount(at, one, partition);
            functions.push(one);
            accounts.push(account);
        } else {
            functions.push(
                `arn:${partition}:lambda:${region}:${checkedAccount(at, one, ", no organisation and no ARN of a function")}:function:*`,
            );
            accounts.push(one);
        }
    }
    const makers = [...new Set(accounts)].filter((account) => account !== place?.account);
    return [
        ...lambdaService("Lambda", functions, (of) => ({ StringLike: { "aws:sourceArn": of } })),
        ...lambdaService("LambdaOrganizations", organizations, (of) => ({ StringEquals: { "aws:SourceOrgID": of } })),
        ...lambdaService("LambdaOrganizationPaths", paths, (of) => ({
            "ForAnyValue:StringLike": { "aws:SourceOrgPaths": of },
        })),
        // Whoever makes the function must read the image too: at another account, this policy allows it.
        ...allowStatements(
            "LambdaMakers",
            LAMBDA,
            {
                arns: makers.map((account) => `arn:${partition}:iam::${account}:root`),
                organizations,
                organizationPaths: paths,
                services: [],
            },
            undefined,
        ),
    ];
}

function lambdaService(
    sid: string,
    values: readonly string[],
    condition: (values: readonly string[]) => NonNullable<PolicyStatement["Condition"]>,
): PolicyStatement[] {
    const Principal = { Service: "lambda.amazonaws.com" };
    return values.length === 0
        ? []
        : [{ Sid: sid, Effect: "Allow", Principal, Action: LAMBDA, Condition: condition(values) }];
}

function functionAccount(what: string, arn: string, partition: string): string {
    const [, of, account] = /^arn:([a-z-]+):lambda:[a-z0-9*-]+:(\d{12}):function:[\w*?:$-]+$/.exec(arn) ?? [];
    if (account === undefined) {
        throw ecrError(
            `${what} is ${quote(arn)}, which is no function of Lambda ("arn:${partition}:lambda:eu-west-1:111111111111:function:name", "*" allowed for the name): the account must be named.`,
        );
    }
    if (of !== partition) {
        throw ecrError(`${what} is ${quote(arn)}, of the partition ${of}, but the registry is in ${partition}.`);
    }
    return account;
}
