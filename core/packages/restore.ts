import { type GitHubClient, type Owner, ownerOf, restorePackageVersion } from "../github";

/** What is needed to bring one version back. */
export interface RestoreTask {
    /** `owner/name`. */
    readonly package: string;
    readonly id: number;
    readonly digest?: string;
    readonly tags?: readonly string[];
}

export interface Restored extends RestoreTask {
    readonly outcome: "restored" | "lost" | "failed";
    /** A sentence, where it is not restored. */
    readonly why?: string;
}

/**
 * Brings versions back, the last deleted first: so children are there before the index that lists them, and an image's
 * signatures before the image. What GitHub has no more is told, and the others go on; any other failure throws.
 *
 * @param deletions in the order in which they were deleted
 * @throws GitHubError
 */
export async function restoreVersions(
    client: GitHubClient,
    deletions: readonly RestoreTask[],
    onRestored: (restored: Restored) => void = () => undefined,
): Promise<Restored[]> {
    const owners = new Map<string, Owner>();
    const restored: Restored[] = [];
    for (const task of [...deletions].reverse()) {
        const [login = "", ...rest] = task.package.split("/");
        const owner = owners.get(login) ?? (await ownerOf(client, login));
        owners.set(login, owner);
        const result = await restorePackageVersion(client, owner, rest.join("/"), task.id);
        const one: Restored =
            result.outcome === "restored"
                ? { ...task, outcome: "restored" }
                : { ...task, outcome: "lost", why: result.why };
        restored.push(one);
        onRestored(one);
    }
    return restored;
}
