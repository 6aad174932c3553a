import { packageSettingsUrl } from "../../github-names";
import type { RegistryProblem } from "./response-failure";

/**
 * What to do where GitHub refuses a push. Each package there has rights of its own: it belongs to the repository whose
 * workflow pushed it first, and a first push by hand leaves it without one (github/docs#22007). There is no API to change
 * that. A HEAD's refusal has no words; it is nearly always the same.
 *
 * @param repository `kuzudb/explorer`: owner and package
 */
export function packageAdvice({ message = "" }: RegistryProblem, repository: string): string {
    const [owner = "", ...rest] = repository.split("/");
    const name = rest.join("/");
    if (/installation does not exist/i.test(message)) {
        return `a job's own token pushes to packages of its repository's owner only: push below that owner instead of ${owner}, or with a classic token of ${owner} with the scope write:packages`;
    }
    if (/expected scopes/i.test(message)) {
        return `the token has not the scope write:packages: add it to the classic token (fine-grained ones cannot push), or give the job "permissions: packages: write"`;
    }
    if (/not allowed to|create_package/i.test(message)) {
        return `give the job "permissions: packages: write", and let members of ${owner} create packages, in its settings under Packages`;
    }
    const ofOrganization = packageSettingsUrl({ login: owner, kind: "Organization" }, name);
    const ofUser = packageSettingsUrl({ login: owner, kind: "User" }, name);
    return `the package was first pushed by hand or from another repository, and gives this one no right to write: on ${ofOrganization} (${ofUser} if ${owner} is a user) add the repository under "Manage Actions access" with the role Write, or give the token the scope write:packages`;
}
