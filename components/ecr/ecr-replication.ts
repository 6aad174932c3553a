import * as pulumi from "@pulumi/pulumi";
import { parsePrivateEcrHost } from "../../core/aws-names";
import type { Catalog, Lock } from "../../core/catalog";
import {
    type BackfillRule,
    backfillCatalog,
    checkReplication,
    destinationHost,
    type EcrRegistry,
    ecrRegistryOf,
    isReplicated,
    overlappingPrefixes,
    replicationRules,
    wantedRepositories,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { ImageFleet } from "../images/image-fleet";
import type { References } from "../images/pinned";
import { isPlain, plainOrLater } from "../images/plain-or-later";
import { awsService } from "./aws-peer";
import type { EcrReplicationArgs } from "./ecr-replication-args";
import { takeOnce } from "./one-for-a-place";
import { registryPlace } from "./registry-place";

/**
 * ECR's own replication of a registry: to other regions and accounts, by the begins of repositories' names. Limits are
 * checked before the deploy, and images of the catalogue that no rule covers are told.
 *
 * A registry has one such configuration: a second of this component for it is an error of the program; what another stack
 * or the console put is overwritten. `destroy` ends replication; copies stay.
 */
export class EcrReplication extends pulumi.ComponentResource {
    /** Hosts of all destinations, each once, in their order. */
    declare readonly destinations: pulumi.Output<readonly string[]>;
    /** The fleet that carries what was there before, to be gated and referred to; undefined without `backfill`. */
    declare readonly fleet: ImageFleet | undefined;
    /** Its `refs`: image -> tag -> destination -> pinned reference; undefined without `backfill`. */
    declare readonly refs: pulumi.Output<References | undefined>;
    /** Its `lock`; undefined without `backfill`. */
    declare readonly lock: pulumi.Output<Lock | undefined>;

    constructor(name: string, args: EcrReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrReplication", name, {}, opts);
        const registry = atProperty("registry", () => ecrRegistryOf(args.catalog, "ecr", args.registry));
        const { region, place } = registryPlace(registry, this);
        takeOnce(registry.host, "replication", name);
        const argument = args.rules === undefined ? "destinations" : "rules";
        const given = { rules: rulesOf(args, registry) };
        const warned = new Set<string>();
        const definitions = plainOrLater(given, ({ rules }) => {
            const known = rules as readonly BackfillRule[];
            const at = parsePrivateEcrHost(registry.host);
            atProperty(argument, () => (at === undefined ? checkReplication(known) : replicationRules(known, at)));
            for (const warning of warningsOf(args.catalog, registry, known).filter((one) => !warned.has(one))) {
                warned.add(warning);
                pulumi.log.warn(warning, this);
            }
            return known;
        });
        const both = pulumi.all([definitions, place]);
        const { ReplicationConfiguration } = awsService("ecr");
        const rules = both.apply(([known, at]) => {
            const made = atProperty(argument, () => replicationRules(known as readonly BackfillRule[], at));
            return made.map((rule) => ({
                destinations: [...rule.destinations],
                ...(rule.repositoryFilters === undefined ? {} : { repositoryFilters: [...rule.repositoryFilters] }),
            }));
        });
        const configuration = new ReplicationConfiguration(
            `${name}-configuration`,
            { replicationConfiguration: { rules }, region },
            { parent: this },
        );
        this.destinations = both.apply(([known, at]) => [
            ...new Set(
                (known as readonly BackfillRule[])
                    .flatMap((rule) => rule.destinations)
                    .map((destination) => destinationHost(destination, at)),
            ),
        ]);
        this.fleet = this.backfill(name, args, registry, given.rules, configuration);
        // The fleet waits for the configuration, which is never made where its rules are refused: that must reject these.
        this.refs = pulumi.all([rules, this.fleet?.refs]).apply(([, refs]) => refs);
        this.lock = pulumi.all([rules, this.fleet?.lock]).apply(([, lock]) => lock);
        this.registerOutputs({ destinations: this.destinations, refs: this.refs, lock: this.lock });
    }

    /** After the rules: what is pushed from then on ECR carries, and what was there before, this. */
    private backfill(
        name: string,
        { catalog, backfill = false }: EcrReplicationArgs,
        registry: EcrRegistry,
        rules: readonly object[],
        configuration: pulumi.Resource,
    ): ImageFleet | undefined {
        if (backfill === false) {
            return undefined;
        }
        if (!isPlain(rules)) {
            throw badArgument(
                "backfill",
                "carries images to registries that must be known when the program runs: give regions, accounts and prefixes as plain values, not as outputs",
            );
        }
        const known = rules as readonly BackfillRule[];
        const derived = atProperty("backfill", () =>
            backfillCatalog(catalog, registry, known, accountOf(registry, known)),
        );
        const options = backfill === true ? {} : backfill;
        return new ImageFleet(
            `${name}-backfill`,
            { ...options, catalog: derived },
            { parent: this, dependsOn: configuration },
        );
    }
}

/** Each rule with what is said beside the rules. */
function rulesOf(args: EcrReplicationArgs, registry: EcrRegistry) {
    const { destinations, rules = [{}] } = args;
    const prefixes = args.prefixes ?? (registry.prefix === "" ? "all" : [`${registry.prefix}/`]);
    return rules.map((rule, index) => {
        const places = rule.destinations ?? destinations;
        if (places === undefined) {
            throw badArgument(
                args.rules === undefined ? "destinations" : `rules[${index}].destinations`,
                `is missing: name where to, as [{ region: "us-east-1" }]`,
            );
        }
        return { destinations: places, prefixes: rule.prefixes ?? prefixes };
    });
}

/** The source's account, for destinations that name none: of an emulator's host only AWS knows it, too late for names. */
function accountOf(registry: EcrRegistry, rules: readonly BackfillRule[]): string {
    const named = parsePrivateEcrHost(registry.host);
    if (named !== undefined) {
        return named.account;
    }
    const homeless = rules
        .flatMap((rule) => rule.destinations)
        .find(({ account, host }) => (account ?? host) === undefined);
    if (homeless !== undefined) {
        throw badArgument(
            "backfill",
            `the host ${registry.host} tells no account, so the destination ${homeless.region} needs its "account" or its "host"`,
        );
    }
    return "";
}

/** What is no mistake, but hardly meant. */
function warningsOf(catalog: Catalog, registry: EcrRegistry, rules: readonly BackfillRule[]): string[] {
    const left = wantedRepositories(catalog, registry).filter(
        ({ name }) => !rules.some((rule) => isReplicated(rule, name)),
    );
    const overlapping = overlappingPrefixes(rules).map((one) => `${one}: leave it out.`);
    if (left.length === 0) {
        return overlapping;
    }
    const named = left.map(({ name, images }) => `${images.join(", ")} (${name})`).join("; ");
    return [...overlapping, `No rule replicates ${named}: give a rule a prefix of it, or leave it where it is.`];
}
