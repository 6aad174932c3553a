import type { Owner } from "../github-names";
import type { GitHubRequest } from "./access";
import type { GitHubClient } from "./client";
import { GitHubError } from "./errors";
import { packagePath } from "./packages";

/** `gone`: it was not there any more. `kept`: GitHub does not delete it, and `why` is a sentence for people. */
export type Deletion = { readonly outcome: "deleted" | "gone" } | { readonly outcome: "kept"; readonly why: string };

/** `there`: it is not deleted. `lost`: GitHub has it no more, and `why` is a sentence for people. */
export type Restoration =
    | { readonly outcome: "restored" | "there" }
    | { readonly outcome: "lost"; readonly why: string };

/**
 * Deletes one version; 30 days long it can be restored by its id.
 * (https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package)
 *
 * @throws GitHubError for everything that is no answer about this version
 */
export async function deletePackageVersion(
    client: GitHubClient,
    owner: Owner,
    name: string,
    id: number,
): Promise<Deletion> {
    const path = `${packagePath(owner, name)}/versions/${id}`;
    const where = `the version ${id} of the package ${owner.login}/${name}`;
    const request: GitHubRequest = { doing: `delete ${where}`, needs: "packages: delete" };
    try {
        await client.send("DELETE", path, request);
        return { outcome: "deleted" };
    } catch (error) {
        if (!(error instanceof GitHubError)) {
            throw error;
        }
        const why = reasonToKeep(error);
        if (why !== undefined) {
            return { outcome: "kept", why: `GitHub keeps ${where}: ${why}.` };
        }
        if (error.code !== "GITHUB_NOT_FOUND" || (await isThere(client, path, where))) {
            throw error;
        }
        return { outcome: "gone" };
    }
}

/** Who may read and not delete gets a 404, too. */
async function isThere(client: GitHubClient, path: string, where: string): Promise<boolean> {
    const found = await client.find<object>(path, { doing: `read ${where}`, needs: "packages: read" });
    return found !== undefined;
}

/** GitHub says these with a 400 (actions/delete-package-versions, Chizkiyahu/delete-untagged-ghcr-action#40), or a 422. */
function reasonToKeep({ said = "", status }: GitHubError): string | undefined {
    if (status !== 400 && status !== 422 && status !== 403) {
        return undefined;
    }
    if (/5,?000 downloads/i.test(said)) {
        return "it is public and has over 5,000 downloads, which only GitHub's support can delete";
    }
    return /last version/i.test(said)
        ? "it is the package's last version: delete the package itself on its settings page"
        : undefined;
}

/**
 * Brings a deleted version back, with its digest and without its tags' later owners being touched.
 * (https://docs.github.com/en/rest/packages/packages#restore-package-version-for-an-organization)
 *
 * @throws GitHubError
 */
export async function restorePackageVersion(
    client: GitHubClient,
    owner: Owner,
    name: string,
    id: number,
): Promise<Restoration> {
    const where = `the version ${id} of the package ${owner.login}/${name}`;
    const path = `${packagePath(owner, name)}/versions/${id}`;
    const request: GitHubRequest = { doing: `restore ${where}`, needs: "packages: write" };
    try {
        await client.send("POST", `${path}/restore`, request);
        return { outcome: "restored" };
    } catch (error) {
        if (error instanceof GitHubError && error.code === "GITHUB_NOT_FOUND") {
            if (await isThere(client, path, where)) {
                return { outcome: "there" };
            }
            const why = `GitHub has ${where} no more: it was deleted more than 30 days ago, or ${client.access.from ?? "the token"} may not restore it.`;
            return { outcome: "lost", why };
        }
        throw error;
    }
}
