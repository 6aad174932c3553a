import * as pulumi from "@pulumi/pulumi";
import { textDigest } from "../../core/workflows";
import { badArgument } from "../images/arguments";
import { createRepository } from "./created-repository";
import type { DeliveryArgs } from "./delivery-args";
import { githubResources } from "./github-peer";
import { PullRequest } from "./pull-request";
import { RepositoryGuard } from "./repository-guard";
import { nameOf } from "./repository-input";

/** One generated file. */
export interface DeliveredFile {
    /** Of its resource's name: `workflow`, `catalog`. */
    readonly role: string;
    /** From the repository's root. */
    readonly path: pulumi.Input<string>;
    readonly content: pulumi.Input<string>;
}

/** What a pull request says. */
export interface DeliveryText {
    readonly title: pulumi.Input<string>;
    readonly body: pulumi.Input<string>;
}

/** The pull request of a delivery, as far as there is one. */
export interface DeliveryPullRequest {
    readonly state: "absent" | "open" | "closed" | "merged";
    readonly number?: number;
    readonly url?: string;
}

export interface Delivery {
    /** Path -> content: what the component wants there. */
    readonly files: pulumi.Output<Readonly<Record<string, string>>>;
    /** Where the files were written to; undefined under `render`. */
    readonly branch: pulumi.Output<string | undefined>;
    /** Undefined without one. */
    readonly pullRequest: pulumi.Output<DeliveryPullRequest | undefined>;
    /** Whose the repository is, as far as GitHub was asked. */
    readonly ownerKind: pulumi.Output<"Organization" | "User" | undefined>;
    /** `owner/name`, known when it is there. */
    readonly repository: pulumi.Output<string>;
}

/** Brings generated files into a repository, by whichever way. What it makes there, `destroy` leaves. */
export function deliver(
    parent: pulumi.ComponentResource,
    name: string,
    args: DeliveryArgs,
    files: readonly DeliveredFile[],
    text: DeliveryText,
): Delivery {
    const wanted = contentsOf(files);
    const delivery = args.delivery ?? "pull-request";
    if (delivery === "render") {
        const nothing = pulumi.output(undefined);
        const repository = pulumi.output(args.repository);
        return { files: wanted, branch: nothing, pullRequest: nothing, ownerKind: nothing, repository };
    }
    const repository =
        args.createRepository === undefined
            ? pulumi.output(args.repository)
            : createRepository(name, args.repository, args.createRepository, parent);
    const guard = new RepositoryGuard(
        `${name}-guard`,
        {
            repository,
            delivery,
            deliverer: name,
            branch: args.branch,
            headPrefix: `transship/${name.replace(/[^A-Za-z0-9_-]+/g, "-")}`,
            files: wanted.apply(digestsOf),
            onEdited: args.onEdited ?? "refuse",
            providerOwner: ownerOfProvider(parent),
            created: args.createRepository !== undefined,
        },
        { parent },
    );
    const target: Target = { parent, name, repository, guard };
    const branch = delivery === "commit" ? guard.base : createBranch(target);
    const contents = files.map((file) => ({ ...file, content: keptOr(file, guard) }));
    const written = writeFiles(target, branch, contents);
    const delivered = contentsOf(contents).apply(digestsOf);
    const pullRequest =
        delivery === "commit" ? pulumi.output(undefined) : open(target, branch, delivered, text, written);
    return { files: wanted, branch, pullRequest, ownerKind: guard.ownerKind, repository };
}

interface Target {
    readonly parent: pulumi.ComponentResource;
    readonly name: string;
    readonly repository: pulumi.Output<string>;
    readonly guard: RepositoryGuard;
}

/**
 * From the base's tip, whatever that is: a commit given here would replace the branch whenever the base moves, and the
 * provider would rename it where its name changes, and its open pull request along.
 */
function createBranch({ guard, name, parent, repository }: Target): pulumi.Output<string> {
    const { Branch } = githubResources();
    const branch = new Branch(
        `${name}-branch`,
        { repository: nameOf(repository), branch: guard.head, sourceBranch: guard.base },
        { parent, dependsOn: [guard], retainOnDelete: true, replaceOnChanges: ["branch"] },
    );
    return branch.branch;
}

/**
 * One after the other: each is a commit on one branch. A change is a replacement, which the provider begins with a look at
 * what is there; its update would send what was there when the state was written, and be refused.
 */
function writeFiles(
    { guard, name, parent, repository }: Target,
    branch: pulumi.Output<string>,
    files: readonly DeliveredFile[],
): pulumi.Resource[] {
    const { RepositoryFile } = githubResources();
    const written: pulumi.Resource[] = [];
    for (const { content, path, role } of files) {
        const again = pulumi.all([guard.rewritten, path]).apply(([counts, at]) => counts?.[at] ?? 0);
        written.push(
            new RepositoryFile(
                `${name}-${role}`,
                {
                    repository: nameOf(repository),
                    branch,
                    file: path,
                    content,
                    // The same for ever: another one alone would be a commit without a change.
                    commitMessage: pulumi.interpolate`Write ${path} by Transship`,
                    // The guard has seen that what is there is ours.
                    overwriteOnCreate: true,
                },
                {
                    parent,
                    dependsOn: [guard, ...written.slice(-1)],
                    retainOnDelete: true,
                    replaceOnChanges: ["content"],
                    replacementTrigger: again,
                },
            ),
        );
    }
    return written;
}

function open(
    { guard, name, parent, repository }: Target,
    head: pulumi.Output<string>,
    files: pulumi.Output<Readonly<Record<string, string>>>,
    { body, title }: DeliveryText,
    written: readonly pulumi.Resource[],
): pulumi.Output<DeliveryPullRequest> {
    const { number, state, url } = new PullRequest(
        `${name}-pull-request`,
        { repository, base: guard.base, head, title, body, files },
        { parent, dependsOn: [...written] },
    );
    return pulumi.output({ state, number, url });
}

/** Under `onEdited: "keep"` the guard says which files stay as they are. */
function keptOr({ content, path }: DeliveredFile, guard: RepositoryGuard): pulumi.Output<string> {
    return pulumi.all([content, path, guard.kept]).apply(([text, at, kept]) => kept?.[at] ?? text);
}

function contentsOf(files: readonly DeliveredFile[]): pulumi.Output<Readonly<Record<string, string>>> {
    return pulumi.all(files.map(({ path, content }) => pulumi.all([path, content]))).apply((pairs) => {
        const twice = pairs.find(([path], index) => pairs.findIndex(([other]) => other === path) !== index);
        if (twice !== undefined) {
            throw badArgument("workflowPath", `two of the files would be ${twice[0]}: give one of them another path`);
        }
        return Object.fromEntries(pairs);
    });
}

function digestsOf(contents: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(contents).map(([path, content]) => [path, textDigest(content)]));
}

/** An explicit provider writes as its own owner, of which the stack's configuration knows nothing. */
function ownerOfProvider(parent: pulumi.ComponentResource): pulumi.Output<string> | undefined {
    const provider = parent.getProvider("github:index/repositoryFile:RepositoryFile");
    if (provider === undefined) {
        return undefined;
    }
    const { organization, owner } = provider as { readonly [Key in "owner" | "organization"]?: pulumi.Output<string> };
    // Empty: the provider has none, and takes the environment's, or its token's.
    return pulumi.all([organization, owner]).apply(([first, second]) => first ?? second ?? "");
}
