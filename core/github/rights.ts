import type { GitHubAccess } from "./access";

/** How a right is given to each kind of token; undefined where that kind cannot have it. */
interface Right {
    /** The scopes of a classic token, any of which is enough; the least first. */
    readonly classic: readonly string[];
    /** What a fine-grained token's page calls it. */
    readonly fineGrained?: string;
    /** The job's `permissions:`. */
    readonly job?: string;
}

/** Organisation secrets and variables are for owners: a job's token never has them. */
const OF_ORGANIZATION = (what: string): Right => ({
    classic: ["admin:org"],
    fineGrained: `organization permission "${what}"`,
});

const ofRepository = (what: string, level: string, job?: string): Right => ({
    classic: ["repo"],
    fineGrained: `repository permission "${what}: ${level}"`,
    ...(job === undefined ? {} : { job }),
});

/**
 * What Transship asks GitHub for. Packages are for classic tokens and the job's own one only: GitHub has no fine-grained
 * permission for them. (https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages,
 * https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens)
 */
export const RIGHTS: Readonly<Record<string, Right>> = {
    "metadata: read": ofRepository("Metadata", "read", "contents: read"),
    "contents: read": ofRepository("Contents", "read", "contents: read"),
    "contents: write": ofRepository("Contents", "write", "contents: write"),
    "issues: write": ofRepository("Issues", "write", "issues: write"),
    "pull-requests: read": ofRepository("Pull requests", "read", "pull-requests: read"),
    "pull-requests: write": ofRepository("Pull requests", "write", "pull-requests: write"),
    // Without it a commit that touches .github/workflows is refused; GITHUB_TOKEN never has it.
    "workflows: write": { classic: ["workflow"], fineGrained: 'repository permission "Workflows: write"' },
    "administration: read": ofRepository("Administration", "read"),
    "administration: write": ofRepository("Administration", "write"),
    "secrets: read": ofRepository("Secrets", "read"),
    "secrets: write": ofRepository("Secrets", "write"),
    "variables: read": ofRepository("Variables", "read"),
    "variables: write": ofRepository("Variables", "write"),
    "environments: read": ofRepository("Environments", "read"),
    "environments: write": ofRepository("Environments", "write"),
    "dependabot secrets: read": ofRepository("Dependabot secrets", "read"),
    "codespaces secrets: read": ofRepository("Codespaces secrets", "read"),
    "organization secrets: read": OF_ORGANIZATION("Secrets: read"),
    "organization secrets: write": OF_ORGANIZATION("Secrets: write"),
    "organization variables: read": OF_ORGANIZATION("Variables: read"),
    "organization dependabot secrets: read": OF_ORGANIZATION("Organization dependabot secrets: read"),
    "organization codespaces secrets: read": OF_ORGANIZATION("Organization codespaces secrets: read"),
    "admin:org": { classic: ["admin:org"], fineGrained: 'organization permission "Administration: write"' },
    "packages: read": { classic: ["read:packages"], job: "packages: read" },
    "packages: write": { classic: ["write:packages"], job: "packages: write" },
    // Also the role "admin" on the package itself, for people and for the job's repository.
    "packages: delete": { classic: ["delete:packages"], job: "packages: write" },
};

export type TokenKind = "classic" | "fine-grained" | "app" | "unknown";

/**
 * By its prefix. (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats) The
 * header `X-OAuth-Scopes` is only in answers to classic and OAuth tokens, which counts for those without a prefix.
 */
export function kindOfToken(token: string, scopes?: string): TokenKind {
    if (token.startsWith("github_pat_")) {
        return "fine-grained";
    }
    if (/^gh[su]_/.test(token)) {
        return "app";
    }
    return /^gh[po]_/.test(token) || scopes !== undefined ? "classic" : "unknown";
}

/** A scope holds those below it. (https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps) */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
    repo: ["public_repo", "repo:status", "repo_deployment", "repo:invite", "security_events"],
    "admin:org": ["write:org", "read:org", "manage_runners:org"],
    "write:org": ["read:org"],
    "write:packages": ["read:packages"],
    user: ["read:user", "user:email", "user:follow"],
    codespace: ["codespace:secrets"],
};

/** Whether a classic token with these scopes has one of those. */
export function hasScope(has: readonly string[], wanted: readonly string[]): boolean {
    return wanted.some((scope) => has.some((own) => own === scope || (HOLDS[own] ?? []).includes(scope)));
}

/** `repo, workflow`, as GitHub's headers have it. */
export function splitScopes(header: string | undefined): string[] {
    return (header ?? "")
        .split(",")
        .map((scope) => scope.trim())
        .filter((scope) => scope !== "");
}

/**
 * How to give a token the right, as a clause: what to do.
 *
 * @param scopes those of a classic token, where GitHub told them
 */
export function adviceFor(
    needs: string | undefined,
    { from = "the token", token }: GitHubAccess,
    scopes?: string,
): string {
    const kind = kindOfToken(token, scopes);
    const right: Right | undefined = needs === undefined ? undefined : RIGHTS[needs];
    if (needs === undefined || right === undefined) {
        return `give ${from} the right to do it${needs === undefined ? "" : `: ${needs}`}`;
    }
    const [scope = needs] = right.classic;
    const classic = `a classic token with the scope ${scope}`;
    if (kind === "classic") {
        const has = splitScopes(scopes);
        return hasScope(has, right.classic)
            ? `${from} has the scope ${scope}, but its user has not the right to do it: ask an owner or admin for the role`
            : `${from} has ${has.length === 0 ? "no scopes" : `the scopes ${has.join(", ")}`}, and this takes ${scope}: add it to the token`;
    }
    if (kind === "fine-grained") {
        return right.fineGrained === undefined
            ? `${from} is a fine-grained token, and GitHub has no packages for those: take ${classic}${forJob(right)}`
            : `give ${from} the ${right.fineGrained}`;
    }
    if (kind === "app" && right.job === undefined) {
        return `a job's own token cannot have that right: take ${classic}, or a fine-grained one with the ${right.fineGrained}`;
    }
    return right.job === undefined
        ? `take ${classic}, or a fine-grained one with the ${right.fineGrained}`
        : `give the job "permissions: ${right.job}", or take ${classic}`;
}

function forJob({ job }: Right): string {
    return job === undefined ? "" : `, or the job's own GITHUB_TOKEN with "permissions: ${job}"`;
}
