import * as pulumi from "@pulumi/pulumi";
import { ecrHostOf, partitionOf } from "../../core/aws-names";
import {
    checkRepositoryPrincipals,
    type EncryptionConfiguration,
    encryptionProblem,
    type RepositoryPrincipals,
    repositoryPolicy,
} from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import { awsService } from "./aws-peer";
import type { MadeRepository } from "./ecr-repositories-args";
import type { Existing } from "./existing";
import type { RegistryPlace } from "./registry-place";
import {
    type LifecycleInputs,
    lifecycleInputs,
    type RepositoryFacts,
    type RepositoryInputs,
    repositoryInputs,
} from "./repository-inputs";
import type { RepositorySettings } from "./repository-settings";

export interface RepositoryPlan {
    readonly facts: RepositoryFacts;
    readonly images: readonly string[];
    readonly settings: RepositorySettings;
    readonly existing: Existing;
    readonly place: RegistryPlace;
}

export interface RepositoryResult {
    readonly made: pulumi.Output<MadeRepository>;
    /** Sentences for a warning. */
    readonly advice: readonly pulumi.Output<readonly string[]>[];
}

/**
 * All that can change of a repository: while it is imported it stays as it is, also where the engine would fail the import
 * for the difference, or change it in the same step.
 */
const AS_IT_IS = [
    "encryptionConfigurations",
    "forceDelete",
    "imageScanningConfiguration",
    "imageTagMutability",
    "imageTagMutabilityExclusionFilters",
    "tags",
    "tagsAll",
];
/** ECR never changes it: the provider would delete the repository with its images, and make another of that name. */
const NEVER_CHANGED = ["encryptionConfigurations"];

/** A plan whose plain settings are checked. */
export interface CheckedPlan extends RepositoryPlan {
    readonly inputs: RepositoryInputs;
    readonly lifecycle: LifecycleInputs | undefined;
    readonly principals: pulumi.Output<RepositoryPrincipals> | undefined;
}

/**
 * All of them first, and then the first one is made: else a plain mistake would leave some of them made.
 *
 * @throws InputPropertyError for a mistake in plain settings
 */
export function checkPlan(plan: RepositoryPlan): CheckedPlan {
    const { facts, settings } = plan;
    return {
        ...plan,
        inputs: repositoryInputs(settings, facts),
        lifecycle: lifecycleInputs(settings, facts),
        principals: checkedPrincipals(plan),
    };
}

/** One repository, made, taken over or read, with its policies. */
export function makeRepository(name: string, plan: CheckedPlan, parent: pulumi.Resource): RepositoryResult {
    const child = `${name}-${plan.facts.name}`;
    const { found, advice } =
        plan.existing === "adopt" ? readRepository(plan, parent) : ownRepository(child, plan, parent);
    const { lifecycle } = plan;
    const { LifecyclePolicy } = awsService("ecr");
    const { region } = plan.place;
    if (lifecycle !== undefined) {
        // A changed policy is another resource to the provider: made first and deleted then, the new one would be gone.
        const { policy } = lifecycle;
        new LifecyclePolicy(child, { repository: found.name, policy, region }, { parent, deleteBeforeReplace: true });
    }
    const policy = makePolicy(child, plan, found.name, parent);
    const { images } = plan;
    const made = pulumi
        .all([found.arn, found.url, found.name])
        .apply(([arn, url, repository]) => ({ arn, url, name: repository, images }));
    return {
        made: unlessRefused(made, [...found.refusable, lifecycle?.policy, policy]),
        advice: [...advice, ...(lifecycle === undefined ? [] : [lifecycle.advice])],
    };
}

interface Found {
    readonly found: {
        readonly arn: pulumi.Output<string>;
        readonly url: pulumi.Output<string>;
        readonly name: pulumi.Output<string>;
        readonly refusable: readonly (pulumi.Output<unknown> | undefined)[];
    };
    readonly advice: RepositoryResult["advice"];
}

function readRepository({ facts, place }: RepositoryPlan, parent: pulumi.Resource): Found {
    const { getRepository } = awsService("ecr");
    const { name } = facts;
    const { region } = place;
    const read = place.place.apply(({ account: registryId, region: at }) =>
        getRepository({ name, registryId, region }, { parent }).catch((cause: Error) => {
            throw notAdopted(cause, name, ecrHostOf(registryId, at));
        }),
    );
    const found = {
        arn: read.apply(({ arn }) => arn),
        url: read.apply(({ repositoryUrl }) => repositoryUrl),
        name: read.apply((one) => one.name),
    };
    return { found: { ...found, refusable: [read] }, advice: [] };
}

