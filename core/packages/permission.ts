import { adviceFor, type GitHubClient, tokenOf } from "../github";
import type { PackageLook } from "./types";

/**
 * A sentence where it is proven already that the token cannot delete, so that a preview says what the deploy would run
 * into; one request. What only an attempt tells (a role on the package) is not known here.
 */
export async function findLackingRight(
    client: GitHubClient,
    looks: readonly PackageLook[],
): Promise<string | undefined> {
    const due = looks.filter(({ retention }) => (retention?.plan.delete.length ?? 0) > 0);
    if (due.length === 0) {
        return undefined;
    }
    const token = await tokenOf(client);
    if (!token.lacks("packages: delete")) {
        return undefined;
    }
    const names = due.map(({ place }) => place.repository).join(", ");
    const advice = adviceFor("packages: delete", client.access, token.scopes?.join(", "));
    return `Versions of ${names} are due, and cannot be deleted: ${advice}.`;
}
