import { createBranch, GitHubClient } from "../../../core/github";
import { deliveryHooks } from "../../../core/lifecycle/delivery";
import type { GuardInputs, PullRequestInputs } from "../../../core/lifecycle/delivery/types";
import { Session } from "../../../core/lifecycle/session";
import { sealed, textDigest } from "../../../core/workflows";
import { type LocalGitHub, mergePull, REPOSITORY } from "../../support/github";

export const WORKFLOW = ".github/workflows/publish.yml";
export const CATALOG = ".github/transship/publish.yaml";

/** A file of ours, as a component would deliver it. */
export function ours(content: string): string {
    return sealed(["Written by a test."], `${content}\n`);
}

/** The hooks of one provider process, and what it told. */
export function openHooks(github: LocalGitHub, config: Readonly<Record<string, string>> = {}) {
    const told: string[] = [];
    const session = new Session(undefined, (line) => told.push(line));
    const values = Object.entries({ ...github.config(), ...config }).map(
        ([key, value]) => [key, typeof value === "string" ? value : value.value] as const,
    );
    const known = new Map(values);
    session.gitHub.configure({ get: (key) => known.get(key) }, {});
    return { ...deliveryHooks(() => session), told };
}

export function guardInputs(files: Readonly<Record<string, string>>, changes: Partial<GuardInputs> = {}): GuardInputs {
    return {
        repository: REPOSITORY,
        delivery: "pull-request",
        deliverer: "explorer",
        headPrefix: "transship/explorer",
        files: digests(files),
        onEdited: "refuse",
        created: false,
        ...changes,
    };
}

export function pullInputs(
    files: Readonly<Record<string, string>>,
    changes: Partial<PullRequestInputs> = {},
): PullRequestInputs {
    return {
        repository: REPOSITORY,
        base: "main",
        head: "transship/explorer-0123",
        title: "Publish explorer",
        body: "What comes in.",
        files: digests(files),
        ...changes,
    };
}

export function digests(files: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, textDigest(text)]));
}

/** What GitHub's provider, or a person, does to the local GitHub. */
export class Writer {
    private readonly client: GitHubClient;

    constructor(private readonly github: LocalGitHub) {
        this.client = new GitHubClient(github.access());
    }

    /** Makes the branch from main unless it is there, and puts the files on it. */
    async write(files: Readonly<Record<string, string>>, branch = "main", repository = REPOSITORY): Promise<void> {
        const { git } = this.github.repository(repository);
        if (git.resolve(`heads/${branch}`) === undefined) {
            await createBranch(this.client, repository, branch, git.refs.get("heads/main") ?? "");
        }
        for (const [path, text] of Object.entries(files)) {
            const sha = git.resolve(`heads/${branch}`)?.tree.get(path);
            const content = Buffer.from(text).toString("base64");
            const body = { message: `Write ${path}`, content, branch, ...(sha === undefined ? {} : { sha }) };
            await this.client.send("PUT", `/repos/${repository}/contents/${path}`, { doing: "write" }, body);
        }
    }

    merge(number: number): void {
        const repository = this.github.repository();
        const pull = repository.pulls.get(number);
        if (pull === undefined) {
            throw new Error(`there is no pull request ${number}`);
        }
        mergePull({ world: this.github.world }, repository, pull);
    }

    deleteBranch(branch: string): void {
        this.github.repository().git.refs.delete(`heads/${branch}`);
    }

    close(): Promise<void> {
        return this.client.close();
    }
}

/** The sentences of a refusal. */
export function reasons({ failures = [] }: { readonly failures?: readonly { readonly reason: string }[] }): string[] {
    return failures.map(({ reason }) => reason);
}
