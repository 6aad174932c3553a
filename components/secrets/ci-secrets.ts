import * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "../../core/catalog";
import { badArgument, checkChoice } from "../images/arguments";
import { unlessRefused } from "../images/unless-refused";
import { catalogValues, namesAsked, type RegistryCredential } from "./catalog-values";
import { checkValues } from "./check-values";
import type { CiCredential, SecretsApp } from "./credentials";
import { keyAdvice } from "./key-advice";
import { isoMoment } from "./moment";
import { type NamedValue, valuesOf } from "./named-values";
import { type OrganizationAccess, readOrganization } from "./organization-access";
import { organizationPlaces } from "./organization-places";
import type { Place } from "./placed";
import { providerOwner, type RepositoryNames, readRepositories } from "./repository-names";
import { repositoryPlaces } from "./repository-places";
import { givenCredential, givenRegistry } from "./rotated";

export interface CiSecretsArgs {
    /** Repositories that get the secrets, each by itself. @default none */
    readonly repositories?: RepositoryNames;
    /** The organisation's own secrets, which repositories share. The provider must be an owner's. @default none */
    readonly organization?: OrganizationAccess;
    /**
     * Deployment environments of `repositories` that get the secrets of Actions in the repository's place, so that their
     * protection rules guard them. They must be there. Plain, since each has resources of its own. @default none
     */
    readonly environments?: readonly string[];
    /** Who gets the secrets: each has a store of its own. Plain, as above. @default ["actions"] */
    readonly apps?: readonly SecretsApp[];
    /** What is given, by a name that makes the secrets' names. Plain, since each has resources of its own. */
    readonly credentials?: Readonly<Record<string, CiCredential>>;
    /** With `registries`: a catalogue, under whose names the workflows that Transship writes look for secrets. */
    readonly catalog?: Catalog;
    /** Credentials of the catalogue's registries, by their names. Plain, as above. */
    readonly registries?: Readonly<Record<string, RegistryCredential<CiCredential>>>;
}

/**
 * One description of credentials for all the places at GitHub that need them: secrets and variables of Actions (in
 * repositories, environments or an organisation), Dependabot and Codespaces. `destroy` deletes them, unless
 * `retainOnDelete`.
 *
 * GitHub never gives a secret back: whether somebody changed one shows by its time alone, at `pulumi refresh`.
 */
export class CiSecrets extends pulumi.ComponentResource {
    /** Names of all secrets, never their values. */
    declare readonly secrets: pulumi.Output<readonly string[]>;
    /** Names of all variables. */
    declare readonly variables: pulumi.Output<readonly string[]>;
    /** Those variables by which runs log in with their identity, so that nothing is stored. */
    declare readonly federated: pulumi.Output<readonly string[]>;
    /** Secrets and variables that the catalogue's workflows look for and that nothing here sets. */
    declare readonly unset: pulumi.Output<readonly string[]>;
    /** Place -> name -> when GitHub changed it last, in UTC: all that can be known of a secret there. */
    declare readonly updatedAt: pulumi.Output<Readonly<Record<string, Readonly<Record<string, string>>>>>;

    constructor(name: string, args: CiSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:secrets:CiSecrets", name, {}, opts);
        for (const [index, app] of (args.apps ?? []).entries()) {
            checkChoice(`apps[${index}]`, app, ["actions", "dependabot", "codespaces"]);
        }
        const values = this.readValues(name, args);
        const places = this.placesOf(name, args, opts);
        checkValues(values, places, args.apps ?? ["actions"]);
        for (const line of keyAdvice(values)) {
            pulumi.log.warn(line, this);
        }
        const named = (test: (value: NamedValue) => boolean) =>
            [...new Set(values.filter(test).map((value) => value.name))].sort();
        this.secrets = pulumi.output(named(({ isSecret }) => isSecret));
        this.variables = pulumi.output(named(({ isSecret }) => !isSecret));
        const federated = named((value) => value.federated);
        this.federated = pulumi.output(federated);
        if (federated.length > 0) {
            const them = federated.length === 1 ? "is a variable" : "are variables";
            pulumi.log.info(
                `${federated.join(", ")} ${them}: runs log in by their identity, and no key is stored.`,
                this,
            );
        }
        this.unset = pulumi.output(unsetNames(args.catalog, values));
        this.updatedAt = pulumi.all(this.putAll(values, places, opts)).apply(byPlace);
        const { secrets, variables, unset, updatedAt } = this;
        this.registerOutputs({ secrets, variables, federated: this.federated, unset, updatedAt });
    }

