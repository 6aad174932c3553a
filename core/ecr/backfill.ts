import type { Catalog, CatalogImage, CredentialSource, ImageTarget, Registry } from "../catalog";
import { quote } from "../oci";
import { ecrError } from "./error";
import { destinationHost, isReplicated, type ReplicationDestination } from "./replication";
import type { EcrRegistry } from "./repositories";

/** A destination as our own copy reaches it. */
export interface BackfillDestination extends ReplicationDestination {
    /** A profile of AWS's configuration for this destination. @default the source's, where its credentials are from AWS */
    readonly profile?: string;
    /** ARN of a role that is assumed for this destination, as another account's. @default the source's */
    readonly roleArn?: string;
    /** Where credentials come from that are not from AWS's chain. @default from AWS, or Docker's configuration where the source has that */
    readonly credentials?: CredentialSource;
}

/** Which repositories go where. */
export interface BackfillRule {
    readonly destinations: readonly BackfillDestination[];
    readonly prefixes: readonly string[] | "all";
}

/**
 * The catalogue by which our own copy carries what replication does not: what was there before its rules. The copies at
 * the source are the originals, each destination is a registry of its own, and every repository keeps its name. The same
 * tags (selectors choose among those at the source), whole indexes, referrers where the image has them.
 *
 * It follows its source: what ECR has replicated meanwhile is equal, and nothing is carried. Tags that hold digests for a
 * roll-back (`*.prev-*`) are no image's tags and do not come along; those that are made later ECR replicates itself.
 *
 * @param account the source registry's, for destinations that name none
 * @throws EcrError where credentials of the source would not hold at a destination
 */
export function backfillCatalog(
    catalog: Catalog,
    source: EcrRegistry,
    rules: readonly BackfillRule[],
    account: string,
): Catalog {
    const destinations = new Map<string, Registry>();
    for (const destination of rules.flatMap((rule) => rule.destinations)) {
        const name = backfillName(destination, source, account);
        const registry = destinationRegistry(name, destination, source, account);
        const other = destinations.get(name);
        if (other !== undefined && JSON.stringify(other) !== JSON.stringify(registry)) {
            throw ecrError(
                `The destination ${name} is given in two ways, with other hosts or credentials: give it the same in every rule.`,
            );
        }
        destinations.set(name, registry);
    }
    const images = Object.values(catalog.images).flatMap((image) => {
        const copies = image.targets.filter(({ registry }) => registry === source.name);
        return copies.flatMap((copy, index) => {
            const places = placesFor(copy, rules, source, account);
            const name = index === 0 ? image.name : `${image.name}/${copy.repository}`;
            return places.length === 0 ? [] : [backfillImage(name, image, copy, places)];
        });
    });
    const { environment, onForeignDigest } = catalog;
    return {
        version: 1,
        environment,
        upstream: "follow",
        onForeignDigest,
        registries: { [source.name]: source, ...Object.fromEntries(destinations) },
        images: Object.fromEntries(images.map((image) => [image.name, image])),
        lock: {},
        promotedLock: {},
        digest: "",
    };
}

/** How the derived catalogue names a destination: `us-east-1`, and `222222222222-us-east-1` at another account. */
export function backfillName(
    { region, account }: Pick<ReplicationDestination, "region" | "account">,
    source: Pick<EcrRegistry, "name">,
    own: string,
): string {
    const name = account === undefined || account === own ? region : `${account}-${region}`;
    return name === source.name ? `${name}-replica` : name;
}

function placesFor(copy: ImageTarget, rules: readonly BackfillRule[], source: EcrRegistry, account: string): string[] {
    const covering = rules.filter((rule) => isReplicated(rule, copy.repository));
    return [...new Set(covering.flatMap((rule) => rule.destinations.map((one) => backfillName(one, source, account))))];
}

/** Structure of the target there: the image's selectors choose of what the source lists, the target's of that. */
function backfillImage(
    name: string,
    image: CatalogImage,
    copy: ImageTarget,
    registries: readonly string[],
): CatalogImage {
    const { repository, selectors } = copy;
    const tags = copy.tags.map(({ to }) => to);
    const chosen = selectors === undefined ? {} : { selectors };
    return {
        name,
        policy: "mirror",
        source: { registry: copy.registry, repository },
        tags,
        ...(selectors === undefined || image.selectors === undefined ? {} : { selectors: image.selectors }),
        targets: registries.map((registry) => ({
            registry,
            repository,
            tags: tags.map((tag) => ({ from: tag, to: tag })),
            ...chosen,
        })),
        platforms: "all",
        referrers: image.referrers,
        foreignLayers: image.foreignLayers,
        wave: image.wave,
        critical: image.critical,
    };
}

function destinationRegistry(
    name: string,
    destination: BackfillDestination,
    source: EcrRegistry,
    account: string,
): Registry {
    const { credentials: _, keepRemaining: __, public: ___, ...settings } = source;
    const credentials = credentialsFor(destination, source, account);
    return {
        ...settings,
        name,
        host: destinationHost(destination, { account }),
        ...(credentials === undefined ? {} : { credentials: { pull: credentials, push: credentials } }),
    };
}

function credentialsFor(
    { region, account, profile, roleArn, credentials, host }: BackfillDestination,
    source: EcrRegistry,
    own: string,
): CredentialSource | undefined {
    const from = source.credentials?.push;
    const isForeign = account !== undefined && account !== own;
    if (credentials !== undefined && (profile ?? roleArn) !== undefined) {
        throw ecrError(`The destination ${region} has "credentials" beside "profile" or "roleArn": give one of them.`);
    }
    if (roleArn !== undefined && !/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) {
        throw ecrError(
            `The destination ${region} has the roleArn ${quote(roleArn)}: "arn:aws:iam::111111111111:role/name".`,
        );
    }
    if (credentials !== undefined) {
        return credentials;
    }
    if (from?.from === "aws" || (profile ?? roleArn) !== undefined) {
        const usual = from?.from === "aws" ? from : undefined;
        // Another profile is another beginning: the source's role is not assumed from there.
        const role = roleArn ?? (profile === undefined ? usual?.roleArn : undefined);
        const named = profile ?? usual?.profile;
        return {
            from: "aws",
            ...(named === undefined ? {} : { profile: named }),
            region,
            ...(role === undefined ? {} : { roleArn: role }),
        };
    }
    if (from?.from === "env" || from?.from === "config") {
        throw ecrError(
            `The registry ${source.name} has credentials from ${from.from === "env" ? "the environment" : "the stack's configuration"}, which hold in its own region${isForeign ? " and account" : ""} only: give the destination ${region}${host === undefined ? "" : ` (${host})`} its own by "roleArn", "profile" or "credentials".`,
        );
    }
    return from;
}
