import { type Exchange, notFound, Refusal } from "./exchange";
import type { LocalRepository, LocalToken } from "./state";

interface Rule {
    /** Of operation ids. */
    readonly of: RegExp;
    /** What GitHub's answers name in `X-Accepted-OAuth-Scopes`; any of them is enough. */
    readonly scopes: readonly string[];
    /** Of fine-grained tokens and jobs; undefined where those cannot have it. */
    readonly permission?: readonly [name: string, level: "read" | "write"];
    /** To a classic token without the scope; GitHub hides what is not for a token's eyes. */
    readonly refusal: 403 | 404;
    readonly message?: string;
}

const SECRET = "(secret|public-key)";

/** The first that fits counts. What is not here is for everybody who may see the repository. */
const RULES: readonly Rule[] = [
    {
        of: /^packages\/(delete)/,
        scopes: ["delete:packages"],
        permission: ["packages", "write"],
        refusal: 403,
        message: "You need at least delete:packages scope to delete a package.",
    },
    {
        of: /^packages\/restore/,
        scopes: ["write:packages"],
        permission: ["packages", "write"],
        refusal: 403,
        message: "You need at least write:packages scope to restore a package.",
    },
    {
        of: /^packages\//,
        scopes: ["read:packages"],
        permission: ["packages", "read"],
        refusal: 403,
        message: "You need at least read:packages scope to get a package.",
    },
    {
        of: new RegExp(`^\\w+/(list|get)-(org-${SECRET}|org-variable|selected-repos|org-public)`),
        scopes: ["admin:org"],
        permission: ["organization_secrets", "read"],
        refusal: 403,
        message: "You must be an org admin or have the organization secrets fine-grained permission.",
    },
    {
        of: /^\w+\/.*-org-(secret|variable)/,
        scopes: ["admin:org"],
        permission: ["organization_secrets", "write"],
        refusal: 403,
        message: "You must be an org admin or have the organization secrets fine-grained permission.",
    },
    {
        of: /^(actions|dependabot|codespaces)\/(list|get)-/,
        scopes: ["repo"],
        permission: ["secrets", "read"],
        refusal: 403,
        message: "Must have admin rights to Repository.",
    },
    {
        of: /^(actions|dependabot|codespaces)\//,
        scopes: ["repo"],
        permission: ["secrets", "write"],
        refusal: 403,
        message: "Must have admin rights to Repository.",
    },
    {
        of: /^repos\/(create-or-update-environment|delete-an-environment|.*ruleset|.*protection|update$|delete$|replace-all-topics|enable-|disable-)/,
        scopes: ["repo"],
        permission: ["administration", "write"],
        refusal: 404,
    },
    {
        of: /^repos\/create-(in-org|for-auth)/,
        scopes: ["repo", "public_repo"],
        permission: ["administration", "write"],
        refusal: 404,
    },
    {
        of: /^(repos\/(create-or-update-file|delete-file|rename-branch|merge)|git\/(create|update|delete)-ref)/,
        scopes: ["repo", "public_repo"],
        permission: ["contents", "write"],
        refusal: 404,
    },
    {
        of: /^pulls\/(create|update|merge)/,
        scopes: ["repo", "public_repo"],
        permission: ["pull_requests", "write"],
        refusal: 404,
    },
    {
        of: /^issues\/(create|update|add)/,
        scopes: ["repo", "public_repo"],
        permission: ["issues", "write"],
        refusal: 404,
    },
];

const HOLDS: Readonly<Record<string, readonly string[]>> = {
    repo: ["public_repo"],
    "write:packages": ["read:packages"],
};

function holds({ scopes = [] }: LocalToken, wanted: readonly string[]): boolean {
    return wanted.some((scope) => scopes.some((own) => own === scope || HOLDS[own]?.includes(scope)));
}

/** Headers that tell of the token, as GitHub's do. */
export function tokenHeaders(id: string, { permissions, scopes }: LocalToken): Record<string, string> {
    const rule = RULES.find(({ of }) => of.test(id));
    if (scopes !== undefined) {
        return { "x-oauth-scopes": scopes.join(", "), "x-accepted-oauth-scopes": rule?.scopes.join(", ") ?? "" };
    }
    return permissions === undefined || rule?.permission === undefined
        ? {}
        : { "x-accepted-github-permissions": rule.permission.join("=") };
}

/** @throws Refusal 403 or 404, as GitHub would answer this token */
export function checkRights(id: string, exchange: Exchange): void {
    const { token } = exchange;
    const rule = RULES.find(({ of }) => of.test(id));
    const repository = seen(exchange);
    if (rule === undefined) {
        return;
    }
    if (token.scopes !== undefined) {
        if (!holds(token, rule.scopes) || !isAdmin(exchange, repository)) {
            throw new Refusal(rule.refusal, rule.message ?? (rule.refusal === 404 ? "Not Found" : "Forbidden"));
        }
        return;
    }
    const [name = "", level = "read"] = rule.permission ?? [];
    const has = token.permissions?.[name];
    if (has === undefined || (level === "write" && has === "read")) {
        const who = token.repository === undefined ? "personal access token" : "integration";
        throw new Refusal(403, `Resource not accessible by ${who}`);
    }
}

/** @throws Refusal 404 for what the token may not see */
function seen({ params, token, world }: Exchange): LocalRepository | undefined {
    const name = `${params.owner}/${params.repo}`;
    const repository = world.repository(name) ?? world.repository(world.renamed.get(name.toLowerCase()) ?? "");
    const own =
        repository && token.repository?.toLowerCase() === `${repository.owner}/${repository.name}`.toLowerCase();
    const hidden = repository !== undefined && repository.visibility !== "public" && !own;
    if (hidden && (token.login === undefined || (token.scopes !== undefined && !holds(token, ["repo"])))) {
        throw notFound();
    }
    return repository;
}

/** The owner, or one of the organisation's; only reads of what is public are for others. */
function isAdmin({ params, token, world }: Exchange, repository: LocalRepository | undefined): boolean {
    const login = repository?.owner ?? params.org ?? params.username ?? params.owner ?? token.login ?? "";
    const owner = world.owner(login);
    const user = token.login?.toLowerCase();
    return (
        owner === undefined ||
        owner.login.toLowerCase() === user ||
        owner.admins.some((admin) => admin.toLowerCase() === user)
    );
}
