import * as pulumi from "@pulumi/pulumi";
import { plainOrLater } from "../images/plain-or-later";
import { type Delivery, type DeliveryPullRequest, deliver } from "./deliver";
import { checkDelivery } from "./delivery-args";
import { publishText } from "./delivery-text";
import { settingsUrl } from "./ghcr-place";
import type { GhcrPublisherArgs } from "./ghcr-publisher-args";
import { planPublisher } from "./publisher-plan";

/**
 * Gives a repository the workflow that publishes its images: each built once, for all platforms, pushed once to ghcr.io, by
 * digest, signed, carried by that digest to every other place of the catalogue, and proven there. The package at ghcr.io
 * comes into being by the workflow's first push: GitHub has no API to make one, or to change its visibility.
 */
export class GhcrPublisher extends pulumi.ComponentResource {
    /** Image -> its repository at ghcr.io. */
    declare readonly packages: pulumi.Output<Readonly<Record<string, string>>>;
    /** Image -> the page where people set its visibility, and which repositories' workflows may write to it. */
    declare readonly settings: pulumi.Output<Readonly<Record<string, string>>>;
    /** Path -> content of what belongs into the repository. */
    declare readonly files: pulumi.Output<Readonly<Record<string, string>>>;
    /** Where the files were written to; undefined under `render`. */
    declare readonly branch: pulumi.Output<string | undefined>;
    /** Undefined without one. */
    declare readonly pullRequest: pulumi.Output<DeliveryPullRequest | undefined>;
    /** The workflow's page, once it is on the default branch. */
    declare readonly workflowUrl: pulumi.Output<string>;
    /** Names of secrets that the repository, or its deployment environment, must have. */
    declare readonly secrets: pulumi.Output<readonly string[]>;
    /** Names of configuration variables, likewise. */
    declare readonly variables: pulumi.Output<readonly string[]>;

    constructor(name: string, args: GhcrPublisherArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ghcr:GhcrPublisher", name, {}, opts);
        checkDelivery(args);
        const { catalog, createRepository: _made, ...given } = args;
        const plan = plainOrLater(given, (known) => planPublisher(name, catalog, known));
        const delivery = deliver(
            this,
            name,
            args,
            [
                {
                    role: "catalog",
                    path: plan.apply(({ catalogPath }) => catalogPath),
                    content: plan.apply((made) => made.catalog),
                },
                {
                    role: "workflow",
                    path: plan.apply(({ workflowPath }) => workflowPath),
                    content: plan.apply(({ workflow }) => workflow),
                },
            ],
            publishText(name, plan, args.deployment),
        );
        this.packages = plan.apply(({ places }) =>
            Object.fromEntries(places.map(({ image, reference }) => [image, reference])),
        );
        this.settings = pulumi
            .all([plan, delivery.ownerKind])
            .apply(([{ places, repository }, kind]) =>
                Object.fromEntries(places.map((place) => [place.image, settingsUrl(place, repository, kind)])),
            );
        this.workflowUrl = plan.apply(
            ({ repository, workflowPath }) =>
                `https://github.com/${repository}/actions/workflows/${workflowPath.slice(workflowPath.lastIndexOf("/") + 1)}`,
        );
        this.secrets = plan.apply(({ secrets }) => secrets);
        this.variables = plan.apply(({ variables }) => variables);
        const { branch, files, pullRequest }: Delivery = delivery;
        [this.files, this.branch, this.pullRequest] = [files, branch, pullRequest];
        this.registerOutputs({
            packages: this.packages,
            settings: this.settings,
            branch,
            pullRequest,
            workflowUrl: this.workflowUrl,
            secrets: this.secrets,
            variables: this.variables,
        });
    }
}
