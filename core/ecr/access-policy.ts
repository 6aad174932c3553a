import { quote } from "../oci";
import { PULL_ACTIONS, PUSH_ACTIONS } from "./actions";
import { ecrError } from "./error";

/**
 * What a role may do with repositories.
 *
 * - `pull`: read images. Beside `push` also what a mount of another repository's layer takes (blob mounting).
 * - `push`: write images, and see what is there already.
 * - `check`: read manifests, tags and what is attached to images, but no layer: what a check of all copies asks for.
 * - `createOnPush`: make a repository by the first push to it, as a creation template has it.
 * - `pullThrough`: fetch an image of the upstream into a pull-through cache, whose repository is made by that.
 */
export type EcrRight = "pull" | "push" | "check" | "createOnPush" | "pullThrough";

export const ECR_RIGHTS: readonly EcrRight[] = ["pull", "push", "check", "createOnPush", "pullThrough"];

/** What a role may do (docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html). */
export interface AccessPolicy {
    readonly Version: "2012-10-17";
    readonly Statement: readonly {
        readonly Sid: string;
        readonly Effect: "Allow";
        readonly Action: readonly string[];
        readonly Resource: "*" | readonly string[];
    }[];
}

type Service = "ecr" | "ecr-public";

/** Of no repository: `*` is the only resource they take. */
const LOGIN: Readonly<Record<Service, readonly string[]>> = {
    // docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
    ecr: ["ecr:GetAuthorizationToken"],
    // docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
    "ecr-public": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"],
};

/** Of one repository each; undefined where the service has no such thing. */
const ACTIONS: Readonly<Record<Service, Readonly<Record<EcrRight, readonly string[] | undefined>>>> = {
    ecr: {
        pull: PULL_ACTIONS,
        push: PUSH_ACTIONS,
        // HEAD and GET of manifests and the referrers are BatchGetImage (docs.aws.amazon.com/AmazonECR/latest/
        // APIReference/API_ListImageReferrers.html), the list of tags is ListImages
        check: ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:ListImages"],
        // docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
        createOnPush: ["ecr:CreateRepository"],
        // docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
        pullThrough: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
    },
    // docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policy-examples.html. Everybody pulls there, and no
    // policy says otherwise: a login raises the limits only.
    "ecr-public": {
        pull: [],
        push: [
            "ecr-public:BatchCheckLayerAvailability",
            "ecr-public:InitiateLayerUpload",
            "ecr-public:UploadLayerPart",
            "ecr-public:CompleteLayerUpload",
            "ecr-public:PutImage",
        ],
        check: ["ecr-public:DescribeImages", "ecr-public:DescribeImageTags"],
        createOnPush: undefined,
        pullThrough: undefined,
    },
};

const ARN = /^arn:aws[a-z-]*:(ecr|ecr-public):[a-z0-9-]*:\d{12}:repository\/(.+)$/;
/** Of all policies inside a role together (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const MOST_CHARACTERS = 10_240;

/**
 * What a role may do with repositories, and with no other: the exact actions of each right, on their ARNs. Only the
 * login, which AWS has for no repository, is on `*`.
 *
 * @param repositories ARNs; one may end with `/*` for all below a prefix, as caches and creation templates need
 * @throws EcrError
 */
export function accessPolicy(rights: readonly EcrRight[], repositories: readonly string[]): AccessPolicy {
    if (rights.length === 0 || repositories.length === 0) {
        const lack = rights.length === 0 ? `rights (${ECR_RIGHTS.join(", ")})` : "repositories";
        throw ecrError(`The role could do nothing: give it ${lack}.`);
    }
    const stranger = rights.find((right) => !ECR_RIGHTS.includes(right));
    if (stranger !== undefined) {
        throw ecrError(`${quote(String(stranger))} is no right: give ${ECR_RIGHTS.join(", ")}.`);
    }
    const byService = new Map<Service, string[]>();
    for (const arn of [...new Set(repositories)].sort()) {
        const service = serviceOf(arn);
        byService.set(service, [...(byService.get(service) ?? []), arn]);
    }
    const policy: AccessPolicy = {
        Version: "2012-10-17",
        Statement: [...byService].flatMap(([service, arns]) => statements(service, rights, arns)),
    };
    const { length } = JSON.stringify(policy);
    if (length > MOST_CHARACTERS) {
        throw ecrError(
            `The policy for ${repositories.length} repositories has ${length} characters, and IAM takes ${MOST_CHARACTERS} in a role: name a prefix that they have to themselves ("mirror/*"), or make several roles.`,
        );
    }
    return policy;
}

function statements(service: Service, rights: readonly EcrRight[], arns: string[]): AccessPolicy["Statement"] {
    const actions = rights.flatMap((right) => {
        const needed = ACTIONS[service][right];
        if (needed === undefined) {
            throw ecrError(`ECR Public has no ${right}: leave that right out for ${arns[0]}.`);
        }
        return needed;
    });
    const where = service === "ecr" ? "" : "Public";
    const login = { Sid: `LogIn${where}`, Effect: "Allow", Action: LOGIN[service], Resource: "*" } as const;
    return actions.length === 0
        ? [login]
        : [login, { Sid: `Repositories${where}`, Effect: "Allow", Action: [...new Set(actions)], Resource: arns }];
}

function serviceOf(arn: string): Service {
    const [, service, name = ""] = ARN.exec(arn) ?? [];
    if (service === undefined) {
        throw ecrError(
            `${quote(arn)} is no repository's ARN (arn:aws:ecr:eu-west-1:111111111111:repository/mirror/app): give ARNs, or names of repositories at the registry.`,
        );
    }
    // A prefix ends with its slash: `mirror*` would be `mirrors-of-others/app` too.
    if (!/^[^*?]+$/.test(name.replace(/\/\*$/, "")) || name.includes("${")) {
        throw ecrError(
            `The repository ${quote(name)} stands for more than was named: name each repository, or a prefix with its slash ("mirror/*").`,
        );
    }
    return service as Service;
}
