import * as pulumi from "@pulumi/pulumi";
import { isRegion, partitionOf } from "../../core/aws-names";
import type { Catalog } from "../../core/catalog";
import { ecrRegistryOf, type TemplateFor } from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { unlessRefused } from "../images/unless-refused";
import { type RegistryPlace, registryPlace } from "./registry-place";
import { repositoryTemplates } from "./repository-template";
import type { EcrTemplateArgs } from "./template-args";

/** One template, beside the settings that all of the component's have. */
export interface EcrCreationTemplateArgs extends EcrTemplateArgs {
    /** What makes the repositories: a replication from elsewhere, a push, a pull-through cache. Known when the program runs. */
    readonly appliedFor: readonly TemplateFor[];
}

export interface EcrCreationTemplatesArgs extends EcrTemplateArgs {
    /** Names the registry: its account is checked, its region is that of the templates. @default where the provider is */
    readonly catalog?: Catalog;
    /** A key among the catalogue's registries, of kind `ecr`. @default the only one of that kind */
    readonly registry?: string;
    /** Where no catalogue says it: the region of the templates, so that one provider serves several. Plain. @default the provider's */
    readonly region?: string;
    /**
     * Prefix -> template: `{ mirror: { appliedFor: ["REPLICATION"] } }` is for `mirror/…`, the longest prefix wins, and
     * `ROOT` is for what no other one is for. Settings of its own take the place of the component's.
     */
    readonly templates: Readonly<Record<string, EcrCreationTemplateArgs>>;
}

/**
 * How repositories are made that nobody declares: those of a replication's receiving side, and of a first push. Without a
 * template they get no lifecycle policy, and AES256.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html)
 *
 * A registry has one template for a prefix: what a cache's rule is for has its own from `EcrPullThroughCache`.
 */
export class EcrCreationTemplates extends pulumi.ComponentResource {
    /** Prefixes, once there is a template for each. */
    readonly prefixes: pulumi.Output<string[]>;
    /** The role that was made for tags or KMS; undefined where none was. */
    readonly roleArn: pulumi.Output<string | undefined>;

    constructor(name: string, args: EcrCreationTemplatesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrCreationTemplates", name, {}, opts);
        const { catalog: _, region: __, registry: ___, templates, ...settings } = args;
        const wanted = Object.entries(templates).map(([prefix, { appliedFor, ...own }]) => ({
            name: `${name}-${prefix}`,
            property: `templates[${JSON.stringify(prefix)}]`,
            prefix,
            appliedFor,
            args: { ...settings, ...own },
        }));
        if (wanted.length === 0) {
            throw badArgument("templates", "name at least one prefix");
        }
        const made = repositoryTemplates(name, wanted, placeOf(args, this), this);
        this.prefixes = unlessRefused(pulumi.all(made.templates.map(({ prefix }) => prefix)), made.refusable);
        this.roleArn = unlessRefused(pulumi.output(made.roleArn), made.refusable);
        this.registerOutputs({ prefixes: this.prefixes, roleArn: this.roleArn });
    }
}

function placeOf({ catalog, region, registry }: EcrCreationTemplatesArgs, parent: pulumi.Resource): RegistryPlace {
    if (catalog !== undefined) {
        if (region !== undefined) {
            throw badArgument("region", "the host of the catalogue's registry says it: leave one of the two out");
        }
        const found = atProperty("registry", () => ecrRegistryOf(catalog, "ecr", registry));
        return registryPlace(found, parent);
    }
    if (registry !== undefined) {
        throw badArgument("registry", "it is a key of a catalogue: pass the catalog too");
    }
    if (region !== undefined && !isRegion(region)) {
        throw badArgument("region", `must be a region such as "eu-west-1", not ${JSON.stringify(region)}`);
    }
    const { place } = registryPlace({ name: "", host: "" }, parent);
    return region === undefined
        ? { region, place }
        : { region, place: place.apply((at) => ({ ...at, region, partition: partitionOf(region) })) };
}
