import { parsePrivateEcrHost } from "../aws-names";
import { quote } from "../oci";
import { ecrError } from "./error";

/** What ECR's pull-through cache has an upstream for, in the short words of this package. */
export type UpstreamName =
    | "docker-hub"
    | "ghcr"
    | "quay"
    | "k8s"
    | "ecr-public"
    | "gitlab"
    | "acr"
    | "chainguard"
    | "ecr";

/** One upstream registry as AWS knows it. */
export interface Upstream {
    /** AWS's own word for it: `upstreamRegistry` of CreatePullThroughCacheRule. */
    readonly upstreamRegistry: string;
    /** `upstreamRegistryUrl`; undefined where everybody has a host of his own. */
    readonly url?: string;
    /** How a catalogue names the host of its images. */
    readonly host?: string;
    /** Hosts that may be given where there is none. */
    readonly hosts?: { readonly pattern: RegExp; readonly example: string };
    /**
     * How ECR logs in there: a secret that AWS demands, none, or a role in the cache's account, which AWS demands where
     * the upstream is of another account.
     */
    readonly login: "secret" | "none" | "role";
    /** Whose name and token the secret holds. */
    readonly account?: string;
}

/**
 * The table of docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html (words and URLs) and
 * …/userguide/pull-through-cache.html (which of them want a login). The default prefix of a rule is its key.
 */
export const UPSTREAMS: Readonly<Record<UpstreamName, Upstream>> = {
    "docker-hub": {
        upstreamRegistry: "docker-hub",
        url: "registry-1.docker.io",
        host: "docker.io",
        login: "secret",
        account: "a user or an organisation of Docker Hub, and an access token of it",
    },
    ghcr: {
        upstreamRegistry: "github-container-registry",
        url: "ghcr.io",
        host: "ghcr.io",
        login: "secret",
        account: 'a user of GitHub, and a classic personal access token with "read:packages"',
    },
    quay: { upstreamRegistry: "quay", url: "quay.io", host: "quay.io", login: "none" },
    k8s: { upstreamRegistry: "k8s", url: "registry.k8s.io", host: "registry.k8s.io", login: "none" },
    "ecr-public": { upstreamRegistry: "ecr-public", url: "public.ecr.aws", host: "public.ecr.aws", login: "none" },
    // Only gitlab.com's own registry (…/userguide/pull-through-cache.html).
    gitlab: {
        upstreamRegistry: "gitlab-container-registry",
        url: "registry.gitlab.com",
        host: "registry.gitlab.com",
        login: "secret",
        account: 'a user of GitLab, or a deploy token\'s user name, and a token with "read_registry"',
    },
    acr: {
        upstreamRegistry: "azure-container-registry",
        hosts: { pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.azurecr\.io$/, example: "acme.azurecr.io" },
        login: "secret",
        account: "a token of the registry, or the id of a service principal, and its password",
    },
    chainguard: {
        upstreamRegistry: "chainguard",
        url: "cgr.dev",
        host: "cgr.dev",
        login: "secret",
        account: "a pull token's user name and password (chainctl auth configure-docker --pull-token)",
    },
    // …/userguide/pull-through-cache-private.html
    ecr: {
        upstreamRegistry: "ecr",
        hosts: {
            pattern: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/,
            example: "222222222222.dkr.ecr.eu-west-1.amazonaws.com",
        },
        login: "role",
    },
};

export const UPSTREAM_NAMES = Object.keys(UPSTREAMS) as UpstreamName[];

/** @throws EcrError for a word that is none of the table */
export function upstreamOf(name: string): Upstream {
    if (!Object.hasOwn(UPSTREAMS, name)) {
        throw ecrError(
            `${quote(name)} is no upstream that ECR's pull-through cache has: name one of ${UPSTREAM_NAMES.join(", ")} as "upstream".`,
        );
    }
    return UPSTREAMS[name as UpstreamName];
}

/**
 * The upstream's host: what AWS wants as URL, and how a catalogue names it.
 *
 * @param host what the user gave; only for those whose host is everybody's own
 * @throws EcrError where it is missing, not one of that upstream's, or given where there is but one
 */
export function upstreamHost(name: string, host: string | undefined): { readonly url: string; readonly host: string } {
    const upstream = upstreamOf(name);
    if (upstream.url !== undefined) {
        if (host !== undefined && host !== upstream.url && host !== upstream.host) {
            throw ecrError(`The upstream ${name} is always ${upstream.url}: leave out "host" ${quote(host)}.`);
        }
        return { url: upstream.url, host: upstream.host ?? upstream.url };
    }
    const { pattern, example } = upstream.hosts ?? { pattern: /^$/, example: "" };
    if (host === undefined || !pattern.test(host)) {
        const what = host === undefined ? "has to be told" : `is not ${quote(host)}`;
        throw ecrError(`The host of the upstream ${name} ${what}: write one like ${example} as "host".`);
    }
    return { url: host, host };
}

/** The account of a registry by its host; undefined for what is none of ECR's own names. */
export function ecrAccount(host: string): string | undefined {
    return parsePrivateEcrHost(host)?.account;
}