/** In the provider's words that it is not there; anything else is told as it was said, without a stack. */
function notAdopted({ message }: Error, name: string, host: string): Error {
    const isMissing = /couldn't find resource|RepositoryNotFoundException/.test(message);
    return badArgument(
        "adopt",
        isMissing
            ? `the repository ${name} is not at ${host}: take it out of "adopt", and it is made, or mend its name in the catalogue`
            : `the repository ${name} could not be read at ${host}: ${message}`,
    );
}

function ownRepository(child: string, plan: CheckedPlan, parent: pulumi.Resource): Found {
    const { facts, settings, place, existing } = plan;
    const { mutability, scanOnPush, encryption, tags, advice } = plan.inputs;
    const { Repository } = awsService("ecr");
    const { region } = place;
    const imported = existing === "import";
    const resource = new Repository(
        child,
        {
            // After the account: nothing is made at another one.
            name: place.place.apply(() => facts.name),
            region,
            imageTagMutability: mutability.apply((made) => made.imageTagMutability),
            imageTagMutabilityExclusionFilters: mutability.apply((made) =>
                made.imageTagMutabilityExclusionFilters?.map((filter) => ({ ...filter })),
            ),
            imageScanningConfiguration: scanOnPush.apply((scan) =>
                scan === undefined ? undefined : { scanOnPush: scan },
            ),
            encryptionConfigurations: encryption?.apply((wanted) => [wanted]),
            forceDelete: settings.forceDelete,
            tags,
        },
        {
            parent,
            retainOnDelete: settings.retainOnDelete ?? true,
            ignoreChanges: imported ? AS_IT_IS : NEVER_CHANGED,
            // As the provider names what is at another region than its own.
            import: imported ? `${facts.name}${region === undefined ? "" : `@${region}`}` : undefined,
        },
    );
    if (encryption !== undefined && !imported) {
        // On its own: a rejected output would be told as a fault of whatever takes it.
        pulumi.all([encryption, resource.encryptionConfigurations]).apply(([wanted, actual]) => {
            checkEncryption(plan, wanted, actual?.[0] as EncryptionConfiguration | undefined);
        });
    }
    // Its policies wait for the name: they have to hear, too, that there will be none.
    const refusable = [place.place, mutability, scanOnPush, encryption, tags];
    const repository = unlessRefused(resource.name, refusable);
    return { found: { arn: resource.arn, url: resource.repositoryUrl, name: repository, refusable }, advice };
}

function checkEncryption(
    { facts, settings }: RepositoryPlan,
    wanted: EncryptionConfiguration,
    actual: EncryptionConfiguration | undefined,
): void {
    const problem = encryptionProblem(wanted, actual);
    if (problem !== undefined) {
        throw badArgument(
            settings.argument("encryption"),
            `the repository ${facts.name} ${problem}, and ECR never changes that: say what it has by perRepository["${facts.name}"].encryption, or give its images another "repository" in the catalogue, which is made so and carried to anew`,
        );
    }
}

function checkedPrincipals({ settings, place }: RepositoryPlan): CheckedPlan["principals"] {
    const { policy, argument } = settings;
    if (policy === undefined || policy === false) {
        return undefined;
    }
    const partition = place.region === undefined ? undefined : partitionOf(place.region);
    return plainOrLater({ policy }, (known) => {
        const given = known.policy as RepositoryPrincipals;
        atProperty(argument("policy"), () => checkRepositoryPrincipals(given, partition));
        return given;
    });
}

function makePolicy(
    child: string,
    { settings, place, principals }: CheckedPlan,
    repository: pulumi.Output<string>,
    parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
    if (principals === undefined) {
        return undefined;
    }
    const document = pulumi
        .all([principals, place.place])
        .apply(([given, at]) =>
            JSON.stringify(atProperty(settings.argument("policy"), () => repositoryPolicy(given, at))),
        );
    const { RepositoryPolicy } = awsService("ecr");
    new RepositoryPolicy(child, { repository, policy: document, region: place.region }, { parent });
    return document;
}
