import { TransshipError } from "../../errors";
import { adviceFor, branchOf, fileOf, type GitHubClient, nameOf, repositoryOf, tokenOf } from "../../github";
import { type EditedFile, editedFiles, headName, isDelivered, type SeenFile } from "./judge-files";
import type { GuardInputs } from "./types";

/** What a look at a repository found, before anything is written to it. */
export interface DeliveryLook {
    /** With the owner's own spelling. */
    readonly repository: string;
    readonly ownerKind: "Organization" | "User";
    readonly base: string;
    /** Only with a pull request. */
    readonly head?: string;
    readonly files: readonly SeenFile[];
    readonly edited: readonly EditedFile[];
    /** The texts that stay, under `onEdited: "keep"`. */
    readonly kept: Readonly<Record<string, string>>;
    /** Whether the base has all of it. */
    readonly delivered: boolean;
    /** Why nothing may be written, a sentence each. */
    readonly problems: readonly string[];
}

/**
 * @param olds the inputs of the last time: a branch that was delivered keeps its name
 * @throws GitHubError, TransshipError where the repository cannot be looked at
 */
export async function lookAtRepository(
    client: GitHubClient,
    inputs: GuardInputs,
    olds: Partial<GuardInputs>,
): Promise<DeliveryLook> {
    const found = await repositoryOf(client, inputs.repository);
    const { archived, defaultBranch, may, nameWithOwner, renamedFrom } = found;
    const ownerKind = found.owner.kind;
    if (renamedFrom !== undefined) {
        throw refusal(`${renamedFrom} is called ${nameWithOwner} now: write ${nameWithOwner} as the repository`);
    }
    if (archived) {
        throw refusal(
            `${nameWithOwner} is archived, and takes no files: unarchive it in its settings, or deliver to another repository`,
        );
    }
    const base = inputs.branch ?? defaultBranch;
    const branch = await branchOf(client, nameWithOwner, base);
    if (branch === undefined) {
        throw refusal(noBranch(nameWithOwner, base, defaultBranch));
    }
    const problems = [
        ...(may.push ? [] : await pushProblems(client, nameWithOwner)),
        ...(await workflowProblems(client, inputs)),
        ...(inputs.delivery === "commit" && branch.protected ? [protectedBranch(nameWithOwner, base)] : []),
    ];
    const files = await readFiles(client, nameWithOwner, sorted(inputs.files), base);
    const judged = judge(inputs, files, nameWithOwner);
    if (inputs.delivery === "commit") {
        return { repository: nameWithOwner, ownerKind, base, problems, ...judged };
    }
    const head = nameHead(inputs, olds, judged);
    const proposed = judged.delivered ? files : await withHead(client, nameWithOwner, files, head);
    return { repository: nameWithOwner, ownerKind, base, head, problems, ...judge(inputs, proposed, nameWithOwner) };
}

type Judged = Pick<DeliveryLook, "files" | "edited" | "kept" | "delivered">;

function judge({ created, onEdited }: GuardInputs, files: readonly SeenFile[], repository: string): Judged {
    const edited = editedFiles(files, (file) => created && isInitialReadme(file, repository));
    const kept = onEdited === "keep" ? Object.fromEntries(edited.map(({ path, text }) => [path, text])) : ({} as const);
    return { files, edited, kept, delivered: isDelivered(files, kept) };
}

/** What was delivered keeps its branch's name, though the base is another one now. */
function nameHead(inputs: GuardInputs, olds: Partial<GuardInputs>, { delivered, files }: Judged): string {
    const same = JSON.stringify(sorted(olds.files)) === JSON.stringify(sorted(inputs.files));
    return delivered && same && olds.head !== undefined ? olds.head : headName(inputs.headPrefix, files);
}

/** Keys may come in another order. */
function sorted(files: Readonly<Record<string, string>> = {}): [string, string][] {
    return Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1));
}

async function readFiles(
    client: GitHubClient,
    repository: string,
    wanted: readonly (readonly [path: string, digest: string])[],
    ref: string,
): Promise<SeenFile[]> {
    const seen: SeenFile[] = [];
    for (const [path, digest] of wanted) {
        const file = await fileOf(client, repository, path, ref);
        seen.push({ path, wanted: digest, ...(file === undefined ? {} : { base: file.text }) });
    }
    return seen;
}

/** What stands on the pull request's branch, where it is there already. */
async function withHead(
    client: GitHubClient,
    repository: string,
    files: readonly SeenFile[],
    head: string,
): Promise<readonly SeenFile[]> {
    if ((await branchOf(client, repository, head)) === undefined) {
        return files;
    }
    const wanted = files.map((file) => [file.path, file.wanted] as const);
    const proposed = await readFiles(client, repository, wanted, head);
    return files.map((file, index) => ({ ...file, head: proposed[index]?.base }));
}

/** GitHub tells an app's token nothing of what it may do. */
async function pushProblems(client: GitHubClient, repository: string): Promise<string[]> {
    const { kind, scopes } = await tokenOf(client);
    const advice = adviceFor("contents: write", client.access, scopes?.join());
    return kind === "app" ? [] : [`${nameOf(client.access)} lets this token not write to ${repository}: ${advice}`];
}

/** A classic token says what it may not do; of the others only the attempt tells. */
async function workflowProblems(client: GitHubClient, { files, repository }: GuardInputs): Promise<string[]> {
    const workflow = Object.keys(files).find((path) => path.startsWith(".github/workflows/"));
    if (workflow === undefined) {
        return [];
    }
    const token = await tokenOf(client);
    const advice = adviceFor("workflows: write", client.access, token.scopes?.join());
    return token.kind === "classic" && token.lacks("workflows: write")
        ? [`this token may not write the workflow ${workflow} of ${repository}: ${advice}`]
        : [];
}

/** `# name`, and the repository's description below it at most. */
function isInitialReadme({ base = "", path }: SeenFile, repository: string): boolean {
    const [title, ...rest] = base.split("\n").filter((line) => line.trim() !== "");
    return path === "README.md" && title === `# ${repository.split("/")[1]}` && rest.length <= 1;
}

function protectedBranch(repository: string, branch: string): string {
    return `the branch ${branch} of ${repository} is protected, and nothing is committed straight onto it: take delivery "pull-request", or name another branch`;
}

function noBranch(repository: string, branch: string, defaultBranch: string): string {
    return branch === defaultBranch
        ? `${repository} is empty: push a first commit to it, which makes its branch ${branch}`
        : `${repository} has no branch ${branch}: make it, or leave it out for ${defaultBranch}`;
}

/** @throws as one sentence */
function refusal(sentence: string): TransshipError {
    return new TransshipError("DELIVERY_REFUSED", `${sentence}.`);
}
