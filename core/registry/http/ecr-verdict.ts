import { parseEcrHost } from "../../aws-names";
import { isDigest } from "../../oci";
import { describeAccess, describeSubject } from "./describe";
import type { FailureContext } from "./failure";
import type { RegistryProblem, Verdict } from "./response-failure";

/** What a principal lacks, in AWS's words, which are in CloudTrail too. */
const DENIED = /not authorized to perform: (ecr(?:-public)?:\w+)(?: on resource: (\S+))?/i;
/** The words tell names of repositories too, which are in lower case: one may be called local-kms or throttler. */
const THROTTLED = /^Rate exceeded|\bThrottlingException\b/;
const KMS = /\bKMS key\b|\bKmsException\b|not authorized to perform: kms:/;
/** AWS names why: `because no resource-based policy allows …`, `with an explicit deny in …`. */
const BY_RESOURCE = /no resource-based policy/i;
const EXPLICIT = /explicit deny/i;

/**
 * What ECR's answers mean. Its registry hands on the exceptions of its API, each under one of the registry's codes, and
 * what to change is in AWS; the sources are in docs/ecr-carry.md.
 *
 * @returns nothing for what is said as any registry says it
 */
export function ecrVerdict(status: number, problem: RegistryProblem, context: FailureContext): Verdict | undefined {
    const words = problem.message ?? "";
    const { request } = context;
    if (status === 404 && problem.code === "NAME_UNKNOWN") {
        return unknownRepository(context);
    }
    if (request.access !== "pull" && (status === 429 || THROTTLED.test(words))) {
        // The API's own ThrottlingException is a 400. Who reads from ECR Public has no account that AWS could ask.
        return slowDown(context);
    }
    if (KMS.test(words) && status < 500) {
        return kms(context);
    }
    if (status === 403) {
        return denied(words, context);
    }
    if (request.subject !== "manifest" || request.method !== "PUT") {
        return undefined;
    }
    if (/\brequired for pushing image\b/i.test(words)) {
        return lacksParts(context);
    }
    if (problem.code === "TAG_INVALID" && /\bimmutable\b/i.test(words)) {
        return immutable(context);
    }
    return status === 405 ? refusedManifest(context) : undefined;
}

function slowDown(context: FailureContext): Verdict {
    return {
        code: "RATE_LIMITED",
        what: `${context.endpoint.host} answers that there were too many requests when we wanted to ${wanted(context)}`,
        advice: "others use this account's rates too: try again later, or ask AWS for higher ones (Service Quotas)",
        retryable: true,
    };
}

function kms(context: FailureContext): Verdict {
    return {
        code: "DENIED",
        what: `${context.endpoint.host} cannot use the KMS key of the repository ${repositoryOf(context)}, so we could not ${wanted(context)}`,
        advice: "look whether the key is enabled and not about to be deleted, and whether ECR's grant on it is still there; a repository's key cannot be changed",
    };
}

function denied(words: string, context: FailureContext): Verdict | undefined {
    const { request, endpoint, credentials = "no credentials" } = context;
    const [, action, resource] = DENIED.exec(words) ?? [];
    if (action !== undefined) {
        const at = repositoryName(resource) ?? request.repository ?? "the registry";
        return {
            code: "DENIED",
            what: `${endpoint.host} does not let us ${wanted(context)} with the credentials from ${credentials}, which lack ${action} on ${at}`,
            advice: rightAdvice(words, action, at),
        };
    }
    if (/authorization token has expired/i.test(words)) {
        return {
            code: "UNAUTHORIZED",
            what: `the token from ${credentials} for ${endpoint.host} has expired, so we could not ${wanted(context)}`,
            advice:
                context.renewal ??
                'log in again, or let the token be fetched when it is needed ("credentials: { from: aws }")',
        };
    }
    if (request.subject === "manifest" && request.method === "PUT") {
        // Too many images is a bare 403 (aws/containers-roadmap#2159).
        return {
            code: "DENIED",
            what: `${endpoint.host} does not let us ${wanted(context)} with the credentials from ${credentials}`,
            advice: `give them the right to ecr:PutImage there, and look whether ${request.repository} is full (100,000 images by default): a lifecycle policy removes what is not needed`,
        };
    }
    return undefined;
}

function rightAdvice(words: string, action: string, at: string): string {
    if (EXPLICIT.test(words)) {
        return `a policy denies ${action} explicitly: change it, or use other credentials`;
    }
    return BY_RESOURCE.test(words)
        ? `allow ${action} in the policy of the repository ${at} ("policy" of EcrRepositories), since the principal is of another account`
        : `allow ${action} on ${at} in the principal's own policy (EcrAccess writes one)`;
}

/** Its code says that the repository is proven to be missing, to readers too. */
function unknownRepository(context: FailureContext): Verdict {
    const { endpoint, request } = context;
    const what = `the repository ${endpoint.host}/${repositoryOf(context)} is not there`;
    if (request.access === "pull") {
        return { code: "NAME_UNKNOWN", what, advice: "check its name, and the account and the region of the host" };
    }
    return { code: "NAME_UNKNOWN", what: `${what}, so we could not ${wanted(context)}`, advice: creation(context) };
}

function creation(context: FailureContext): string {
    const host = parseEcrHost(context.endpoint.host);
    const repository = repositoryOf(context);
    if (host?.visibility === "public") {
        // The registry's alias is no part of the name, and the API is in one region alone.
        const name = repository.slice(repository.indexOf("/") + 1);
        return `create it with EcrPublicRepositories, or by aws ecr-public create-repository --repository-name ${name} --region us-east-1`;
    }
    const region = host === undefined ? "" : ` --region ${host.region}`;
    return `create it with EcrRepositories, or a creation template for CREATE_ON_PUSH, or by aws ecr create-repository --repository-name ${repository}${region}`;
}

function immutable(context: FailureContext): Verdict {
    const { reference = "" } = context.request;
    return {
        code: "TAG_IMMUTABLE",
        what: `${describeSubject(context.request, context.endpoint.host)} is immutable and has another digest`,
        advice: `let EcrRepositories list ${reference} in mutableTags, or carry the image under another tag, or delete the tag in ECR first`,
    };
}

function lacksParts(context: FailureContext): Verdict {
    return {
        code: "PROTOCOL_ERROR",
        what: `${context.endpoint.host} misses a part of what we wanted to push as ${describeSubject(context.request, context.endpoint.host)}, though it was there before`,
        advice: "somebody, or a lifecycle rule for untagged images, has deleted it meanwhile: run it again",
    };
}

/** aws/containers-roadmap#2783, #2306; moby/buildkit#5747. */
function refusedManifest(context: FailureContext): Verdict {
    const { reference = "" } = context.request;
    const what = isDigest(reference) ? "this manifest" : "a manifest of this kind";
    return {
        code: "PROTOCOL_ERROR",
        what: `${context.endpoint.host} takes no manifest with such media types, so we could not ${wanted(context)}`,
        advice: `nothing there is to be changed: ECR refuses ${what} (aws/containers-roadmap#2306)`,
    };
}

/** `arn:aws:ecr:eu-west-1:111122223333:repository/team/app` */
function repositoryName(arn: string | undefined): string | undefined {
    return /:repository\/([\w./-]+)$/.exec(arn ?? "")?.[1];
}

function repositoryOf({ request }: FailureContext): string {
    return request.repository ?? "";
}

function wanted(context: FailureContext): string {
    return `${describeAccess(context.request)} ${describeSubject(context.request, context.endpoint.host)}`;
}
