import type * as pulumi from "@pulumi/pulumi";
import {
    type EncryptionConfiguration,
    encryptionConfiguration,
    lifecyclePolicy,
    lifecycleRisks,
    type Mutability,
    type StuckTags,
    stuckTags,
    type TagMutability,
    tagMutability,
} from "../../core/ecr";
import { atProperty, badArgument, checkChoice } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import type { RepositorySettings } from "./repository-settings";

/** Of whom the settings are, and what its tags are. */
export interface RepositoryFacts {
    /** `mirror/hashicorp/vault` */
    readonly name: string;
    /** Tags that the catalogue lists for it. */
    readonly tags: readonly string[];
    /** Where the host tells it. */
    readonly region: string | undefined;
}

/** What follows from plain settings is checked at once. */
export interface RepositoryInputs {
    readonly mutability: pulumi.Output<TagMutability>;
    /** Undefined where nothing is said of the repository, since the registry says it for all. */
    readonly scanOnPush: pulumi.Output<boolean | undefined>;
    /** Undefined where none is asked for. */
    readonly encryption: pulumi.Output<EncryptionConfiguration> | undefined;
    readonly tags: pulumi.Output<Record<string, string>> | undefined;
    /** Sentences about what will go wrong one day. */
    readonly advice: readonly pulumi.Output<readonly string[]>[];
}

/** @throws InputPropertyError for what ECR would refuse, and for tags that must move and may not */
export function repositoryInputs(settings: RepositorySettings, facts: RepositoryFacts): RepositoryInputs {
    const { mutableTags, immutableTags, signaturesMutable, encryption, scanning, argument } = settings;
    const mutability = plainOrLater(
        { mutability: settings.mutability, mutableTags, immutableTags, signaturesMutable },
        (known) => {
            const made = atProperty(argument("mutability"), () =>
                tagMutability({ ...known, mutability: known.mutability as Mutability | undefined }),
            );
            refuseStuck(stuckTags(made, facts.tags), facts.name, argument("mutableTags"));
            return made;
        },
    );
    const scanOnPush = plainOrLater({ scanning }, (known) => {
        checkChoice(argument("scanning"), known.scanning, ["on-push", "registry", "none"]);
        return known.scanning === "registry" ? undefined : known.scanning !== "none";
    });
    const wish = { encryption };
    return {
        mutability,
        scanOnPush,
        encryption:
            encryption === undefined
                ? undefined
                : plainOrLater(wish, (known) =>
                      atProperty(argument("encryption"), () =>
                          encryptionConfiguration(known.encryption as never, facts.region),
                      ),
                  ),
        tags:
            settings.allTags.length === 0
                ? undefined
                : plainOrLater([...settings.allTags], (all) => Object.assign({}, ...all) as Record<string, string>),
        advice: [mutability.apply((made) => movingAdvice(stuckTags(made, facts.tags), facts.name))],
    };
}

function refuseStuck({ certain }: StuckTags, repository: string, property: string): void {
    if (certain.length > 0) {
        throw badArgument(
            property,
            `${repository} has ${certain.join(", ")} in the catalogue, which move by nature, but its tags are IMMUTABLE and ECR would refuse them: write mutableTags: ${JSON.stringify(certain)}`,
        );
    }
}

function movingAdvice({ likely }: StuckTags, repository: string): string[] {
    return likely.length === 0
        ? []
        : [
              `${repository}: ${likely.join(", ")} may not move, and short versions move where there are longer ones; if theirs do, ECR refuses the next carry: mutableTags: ${JSON.stringify(likely)}`,
          ];
}

export interface LifecycleInputs {
    /** JSON. */
    readonly policy: pulumi.Output<string>;
    readonly advice: pulumi.Output<readonly string[]>;
}

/** The lifecycle policy that is asked for; undefined for none. @throws InputPropertyError for what ECR would refuse */
export function lifecycleInputs(settings: RepositorySettings, facts: RepositoryFacts): LifecycleInputs | undefined {
    const { lifecycle, argument } = settings;
    if (lifecycle === undefined || lifecycle === false) {
        return undefined;
    }
    const document = plainOrLater({ rules: lifecycle }, ({ rules }) =>
        atProperty(argument("lifecycle"), () => lifecyclePolicy(rules as never)),
    );
    const advice = document.apply((made) =>
        lifecycleRisks(made, facts.tags).map(
            ({ tags, fate }) =>
                `${facts.name}: ${tags.join(", ")} will be ${fate}, though the catalogue lists ${tags.length > 1 ? "them" : "it"}: { kind: "keep", tags: ${JSON.stringify(tags)} } in "lifecycle" keeps what it lists`,
        ),
    );
    return { policy: document.apply((made) => JSON.stringify(made)), advice };
}
