import * as pulumi from "@pulumi/pulumi";
import { isAccount, parseEcrHost } from "../../core/aws-names";
import {
    checkPublicCatalogData,
    type EcrRegistry,
    type PublicCatalogData,
    type PublicRepositoryPrincipals,
    publicRepositoryPolicy,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import { awsIdentity, awsService } from "./aws-peer";
import type { EcrPublicRepositoriesArgs, PublicRepositorySettingsArgs } from "./ecr-public-repositories-args";
import type { MadeRepository } from "./ecr-repositories-args";
import { type Existing, existingOf } from "./existing";
import { checkAccount } from "./registry-place";
import { checkRepositoryNames, wantedOf } from "./wanted";

/** Where ECR Public's API is, whatever the provider's region (docs.aws.amazon.com/general/latest/gr/ecr-public.html). */
const REGION = "us-east-1";
/** docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_CreateRepository.html */
const LONGEST_NAME = 205;
const AS_IT_IS = ["catalogData", "forceDestroy", "tags", "tagsAll"];
const SETTINGS = ["catalogData", "policy", "forceDelete", "retainOnDelete", "tags"] as const;

/**
 * The repositories at ECR Public that the catalogue's images have there as targets, with what the gallery shows of them.
 * It has no lifecycle policies, no immutable tags and no scanning. `destroy` deletes no repository and no image, unless
 * `retainOnDelete: false` says so.
 */
export class EcrPublicRepositories extends pulumi.ComponentResource {
    /** By the repository's name, without the registry's alias. */
    declare readonly repositories: pulumi.Output<Readonly<Record<string, MadeRepository>>>;
    /** Name -> ARN. */
    declare readonly arns: pulumi.Output<Readonly<Record<string, string>>>;

    /** @throws InputPropertyError for a mistake in plain arguments; one in an Output rejects it */
    constructor(name: string, args: EcrPublicRepositoriesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrPublicRepositories", name, {}, opts);
        const wanted = wantedOf(args, "ecr-public");
        checkRepositoryNames("perRepository", Object.keys(args.perRepository ?? {}), wanted);
        const existing = existingOf(args, wanted);
        const account = accountOf(args.account, this);
        // Whatever is wrong in plain settings is found before the first of them is made.
        const plans = wanted.repositories.map((repository) => {
            if (repository.name.length > LONGEST_NAME) {
                throw badArgument(
                    "catalog",
                    `the repository ${repository.name} has ${repository.name.length} characters, but ECR Public takes ${LONGEST_NAME}: give its images another "repository"`,
                );
            }
            const settings = publicSettings(args, repository.name, account);
            return { repository, settings, existing: existing(repository.name), account };
        });
        const all = plans.map(({ repository, settings, ...rest }) => {
            const plan = { ...rest, repository: repository.name, settings };
            const { arn, repositoryUri } = makePublicRepository(name, plan, this);
            this.sayOtherAlias(wanted.registry, repositoryUri, repository.name);
            const { images } = repository;
            const made = pulumi
                .all([arn, repositoryUri])
                .apply(([known, url]): MadeRepository => ({ arn: known, url, name: repository.name, images }));
            return unlessRefused(made, [account, settings.catalogData, settings.tags, settings.policy]);
        });
        this.repositories = pulumi.all(all).apply((made) => Object.fromEntries(made.map((one) => [one.name, one])));
        this.arns = this.repositories.apply((made) =>
            Object.fromEntries(Object.values(made).map((one) => [one.name, one.arn])),
        );
        this.registerOutputs({ repositories: this.repositories, arns: this.arns });
    }

    /** A registry may have several aliases, of which AWS names one: no proof of a wrong account, but a sign. */
    private sayOtherAlias(registry: EcrRegistry, url: pulumi.Output<string>, repository: string): void {
        if (parseEcrHost(registry.host)?.visibility !== "public") {
            return;
        }
        const alias = registry.prefix.split("/")[0];
        url.apply((made) => {
            if (alias !== "" && made !== undefined && made.split("/")[1] !== alias) {
                pulumi.log.warn(
                    `${repository} is ${made}, but the catalogue's registry ${registry.name} has the alias ${alias}: is the provider's account the right one? "account" makes sure`,
                    this,
                );
            }
        });
    }
}

interface PublicPlan {
    readonly repository: string;
    readonly settings: PublicSettings;
    readonly existing: Existing;
    readonly account: pulumi.Output<string> | undefined;
}

interface PublicSettings extends Pick<PublicRepositorySettingsArgs, "forceDelete" | "retainOnDelete"> {
    readonly catalogData: pulumi.Output<PublicCatalogData> | undefined;
    readonly tags: pulumi.Output<Record<string, string>> | undefined;
    /** JSON. */
    readonly policy: pulumi.Output<string> | undefined;
}

function makePublicRepository(name: string, plan: PublicPlan, parent: pulumi.Resource) {
    const { repository, settings, existing, account } = plan;
    const { Repository, RepositoryPolicy } = awsService("ecrpublic");
    const child = `${name}-${repository}`;
    const repositoryName = account === undefined ? repository : account.apply(() => repository);
    const imported = existing === "import";
    const resource =
        existing === "adopt"
            ? Repository.get(child, repositoryName, { region: REGION }, { parent })
            : new Repository(
                  child,
                  {
                      repositoryName,
                      region: REGION,
                      catalogData: settings.catalogData?.apply((data) => data as never),
                      forceDestroy: settings.forceDelete,
                      tags: settings.tags,
                  },
                  {
                      parent,
                      retainOnDelete: settings.retainOnDelete ?? true,
                      ignoreChanges: imported ? AS_IT_IS : undefined,
                      import: imported ? `${repository}@${REGION}` : undefined,
                  },
              );
    const { policy } = settings;
    if (policy !== undefined) {
        const where = { repositoryName: resource.repositoryName, region: REGION };
        new RepositoryPolicy(child, { ...where, policy }, { parent });
    }
    return resource;
}

function publicPolicy(
    policy: pulumi.Input<PublicRepositoryPrincipals>,
    property: string,
    account: pulumi.Output<string> | undefined,
): pulumi.Output<string> {
    const principals = plainOrLater({ policy }, (known) => {
        const given = known.policy as PublicRepositoryPrincipals;
        atProperty(property, () => publicRepositoryPolicy(given, "000000000000"));
        return given;
    });
    return pulumi
        .all([principals, account])
        .apply(([given, own]) => JSON.stringify(atProperty(property, () => publicRepositoryPolicy(given, own))));
}

function publicSettings(
    args: EcrPublicRepositoriesArgs,
    repository: string,
    account: pulumi.Output<string> | undefined,
): PublicSettings {
    const own: PublicRepositorySettingsArgs = args.perRepository?.[repository] ?? {};
    const argument = (key: string): string => (key in own ? `perRepository["${repository}"].${key}` : key);
    const stranger = Object.keys(own).find((key) => !(SETTINGS as readonly string[]).includes(key));
    if (stranger !== undefined) {
        throw badArgument(argument(stranger), `is no setting of a public repository: one of ${SETTINGS.join(", ")}`);
    }
    const { retainOnDelete = args.retainOnDelete, policy = args.policy } = own;
    // One that stays among others that go.
    const { forceDelete = own.retainOnDelete === true ? undefined : args.forceDelete } = own;
    if (forceDelete !== undefined && forceDelete !== false && retainOnDelete !== false) {
        throw badArgument(
            argument("forceDelete"),
            `deletes nothing while "retainOnDelete" is true, as it is by default: write "retainOnDelete: false" beside it, and run "up" before "destroy"`,
        );
    }
    return {
        policy:
            policy === undefined || policy === false ? undefined : publicPolicy(policy, argument("policy"), account),
        forceDelete,
        retainOnDelete,
        catalogData: laidOver([args.catalogData, own.catalogData], (data) =>
            atProperty(argument("catalogData"), () => checkPublicCatalogData(data)),
        ),
        tags: laidOver([args.tags, own.tags] as pulumi.Input<Record<string, string>>[]),
    };
}

/** Later ones over earlier ones; undefined where there is none. */
function laidOver<T extends object>(
    all: readonly (pulumi.Input<T> | undefined)[],
    check: (merged: T) => void = () => undefined,
): pulumi.Output<T> | undefined {
    const given = all.filter((one) => one !== undefined);
    return given.length === 0
        ? undefined
        : (plainOrLater(given as object[], (known) => {
              const merged = Object.assign({}, ...(known as object[])) as T;
              check(merged);
              return merged;
          }) as pulumi.Output<T>);
}

function accountOf(
    given: pulumi.Input<string> | undefined,
    parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
    if (given === undefined) {
        return undefined;
    }
    const wanted = plainOrLater({ given }, (known) => {
        if (!isAccount(known.given)) {
            throw badArgument(
                "account",
                `must be the twelve digits of an account, as a text, not ${String(known.given)}`,
            );
        }
        return known.given;
    });
    const own = awsIdentity().getCallerIdentityOutput({}, { parent }).accountId;
    return pulumi.all([wanted, own]).apply(([account, actual]) => {
        checkAccount("account", `is ${account}`, { wanted: account, own: actual });
        return account;
    });
}
