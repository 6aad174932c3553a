import { describeError } from "../errors";
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
    /** `restored`: it is there again, or still. `lost`: GitHub has it no more. `failed`: nothing after it was tried. */
    readonly outcome: "restored" | "lost" | "failed";
    /** A sentence, where it is not restored. */
    readonly why?: string;
}

/**
 * Brings versions back, the last deleted first: so children are there before the index that lists them, and an image's
 * signatures before the image. What GitHub has no more is told, and the others go on; any other failure is told too, and
 * ends the work there, since an index would come before its children. The same again goes on.
 *
 * @param deletions in the order in which they were deleted
 */
export async function restoreVersions(
    client: GitHubClient,
    deletions: readonly RestoreTask[],
    onRestored: (restored: Restored) => void = () => undefined,
): Promise<Restored[]> {
    const owners = new Map<string, Owner>();
    const restored: Restored[] = [];
    for (const task of [...deletions].reverse()) {
        const one = await restoreOne(client, task, owners);
        restored.push(one);
        onRestored(one);
        if (one.outcome === "failed") {
            break;
        }
    }
    return restored;
}

async function restoreOne(client: GitHubClient, task: RestoreTask, owners: Map<string, Owner>): Promise<Restored> {
    const [login = "", ...rest] = task.package.split("/");
    try {
        const owner = owners.get(login) ?? (await ownerOf(client, login));
        owners.set(login, owner);
        const result = await restorePackageVersion(client, owner, rest.join("/"), task.id);
        return result.outcome === "lost"
            ? { ...task, outcome: "lost", why: result.why }
            : { ...task, outcome: "restored" };
    } catch (error) {
        return { ...task, outcome: "failed", why: describeError(error) };
    }
}
