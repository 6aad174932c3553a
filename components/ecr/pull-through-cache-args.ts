import type * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import type { UpstreamName } from "../../core/ecr";
import type { EcrTemplateArgs } from "./template-args";
import type { EcrUpstreamCredentials } from "./upstream-credentials";

/** One upstream, cached below a prefix. What is no Input decides about names, and is known when the program runs. */
export interface EcrUpstreamArgs {
    /** Which registry it is. @default the key, where that is one of these words */
    readonly upstream?: UpstreamName;
    /** Of `acr` (`acme.azurecr.io`) and `ecr` (`222222222222.dkr.ecr.eu-west-1.amazonaws.com`): its host. */
    readonly host?: string;
    /**
     * Begin of the cached repositories' names, 2 to 30 characters: `docker-hub` makes `docker-hub/library/alpine`. `ROOT`:
     * no prefix, for all that no other rule is for.
     *
     * @default the key
     */
    readonly prefix?: string;
    /** Of `ecr`: only repositories below it are cached, and it is left out of their names. @default all */
    readonly upstreamPrefix?: string;
    /** AWS wants them of docker-hub, ghcr, gitlab, acr and chainguard, and takes none of the others. */
    readonly credentials?: EcrUpstreamCredentials;
    /**
     * Of `ecr`: a role of the cache's account that `pullthroughcache.ecr.amazonaws.com` may assume. Needed where the
     * upstream is of another account.
     * (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html)
     */
    readonly roleArn?: pulumi.Input<string>;
    /** Settings of this rule's repositories, in the place of the component's. */
    readonly template?: EcrTemplateArgs;
}

/** Which images are fetched before somebody needs them. */
export interface EcrPrimeArgs {
    /** Names in the catalogue. @default all whose source a rule serves */
    readonly images?: readonly string[];
    /** @default those of each image in the catalogue */
    readonly platforms?: readonly string[];
    /** Whether an image that cannot be fetched ends the deploy; the next one goes on with it in any case. @default "fail" */
    readonly onFailure?: "warn" | "fail";
}

/** The settings of all rules' repositories, and the rules. */
export interface EcrPullThroughCacheArgs extends EcrTemplateArgs {
    /** Says which registry is the cache, and which images there are references for. @default where the provider is */
    readonly catalog?: Catalog;
    /** A key among the catalogue's registries, of kind `ecr`. Its path is that of carried images and no part of a rule. @default the only one of that kind */
    readonly registry?: string;
    /**
     * Key -> upstream: `docker-hub`, `ghcr`, `quay`, `k8s`, `ecr-public`, `gitlab`, `acr`, `chainguard`, `ecr`, or any
     * other word with an `upstream`. 1 to 50.
     */
    readonly upstreams: Readonly<Record<string, EcrUpstreamArgs>>;
    /**
     * Whether the catalogue's images are fetched by tag at once: a pull by digest alone never makes ECR fetch an image. It
     * costs pulls of the upstream, for each tag once.
     *
     * @default false
     */
    readonly prime?: boolean | EcrPrimeArgs;
}
