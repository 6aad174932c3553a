import type * as aws from "@pulumi/aws/ecr";
import * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import {
    type CachedImage,
    cachedImages,
    cachedReference,
    checkNoTargetBelow,
    type EcrRegistry,
    ecrAccount,
    ecrRegistryOf,
    type PullThroughRule,
    primingCatalog,
    pullThroughRules,
} from "../../core/ecr";
import { atProperty, badArgument, checkChoice } from "../images/arguments";
import { unlessRefused } from "../images/unless-refused";
import { awsService } from "./aws-peer";
import { EcrPriming, type EcrPrimingArgs } from "./priming";
import type { EcrPullThroughCacheArgs, EcrUpstreamArgs } from "./pull-through-cache-args";
import { type RegistryPlace, registryPlace } from "./registry-place";
import { repositoryTemplates } from "./repository-template";
import { upstreamCredentials } from "./upstream-credentials";

/** Image -> tag -> something of it. */
export type ByTag<T> = Record<string, Record<string, T>>;

/** A rule as it is at AWS. */
export interface EcrCachedUpstream {
    readonly prefix: string;
    /** `registry-1.docker.io` */
    readonly upstream: string;
}

/**
 * Other registries' images through ECR: pods pull from a registry of the account, which fetches what it has not. Each rule
 * comes with its upstream's secret and with a creation template, without which the repositories that ECR makes keep
 * everything for ever. `destroy` takes rules, templates and secrets away; what is cached stays.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html)
 */
export class EcrPullThroughCache extends pulumi.ComponentResource {
    /** By key. */
    readonly rules: pulumi.Output<Record<string, EcrCachedUpstream>>;
    /** By key, of those that have a secret. */
    readonly secretArns: pulumi.Output<Record<string, string>>;
    /**
     * Of the catalogue's images whose source a rule serves and of the tags that it lists by name: what pods pull. Known once
     * the rules are there. Empty without a catalogue.
     */
    readonly references: pulumi.Output<ByTag<string>>;
    /** The same, pinned to the digests that were primed: `repository:tag@sha256:…`. Empty where nothing is. */
    readonly primed: pulumi.Output<ByTag<string>>;
    /** What differed from its source when it was primed, and what could not be primed: lines for people. */
    readonly findings: pulumi.Output<string[]>;
    /** The role that was made for templates with tags or KMS; undefined where none was. */
    readonly roleArn: pulumi.Output<string | undefined>;

    constructor(name: string, args: EcrPullThroughCacheArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrPullThroughCache", name, {}, opts);
        const plan = planOf(args);
        const place = registryPlace(plan.registry ?? { name: "", host: "" }, this);
        const made = makeRules(name, args, plan.rules, place, this);
        const ready = made.unlessRefused(pulumi.all(made.rules.map(({ id }) => id)));
        const host = plan.registry?.host ?? "";
        const priming =
            plan.priming && new EcrPriming(`${name}-priming`, plan.priming, { parent: this, dependsOn: made.rules });
        this.rules = ready.apply(() => rulesByKey(plan.rules));
        this.secretArns = made.unlessRefused(pulumi.output(made.secretArns));
        this.references = ready.apply(() => referencesOf(host, plan.images));
        this.primed = made
            .unlessRefused(pulumi.output(priming?.digests ?? {}))
            .apply((digests) => pinnedOf(host, plan.images, digests));
        this.findings = made
            .unlessRefused(pulumi.all([priming?.different ?? [], priming?.failed ?? []]))
            .apply(([different, failed]) => [...different, ...failed]);
        this.roleArn = made.unlessRefused(pulumi.output(made.roleArn));
        const { findings, primed, references, roleArn, rules, secretArns } = this;
        this.registerOutputs({ findings, primed, references, roleArn, rules, secretArns });
    }

    /**
     * What a pod pulls in the place of an image of the catalogue.
     *
     * @param tag one that the catalogue lists for it @default the only one
     */
    reference(image: string, tag?: string): pulumi.Output<string> {
        return this.references.apply((all) => findReference(all, image, tag));
    }
}

/** @throws InputPropertyError with what there is */
function findReference(all: ByTag<string>, image: string, tag: string | undefined): string {
    const listed = (names: Readonly<Record<string, unknown>>): string =>
        Object.keys(names)
            .map((name) => JSON.stringify(name))
            .join(", ") || "nothing";
    const tags = all[image];
    if (tags === undefined) {
        throw badArgument("image", `no rule serves the image ${JSON.stringify(image)}, but ${listed(all)}`);
    }
    const [only, ...others] = Object.values(tags);
    const found = tag === undefined ? (others.length === 0 ? only : undefined) : tags[tag];
    if (found === undefined) {
        const what =
            tag === undefined
                ? `the image ${image} has several tags, name one of them: ${listed(tags)}`
                : `the image ${image} has no tag ${JSON.stringify(tag)} at the cache, but ${listed(tags)}`;
        throw badArgument("tag", what);
    }
    return found;
}

interface Plan {
    readonly registry: EcrRegistry | undefined;
    readonly rules: readonly PullThroughRule[];
    readonly images: readonly CachedImage[];
    readonly priming?: EcrPrimingArgs;
}