    private placesOf(name: string, args: CiSecretsArgs, opts: pulumi.ComponentResourceOptions | undefined): Place[] {
        const { environments = [], organization, apps = ["actions"] } = args;
        const owner = providerOwner(opts);
        const repositories = readRepositories(args.repositories, "repositories", owner);
        if (environments.length > 0 && (repositories.length === 0 || !apps.includes("actions"))) {
            const lack = repositories.length === 0 ? "repositories" : 'the app "actions"';
            throw badArgument("environments", `belong to a repository's Actions: give ${lack}, or leave them out`);
        }
        const places = [
            ...repositories.flatMap((repository) => repositoryPlaces(name, repository, apps, environments)),
            ...(organization === undefined
                ? []
                : organizationPlaces(name, apps, readOrganization(organization, owner, this))),
        ];
        if (places.length === 0) {
            throw badArgument("repositories", "nothing would get the secrets: give repositories or an organization");
        }
        return places;
    }

    private readValues(name: string, args: CiSecretsArgs): NamedValue[] {
        const { apps = ["actions"], catalog, credentials = {}, registries = {} } = args;
        if (args.registries !== undefined && catalog === undefined) {
            throw badArgument("registries", "are a catalogue's: give the catalog too, or use credentials");
        }
        const described = Object.entries(credentials).flatMap(([key, given]) => {
            const credential = givenCredential(`${name}-${key}`, given, this);
            return valuesOf(key, credential, { argument: `credentials.${key}`, apps });
        });
        const ofRegistries = Object.entries(registries).map(([key, given]) => {
            const credential = givenRegistry(`${name}-${key}`, given, this);
            return [key, credential] as const;
        });
        return [
            ...described,
            ...(catalog === undefined ? [] : catalogValues(catalog, Object.fromEntries(ofRegistries), apps)),
        ];
    }

    /** A place and name at a time, each with the moment of its last change. */
    private putAll(
        values: readonly NamedValue[],
        places: readonly Place[],
        opts: pulumi.ComponentResourceOptions | undefined,
    ): Placed[] {
        // Replacing one is to delete it first: made first, the new one would be what is then deleted, by its name.
        const own: pulumi.CustomResourceOptions = {
            parent: this,
            deleteBeforeReplace: true,
            ...(opts?.retainOnDelete === undefined ? {} : { retainOnDelete: opts.retainOnDelete }),
        };
        const once = new Map(values.map((value) => [`${value.isSecret} ${value.name}`, value]));
        return places.flatMap((place) =>
            [...once.values()]
                .filter(({ isSecret, apps }) => apps.includes(place.app) && (isSecret || isActions(place)))
                .map((value) => ({
                    place: place.label,
                    name: value.name,
                    updatedAt: unlessRefused(place.put(value, own), [value.value]),
                })),
        );
    }
}

interface Placed {
    readonly place: string;
    readonly name: string;
    readonly updatedAt: pulumi.Output<string>;
}

/** Only Actions has variables. */
function isActions({ app }: Place): boolean {
    return app === "actions";
}

function unsetNames(catalog: Catalog | undefined, values: readonly NamedValue[]): readonly string[] {
    if (catalog === undefined) {
        return [];
    }
    const { secrets, variables } = namesAsked(catalog);
    const isSet = (name: string, isSecret: boolean) =>
        values.some((value) => value.name === name && value.isSecret === isSecret);
    return [...secrets.filter((name) => !isSet(name, true)), ...variables.filter((name) => !isSet(name, false))].sort();
}

function byPlace(
    all: readonly { readonly place: string; readonly name: string; readonly updatedAt: string }[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const places: Record<string, Record<string, string>> = {};
    for (const { name, place, updatedAt } of all) {
        places[place] = { ...places[place], [name]: isoMoment(updatedAt) };
    }
    return places;
}
