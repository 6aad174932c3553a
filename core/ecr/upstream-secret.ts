import { quote } from "../oci";
import { ecrError } from "./error";

/** What the name of each secret begins with, or ECR does not read it. */
export const SECRET_PREFIX = "ecr-pullthroughcache/";

/** Name and token at an upstream. */
export interface UpstreamLogin {
    readonly username: string;
    readonly accessToken: string;
}

/**
 * The document that ECR reads, with exactly these two keys.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html)
 *
 * @throws EcrError, which never repeats the token
 */
export function upstreamSecret(key: string, upstream: string, { accessToken, username }: UpstreamLogin): string {
    const problem = usernameProblem(upstream, username) ?? tokenProblem(upstream, accessToken);
    if (problem !== undefined) {
        throw ecrError(`The credentials of the rule ${quote(key)} cannot be right: ${problem}.`);
    }
    return JSON.stringify({ username, accessToken });
}

/** Forms that never work; what else may be wrong, only the upstream knows. */
export function usernameProblem(upstream: string, username: string): string | undefined {
    if (!/^\S+$/.test(username)) {
        return "a user name is not empty and has no blanks";
    }
    if (upstream === "docker-hub" && !/^[a-z0-9][a-z0-9_-]*$/.test(username)) {
        return `Docker Hub's user names are lower case letters and digits, not an e-mail address or a path as ${quote(username)}`;
    }
    if (upstream === "ghcr" && !/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:_[a-z0-9]+)?$/.test(username)) {
        return `${quote(username)} is no user of GitHub`;
    }
    if (upstream === "gitlab" && !/^[A-Za-z0-9_](?:[\w.+-]*[\w-])?$/.test(username)) {
        return `${quote(username)} is no user of GitLab, and no deploy token's user name (gitlab+deploy-token-1)`;
    }
    return undefined;
}

function tokenProblem(upstream: string, token: string): string | undefined {
    if (!/^\S+$/.test(token)) {
        return "an access token is not empty and has no blanks";
    }
    return upstream === "ghcr" && token.startsWith("github_pat_")
        ? "GitHub's packages take no fine-grained tokens: make a classic one with read:packages"
        : undefined;
}

const SECRET_ARN =
    /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:ecr-pullthroughcache\/[a-zA-Z0-9/_+=.@-]+$/;

/**
 * Why ECR does not read this secret, as a clause; undefined where it does.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html, credentialArn: 50 to 612
 * characters; its account and region are those of the rule, …/userguide/pull-through-cache-creating-rule.html)
 */
export function secretArnProblem(
    arn: string,
    place?: { readonly account: string; readonly region: string },
): string | undefined {
    const [, region, account] = SECRET_ARN.exec(arn) ?? [];
    if (region === undefined || arn.length < 50 || arn.length > 612) {
        return `${quote(arn)} is no ARN of a secret whose name begins with ${SECRET_PREFIX}`;
    }
    return place !== undefined && (region !== place.region || account !== place.account)
        ? `the secret is of account ${account} in ${region}, and the cache of account ${place.account} in ${place.region}: ECR reads one of its own place only`
        : undefined;
}

/** The name of a secret that a component makes. @throws EcrError where AWS takes no such name */
export function upstreamSecretName(component: string, key: string): string {
    const name = `${SECRET_PREFIX}${component}/${key}`;
    if (!/^[a-zA-Z0-9/_+=.@-]{1,512}$/.test(name)) {
        throw ecrError(
            `A secret cannot be named ${quote(name)}: give the component a name of letters, digits and /_+=.@- alone.`,
        );
    }
    return name;
}
