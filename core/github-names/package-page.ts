/** A user or an organisation. */
export interface Owner {
    readonly login: string;
    readonly kind: "Organization" | "User";
}

/**
 * The page where people set a container package's visibility, roles and Actions access: there is no API for those.
 *
 * @param name below the owner, slashes and all
 */
export function packageSettingsUrl({ kind, login }: Owner, name: string, web = "https://github.com"): string {
    const who = kind === "Organization" ? "orgs" : "users";
    return `${web}/${who}/${login}/packages/container/${encodeURIComponent(name)}/settings`;
}
