import * as pulumi from "@pulumi/pulumi";
import { repositoryArn } from "../../core/aws-names";
import type { Catalog } from "../../core/catalog";
import {
    accessPolicy,
    type EcrRegistry,
    type EcrRight,
    ecrError,
    ecrRegistryOf,
    repositoryNameProblem,
    wantedRepositories,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import type { EcrAccessArgs, EcrRoleArgs } from "./ecr-access-args";
import { type EcrPlace, registryPlace } from "./registry-place";

/** The registry that is meant; without a catalogue undefined, and names are of the provider's account and region. */
function accessRegistry({ catalog, registry }: EcrAccessArgs): EcrRegistry | undefined {
    if (catalog === undefined) {
        if (registry !== undefined) {
            throw badArgument("registry", "is one of a catalogue: give the catalog too, or leave it out");
        }
        return undefined;
    }
    const isPublic = registry !== undefined && catalog.registries[registry]?.kind === "ecr-public";
    return atProperty("registry", () => ecrRegistryOf(catalog, isPublic ? "ecr-public" : "ecr", registry));
}

/** Where repositories are that have a name only: asked once, and only where one needs it, since ARNs may be of any account. */
export class RepositoriesPlace {
    readonly registry: EcrRegistry | undefined;
    readonly #parent: pulumi.Resource;
    #place: pulumi.Output<EcrPlace> | undefined;

    constructor(args: EcrAccessArgs, parent: pulumi.Resource) {
        this.registry = accessRegistry(args);
        this.#parent = parent;
    }

    get place(): pulumi.Output<EcrPlace> {
        this.#place ??= registryPlace(this.registry ?? { name: "", host: "" }, this.#parent).place;
        return this.#place;
    }

    /** What a role and an identity provider wait for, so that none is made at another account than the repositories'. */
    guardOf(roles: readonly EcrRoleArgs[]): pulumi.Output<unknown> | undefined {
        return roles.some(({ repositories }) => isNamed(repositories)) ? this.place : undefined;
    }
}

/** Whether a role is plainly for names; of Outputs nobody knows. */
function isNamed(repositories: EcrRoleArgs["repositories"]): boolean {
    return (
        repositories === undefined ||
        Object.values(repositories).some((one: unknown) => typeof one === "string" && !isArn(one))
    );
}

/** The policy of one role, as text: names become ARNs once it is known that the account is the registry's. */
export function rolePolicy(
    role: EcrRoleArgs,
    { catalog }: EcrAccessArgs,
    at: RepositoriesPlace,
    argument: string,
): pulumi.Output<string> {
    const { registry } = at;
    const asked = { rights: role.rights, repositories: repositoriesOf(role, catalog, registry, argument) };
    const built = (rights: EcrRight[], repositories: Repositories, place: EcrPlace): string =>
        atProperty(argument, () => {
            const arns = namesOf(repositories).map((name) => arnOf(name, place, registry));
            return JSON.stringify(accessPolicy(rights, arns));
        });
    const checked = plainOrLater(asked, ({ rights, repositories }) => {
        built(rights as EcrRight[], repositories, SAMPLE);
        return { rights: rights as EcrRight[], repositories };
    });
    return checked.apply(({ rights, repositories }) => {
        if (namesOf(repositories).every(isArn)) {
            return pulumi.output(built(rights, repositories, SAMPLE));
        }
        return at.place.apply((place) => built(rights, repositories, place));
    });
}

type Repositories = readonly string[] | Readonly<Record<string, string>>;

/** Of the same length as any, so that what is too long shows at once. */
const SAMPLE: EcrPlace = { account: "000000000000", region: "eu-central-1", partition: "aws" };

function repositoriesOf(
    { images, repositories }: EcrRoleArgs,
    catalog: Catalog | undefined,
    registry: EcrRegistry | undefined,
    argument: string,
): pulumi.Input<Repositories> {
    if (repositories !== undefined) {
        if (images !== undefined) {
            throw badArgument(`${argument}.images`, "say the same as repositories: give one of the two");
        }
        return repositories as pulumi.Input<Repositories>;
    }
    if (catalog === undefined || registry === undefined) {
        throw badArgument(`${argument}.repositories`, "name the repositories, or give the component a catalog");
    }
    const stranger = images?.find((image) => catalog.images[image] === undefined);
    if (stranger !== undefined) {
        throw badArgument(`${argument}.images`, `the catalogue has no image ${JSON.stringify(stranger)}`);
    }
    const names = atProperty(argument, () => wantedRepositories(catalog, registry, images)).map(({ name }) => name);
    if (names.length === 0) {
        throw badArgument(
            `${argument}.repositories`,
            `no image of the catalogue has the registry ${registry.name} as a target: name the repositories`,
        );
    }
    return names;
}

function namesOf(repositories: Repositories): string[] {
    return Object.values(repositories);
}

function isArn(text: string): boolean {
    return text.startsWith("arn:");
}

function arnOf(name: string, place: EcrPlace, registry: EcrRegistry | undefined): string {
    if (isArn(name)) {
        return name;
    }
    const problem = repositoryNameProblem(name.replace(/\/\*$/, ""));
    // A wildcard is the policy's to refuse, which knows what to write instead.
    if (problem !== undefined && !/[*?]/.test(name.replace(/\/\*$/, ""))) {
        throw ecrError(`The role cannot be for the repository: ${problem}.`);
    }
    return registry?.kind === "ecr-public"
        ? `arn:${place.partition}:ecr-public::${place.account}:repository/${name}`
        : repositoryArn(place, name);
}
