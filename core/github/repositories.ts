import { type Owner, parseRepositoryName } from "../github-names";
import { pathOf } from "./access";
import type { GitHubClient } from "./client";

/** A repository as GitHub has it. (https://docs.github.com/en/rest/repos/repos#get-a-repository) */
export interface Repository {
    /** With the spelling that GitHub gives it; another than what was asked for where it was renamed. */
    readonly nameWithOwner: string;
    readonly id: number;
    readonly defaultBranch: string;
    readonly visibility: "public" | "private" | "internal";
    /** Nothing can be written to it. */
    readonly archived: boolean;
    readonly owner: Owner;
    /** What the token's user may do; GitHub says nothing of it to a job's own token, which is `false`. */
    readonly may: { readonly push: boolean; readonly admin: boolean };
    /** The page for people. */
    readonly url: string;
    /** What was asked for, where the repository has another name now. */
    readonly renamedFrom?: string;
}

interface WireOwner {
    readonly login: string;
    readonly type: string;
}

interface WireRepository {
    readonly id: number;
    readonly full_name: string;
    readonly html_url: string;
    readonly default_branch: string;
    readonly private: boolean;
    readonly visibility?: Repository["visibility"];
    readonly archived: boolean;
    readonly owner: WireOwner;
    readonly permissions?: { readonly push?: boolean; readonly admin?: boolean };
}

/**
 * The repository, also where it was renamed: GitHub redirects to it, and compares names without regard to case.
 *
 * @param repository `owner/name`
 * @throws GitHubError `GITHUB_NOT_FOUND` where it does not exist, or the token may not see it; TransshipError `USAGE`
 */
export async function repositoryOf(client: GitHubClient, repository: string): Promise<Repository> {
    const { owner, name } = parseRepositoryName(repository);
    const found = await client.send<WireRepository>("GET", pathOf`/repos/${owner}/${name}`, {
        doing: `find the repository ${repository}`,
        needs: "metadata: read",
    });
    const { admin = false, push = false } = found.permissions ?? {};
    const renamed = found.full_name.toLowerCase() !== repository.toLowerCase();
    return {
        nameWithOwner: found.full_name,
        id: found.id,
        defaultBranch: found.default_branch,
        visibility: found.visibility ?? (found.private ? "private" : "public"),
        archived: found.archived,
        owner: ownerFrom(found.owner),
        may: { push, admin },
        url: found.html_url,
        ...(renamed ? { renamedFrom: repository } : {}),
    };
}

/**
 * A user or an organisation, with the spelling that GitHub gives its name.
 * (https://docs.github.com/en/rest/users/users#get-a-user: it knows both)
 *
 * @throws GitHubError `GITHUB_NOT_FOUND`
 */
export async function ownerOf(client: GitHubClient, login: string): Promise<Owner> {
    const request = {
        doing: `find the owner ${login}`,
        advice: { 404: `there is no user or organization of that name: check the spelling` },
    };
    return ownerFrom(await client.send<WireOwner>("GET", pathOf`/users/${login}`, request));
}

function ownerFrom({ login, type }: WireOwner): Owner {
    return { login, kind: type === "Organization" ? "Organization" : "User" };
}
