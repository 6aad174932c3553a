import { TransshipError } from "../errors";
import { type GitHubAccess, GitHubClient, type GitHubClientOptions } from "../github";
import type { EngineConfig } from "./configuration";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The GitHub that a stack's hooks talk to: the same token and address as those of `@pulumi/github`, so that nobody writes
 * them twice. Values of the stack's configuration arrive decrypted, and go nowhere but into requests.
 */
export class GitHubConnection {
    private config: EngineConfig = { get: () => undefined };
    private env: Environment = process.env;
    private made: GitHubClient | undefined;
    private readonly options: GitHubClientOptions;

    constructor(options: GitHubClientOptions = {}) {
        this.options = options;
    }

    /** Reads nothing yet: a stack without GitHub's resources needs no token. */
    configure(config: EngineConfig, env: Environment = process.env): void {
        this.config = config;
        this.env = env;
    }

    /**
     * One client for all hooks of a process, which asks one thing at a time.
     *
     * @throws TransshipError `CONFIG_INVALID` where no token is set, or the address is none
     */
    client(): GitHubClient {
        this.made ??= new GitHubClient(readGitHubAccess(this.config, this.env), this.options);
        return this.made;
    }

    /**
     * Whose repositories the provider means by a bare name, in its own order of precedence; undefined where none of them
     * is set, which is the token's user. (integrations/terraform-provider-github, github/provider.go)
     */
    owner(): string | undefined {
        return (
            text(this.config.get("github:organization")) ??
            text(this.env.GITHUB_ORGANIZATION) ??
            text(this.env.GITHUB_OWNER) ??
            text(this.config.get("github:owner"))
        );
    }
}

/**
 * `github:token` and `github:baseUrl` as the stack sets them for `@pulumi/github`, else `GITHUB_TOKEN`, then `GH_TOKEN`;
 * `GITHUB_BASE_URL`, then `GITHUB_API_URL`, which Actions sets.
 *
 * @throws TransshipError `CONFIG_INVALID` with one sentence; no value is in it
 */
export function readGitHubAccess(config: EngineConfig, env: Environment): GitHubAccess {
    const named: readonly (readonly [from: string, value: unknown])[] = [
        ["github:token", config.get("github:token")],
        ["GITHUB_TOKEN", env.GITHUB_TOKEN],
        ["GH_TOKEN", env.GH_TOKEN],
    ];
    const [from, token] = named.find(([, value]) => text(value) !== undefined) ?? [];
    if (from === undefined) {
        const app =
            text(config.get("github:appAuth")) === undefined ? "" : " (github:appAuth is for its provider only)";
        throw invalid(
            `GitHub's API needs a token, and there is none${app}: pulumi config set --secret github:token …, or set GITHUB_TOKEN`,
        );
    }
    return { api: apiOf(config, env), token: String(token).trim(), from };
}

function apiOf(config: EngineConfig, env: Environment): string {
    const base = text(config.get("github:baseUrl"));
    if (base !== undefined) {
        return apiOfBase(base, "github:baseUrl");
    }
    const fromEnv = text(env.GITHUB_BASE_URL);
    if (fromEnv !== undefined) {
        return apiOfBase(fromEnv, "GITHUB_BASE_URL");
    }
    return addressOf(text(env.GITHUB_API_URL) ?? "https://api.github.com", "GITHUB_API_URL").href.replace(/\/+$/, "");
}

/**
 * As the provider reads its `baseUrl` (integrations/terraform-provider-github, github/config.go): a GitHub Enterprise
 * Server's API is below `/api/v3`, which may be written or not; github.com's and GHE.com's have a host of their own.
 */
function apiOfBase(base: string, name: string): string {
    const url = addressOf(base, name);
    if (url.host === "github.com") {
        url.host = "api.github.com";
    }
    if (url.host.endsWith(".ghe.com") && !url.host.startsWith("api.")) {
        url.host = `api.${url.host}`;
    }
    const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/v3$/, "");
    const cloud = url.host === "api.github.com" || url.host.endsWith(".ghe.com");
    return `${url.origin}${path}${cloud ? "" : "/api/v3"}`;
}

function addressOf(address: string, name: string): URL {
    if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
        throw invalid(`${name} ${JSON.stringify(address)} is no address: leave it out for github.com`);
    }
    return new URL(address);
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function invalid(sentence: string): TransshipError {
    return new TransshipError("CONFIG_INVALID", sentence);
}
