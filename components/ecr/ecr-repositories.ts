import * as pulumi from "@pulumi/pulumi";
import type { EcrRepositoriesArgs, MadeRepository } from "./ecr-repositories-args";
import { existingOf } from "./existing";
import { checkPlan, makeRepository, type RepositoryPlan } from "./make-repository";
import { registryPlace } from "./registry-place";
import { checkPerRepository, settingsOf } from "./repository-settings";
import { listedTags, wantedOf } from "./wanted";

/**
 * The repositories of a private ECR registry that the catalogue's images have there as targets: each with what it takes
 * to be carried to, scanned, cleaned up and pulled from. The host in the catalogue says account and region: nothing is
 * made at another account than the provider's credentials are of. `destroy` deletes no repository and no image, unless
 * `retainOnDelete: false` says so.
 */
export class EcrRepositories extends pulumi.ComponentResource {
    /** By the repository's name at ECR. */
    declare readonly repositories: pulumi.Output<Readonly<Record<string, MadeRepository>>>;
    /** Name -> ARN, as EcrAccess takes it. */
    declare readonly arns: pulumi.Output<Readonly<Record<string, string>>>;

    /** @throws InputPropertyError for a mistake in plain arguments; one in an Output rejects it */
    constructor(name: string, args: EcrRepositoriesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ecr:EcrRepositories", name, {}, opts);
        const wanted = wantedOf(args, "ecr");
        checkPerRepository(args, wanted);
        const existing = existingOf(args, wanted);
        const place = registryPlace(wanted.registry, this);
        const plans = wanted.repositories.map((repository): RepositoryPlan => {
            const how = existing(repository.name);
            return {
                facts: {
                    name: repository.name,
                    tags: listedTags(args.catalog, wanted.registry, repository),
                    region: place.region,
                },
                images: repository.images,
                settings: settingsOf(args, repository.name, how),
                existing: how,
                place,
            };
        });
        const results = plans.map(checkPlan).map((plan) => makeRepository(name, plan, this));
        this.sayImported(plans);
        pulumi.all(results.flatMap(({ advice }) => advice)).apply((lines) => {
            for (const line of lines.flat()) {
                pulumi.log.warn(line, this);
            }
        });
        this.repositories = pulumi
            .all(results.map(({ made }) => made))
            .apply((all) => Object.fromEntries(all.map((made) => [made.name, made])));
        this.arns = this.repositories.apply((all) =>
            Object.fromEntries(Object.values(all).map(({ name: repository, arn }) => [repository, arn])),
        );
        this.registerOutputs({ repositories: this.repositories, arns: this.arns });
    }

    /** What is left alone is said: else nobody would see why a setting does nothing. */
    private sayImported(plans: readonly RepositoryPlan[]): void {
        const names = plans.filter(({ existing }) => existing === "import").map(({ facts }) => facts.name);
        if (names.length > 0) {
            const shown = names.length > 10 ? `${names.slice(0, 10).join(", ")}, …` : names.join(", ");
            pulumi.log.info(
                `Imported as they are: ${shown}. Nothing of them changes while "import" names them; without it, the preview shows what would.`,
                this,
            );
        }
    }
}
