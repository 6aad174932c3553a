import { badArgument } from "../images/arguments";

/** A user, a team of an organisation, or an address that GitHub knows. */
const OWNER = /^(?:@[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/**
 * All of a repository belongs to these.
 * (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners)
 *
 * @throws InputPropertyError
 */
export function codeOwnersFile(owners: readonly string[]): string {
    const wrong = owners.find((owner) => !OWNER.test(owner));
    if (wrong !== undefined || owners.length === 0) {
        const found =
            wrong === undefined ? "names nobody" : `has ${JSON.stringify(wrong)}, which GitHub takes for nobody`;
        throw badArgument("codeOwners", `${found}: write @user, @organization/team or an e-mail address`);
    }
    return `* ${owners.join(" ")}\n`;
}
