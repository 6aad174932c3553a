import * as pulumi from "@pulumi/pulumi";
import { badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { protectBranch } from "./branch-protection";
import { type DeliveredFile, type DeliveryPullRequest, deliver } from "./deliver";
import { checkDelivery } from "./delivery-args";
import { CODE_OWNERS_PATH, mirrorText } from "./delivery-text";
import { type MirrorPlan, planMirror } from "./mirror-plan";
import type { MirrorRepositoryArgs } from "./mirror-repository-args";

/**
 * A repository that carries other people's images by a scheduled workflow, byte for byte, so that a copy has its
 * original's digest: the workflow, the catalogue as a file, and a README for those who want an image.
 */
export class MirrorRepository extends pulumi.ComponentResource {
    /** Image -> its places, `host/repository`, in the catalogue's order. */
    declare readonly packages: pulumi.Output<Readonly<Record<string, readonly string[]>>>;
    /** Path -> content of what belongs into the repository; what the workflow writes is not among it. */
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

    constructor(name: string, args: MirrorRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:ghcr:MirrorRepository", name, {}, opts);
        checkDelivery(args);
        const { branchProtection, catalog, createRepository: _made, ...given } = args;
        if (branchProtection !== undefined && args.delivery !== undefined && args.delivery !== "pull-request") {
            throw badArgument(
                "branchProtection",
                `goes with delivery "pull-request" only: under "${args.delivery}" ${args.delivery === "commit" ? "files are committed straight onto a branch" : "nothing is written anywhere"}`,
            );
        }
        const plan = plainOrLater(given, (known) => planMirror(name, catalog, known));
        const delivery = deliver(this, name, args, filesOf(plan, args), mirrorText(name, plan, args.deployment));
        if (branchProtection !== undefined) {
            protectBranch(name, delivery.repository, branchProtection, { parent: this });
        }
        this.packages = plan.apply(({ images }) =>
            Object.fromEntries(
                images.map((image) => [
                    image.name,
                    image.targets.map(
                        ({ registry, repository }) => `${catalog.registries[registry]?.host}/${repository}`,
                    ),
                ]),
            ),
        );
        this.workflowUrl = plan.apply(
            ({ repository, workflowPath }) =>
                `https://github.com/${repository}/actions/workflows/${workflowPath.slice(workflowPath.lastIndexOf("/") + 1)}`,
        );
        this.secrets = plan.apply(({ secrets }) => secrets);
        this.variables = plan.apply(({ variables }) => variables);
        [this.files, this.branch, this.pullRequest] = [delivery.files, delivery.branch, delivery.pullRequest];
        this.registerOutputs({
            packages: this.packages,
            branch: this.branch,
            pullRequest: this.pullRequest,
            workflowUrl: this.workflowUrl,
            secrets: this.secrets,
            variables: this.variables,
        });
    }
}

function filesOf(plan: pulumi.Output<MirrorPlan>, { codeOwners }: MirrorRepositoryArgs): DeliveredFile[] {
    const owners: DeliveredFile = {
        role: "code-owners",
        path: CODE_OWNERS_PATH,
        content: plan.apply((made) => made.codeOwners),
    };
    return [
        {
            role: "catalog",
            path: plan.apply(({ catalogPath }) => catalogPath),
            content: plan.apply(({ catalog }) => catalog),
        },
        {
            role: "readme",
            path: plan.apply(({ readmePath }) => readmePath),
            content: plan.apply(({ readme }) => readme),
        },
        ...(codeOwners === undefined ? [] : [owners]),
        {
            role: "workflow",
            path: plan.apply(({ workflowPath }) => workflowPath),
            content: plan.apply(({ workflow }) => workflow),
        },
    ];
}