/** Everything that is decided before anything is made: mistakes end the program here. */
function planOf({ catalog, prime, registry: key, upstreams }: EcrPullThroughCacheArgs): Plan {
    if (catalog === undefined && (key !== undefined || (prime !== undefined && prime !== false))) {
        throw badArgument(key === undefined ? "prime" : "registry", "it is about a catalogue: pass the catalog too");
    }
    const registry =
        catalog === undefined ? undefined : atProperty("registry", () => ecrRegistryOf(catalog, "ecr", key));
    const wishes = Object.entries(upstreams).map(([name, one]) => ({
        key: name,
        ...pick(one),
        hasCredentials: one.credentials !== undefined,
        hasRole: one.roleArn !== undefined,
    }));
    const account = registry === undefined ? undefined : ecrAccount(registry.host);
    const rules = atProperty("upstreams", () => pullThroughRules(wishes, account));
    if (catalog === undefined || registry === undefined) {
        return { registry, rules, images: [] };
    }
    atProperty("upstreams", () => checkNoTargetBelow(catalog, registry, rules));
    const images = atProperty("catalog", () => cachedImages(catalog, rules));
    const priming = primingOf(prime, catalog, registry, images);
    return { registry, rules, images, ...(priming === undefined ? {} : { priming }) };
}

function pick({ host, prefix, upstream, upstreamPrefix }: EcrUpstreamArgs) {
    return {
        ...(host === undefined ? {} : { host }),
        ...(prefix === undefined ? {} : { prefix }),
        ...(upstream === undefined ? {} : { upstream }),
        ...(upstreamPrefix === undefined ? {} : { upstreamPrefix }),
    };
}

function makeRules(
    name: string,
    args: EcrPullThroughCacheArgs,
    rules: readonly PullThroughRule[],
    place: RegistryPlace,
    parent: pulumi.Resource,
) {
    const { catalog: _, prime: __, registry: ___, upstreams, ...settings } = args;
    const wanted = rules.map(({ ecrRepositoryPrefix: prefix, key }) => ({
        name: `${name}-${key}-template`,
        property: `upstreams[${JSON.stringify(key)}].template`,
        prefix,
        appliedFor: ["PULL_THROUGH_CACHE"] as const,
        args: { ...settings, ...upstreams[key]?.template },
    }));
    const { refusable, roleArn, templates } = repositoryTemplates(name, wanted, place, parent);
    const secretArns: Record<string, pulumi.Output<string>> = {};
    const made = rules.map((rule, index): aws.PullThroughCacheRule => {
        const { credentials, roleArn: customRoleArn, upstream = rule.key } = upstreams[rule.key] ?? {};
        const login = credentials && upstreamCredentials(name, { key: rule.key, upstream, credentials }, place, parent);
        if (login !== undefined) {
            secretArns[rule.key] = login.arn;
        }
        const { PullThroughCacheRule } = awsService("ecr");
        return new PullThroughCacheRule(
            `${name}-${rule.key}`,
            {
                region: place.region,
                ecrRepositoryPrefix: place.place.apply(() => rule.ecrRepositoryPrefix),
                upstreamRegistryUrl: rule.upstreamRegistryUrl,
                upstreamRepositoryPrefix: rule.upstreamRepositoryPrefix,
                credentialArn: login?.arn,
                customRoleArn,
            },
            {
                parent,
                // The template first: a repository that is made before it never gets what it says.
                dependsOn: unlessRefused(
                    pulumi.output([templates[index] as pulumi.Resource, ...(login?.dependsOn ?? [])]),
                    [place.place],
                ),
                // Another upstream below the same prefix is another rule, and ECR has one for a prefix.
                deleteBeforeReplace: true,
            },
        );
    });
    const said = <T>(output: pulumi.Output<T>): pulumi.Output<T> => unlessRefused(output, refusable);
    return { rules: made, secretArns, roleArn, unlessRefused: said };
}

function primingOf(
    prime: EcrPullThroughCacheArgs["prime"],
    catalog: Catalog,
    registry: EcrRegistry,
    images: readonly CachedImage[],
): EcrPrimingArgs | undefined {
    if (prime === undefined || prime === false) {
        return undefined;
    }
    const { onFailure = "fail", ...choice } = prime === true ? {} : prime;
    checkChoice("prime.onFailure", onFailure, ["warn", "fail"]);
    return { catalog: atProperty("prime", () => primingCatalog(catalog, registry, images, choice)), onFailure };
}

function rulesByKey(rules: readonly PullThroughRule[]): Record<string, EcrCachedUpstream> {
    return Object.fromEntries(
        rules.map((rule) => [rule.key, { prefix: rule.ecrRepositoryPrefix, upstream: rule.upstreamRegistryUrl }]),
    );
}

function referencesOf(host: string, images: readonly CachedImage[]): ByTag<string> {
    return Object.fromEntries(
        images.map(({ image, repository, tags }) => [
            image,
            Object.fromEntries(tags.map((tag) => [tag, cachedReference(host, repository, tag)])),
        ]),
    );
}

function pinnedOf(host: string, images: readonly CachedImage[], digests: ByTag<string>): ByTag<string> {
    const pinned = images
        .filter(({ image }) => digests[image] !== undefined)
        .map(({ image, repository }) => [
            image,
            Object.fromEntries(
                Object.entries(digests[image] ?? {}).map(([tag, digest]) => [
                    tag,
                    `${cachedReference(host, repository, tag)}@${digest}`,
                ]),
            ),
        ]);
    return Object.fromEntries(pinned);
}
