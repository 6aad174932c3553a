import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Answers } from "./answers";
import { addIssue } from "./issues";
import { type Fault, FaultList, type Intercept, type LoggedRequest } from "./log";
import { type LocalIssue, type LocalRepository, World } from "./state";

/** A job's own token, for the repository `acme/images`. */
export const TOKEN = "ghs_0123456789";
/** A classic token of octocat, who owns the organisation acme, with every scope that is asked for. */
export const ADMIN_TOKEN = "ghp_0123456789";
export const REPOSITORY = "acme/images";

const SCOPES = ["repo", "workflow", "admin:org", "write:packages", "delete:packages", "codespace"];

export interface LocalGitHubOptions {
    /** @default any that is free */
    readonly port?: number;
    /** Called for every request that is answered. */
    readonly onRequest?: (request: LoggedRequest, problem?: string) => void;
}

/** GitHub's REST API on this machine: at its root, and below `/api/v3` as an Enterprise Server has it. */
export class LocalGitHub {
    readonly world = new World();
    readonly log: LoggedRequest[] = [];
    /** What GitHub's description does not know or allow, of requests and of our own answers: a sentence each. */
    readonly violations: string[] = [];
    intercept?: Intercept;
    private readonly faults = new FaultList();
    private readonly answers = new Answers(this.world, this.violations);
    private readonly server = createServer((request, response) => void this.handle(request, response));
    private readonly options: LocalGitHubOptions;

    private constructor(options: LocalGitHubOptions) {
        this.options = options;
    }

    /** With the user octocat, the organisation acme, and its repository acme/images. */
    static async start(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
        const github = new LocalGitHub(options);
        const { world } = github;
        world.addOwner("octocat", "User");
        world.addOwner("acme", "Organization", ["octocat"]);
        world.addRepository(REPOSITORY, { "README.md": "# images\n" });
        world.tokens.set(ADMIN_TOKEN, { login: "octocat", scopes: SCOPES });
        world.tokens.set(TOKEN, {
            repository: REPOSITORY,
            permissions: {
                contents: "write",
                issues: "write",
                packages: "write",
                pull_requests: "write",
                metadata: "read",
            },
        });
        await new Promise<void>((resolve) => github.server.listen(options.port ?? 0, "127.0.0.1", resolve));
        return github;
    }

    /** For GITHUB_API_URL. */
    get api(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** For `github:baseUrl`, which the provider takes for an Enterprise Server's. */
    get baseUrl(): string {
        return `${this.api}/`;
    }

    /** Milliseconds since 1970; the time does not pass by itself. */
    get now(): number {
        return this.world.now;
    }

    set now(time: number) {
        this.world.now = time;
    }

    /** What Actions sets for a job of acme/images. */
    env(token = TOKEN): Record<string, string> {
        return { GITHUB_API_URL: this.api, GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: token };
    }

    /** For a client of ours. */
    access(token = ADMIN_TOKEN): { readonly api: string; readonly token: string; readonly from: string } {
        return { api: this.api, token, from: "GITHUB_TOKEN" };
    }

    /** For a stack of the engine. */
    config(owner = "acme", token = ADMIN_TOKEN): Record<string, { value: string; secret?: boolean }> {
        return {
            "github:token": { value: token, secret: true },
            "github:baseUrl": { value: this.baseUrl },
            "github:owner": { value: owner },
            "github:writeDelayMs": { value: "1" },
        };
    }

    repository(nameWithOwner = REPOSITORY): LocalRepository {
        const found = this.world.repository(nameWithOwner);
        if (found === undefined) {
            throw new Error(`the local GitHub has no repository ${nameWithOwner}`);
        }
        return found;
    }

    /** The text of a file, or undefined. */
    file(path: string, branch = "main", repository = REPOSITORY): string | undefined {
        const { git } = this.repository(repository);
        return git.blobs.get(git.resolve(`heads/${branch}`)?.tree.get(path) ?? "")?.toString("utf8");
    }

    get issues(): LocalIssue[] {
        return this.repository().issues;
    }

    addIssue(issue: Partial<LocalIssue> = {}): LocalIssue {
        return addIssue(this.world, this.repository(), issue);
    }

    fail(fault: Fault): void {
        this.faults.add(fault);
    }

    /** Method and path, without the query, of what was asked since the last call; without `/repos/acme/images`. */
    asked(): string[] {
        return this.log
            .splice(0)
            .map(({ method, url }) => `${method} ${url.replace(/\?.*/, "").replace(`/repos/${REPOSITORY}`, "")}`);
    }

    /** How often something was asked: `{ GET: 3, PUT: 1 }`. */
    counts(): Record<string, number> {
        const counts: Record<string, number> = {};
        for (const { method } of this.log) {
            counts[method] = (counts[method] ?? 0) + 1;
        }
        return counts;
    }

    async close(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk);
        }
        const prefix = request.url?.startsWith("/api/v3/") ? "/api/v3" : "";
        const url = (request.url ?? "").slice(prefix.length);
        const { headers, method = "" } = request;
        const logged: LoggedRequest = {
            method,
            url,
            headers,
            body: parsed(Buffer.concat(chunks).toString("utf8")),
            status: 0,
        };
        this.log.push(logged);
        if (this.intercept?.(logged, response)) {
            return;
        }
        const fault = this.faults.take(logged);
        const before = this.violations.length;
        if (fault === undefined || fault.done === true) {
            const reply = await this.answers.to(logged, `${this.api}${prefix}`).catch((error: unknown) => {
                this.violations.push(`${method} ${url}: ${error instanceof Error ? error.stack : error}`);
                return { status: 500, json: { message: "the local GitHub failed" }, headers: {} };
            });
            if (fault === undefined) {
                logged.status = reply.status;
                response.writeHead(reply.status, {
                    "content-type": "application/json; charset=utf-8",
                    ...reply.headers,
                });
                response.end(reply.json === undefined ? undefined : JSON.stringify(reply.json));
                this.options.onRequest?.(logged, this.violations[before]);
                return;
            }
        }
        if (fault.close === true) {
            request.socket.destroy();
            return;
        }
        logged.status = fault.status ?? 500;
        const message = fault.message ?? "Server Error";
        response.writeHead(logged.status, { "content-type": "application/json; charset=utf-8", ...fault.headers });
        response.end(JSON.stringify({ message, documentation_url: "https://docs.github.com/rest" }));
    }
}

function parsed(text: string): unknown {
    if (text === "") {
        return undefined;
    }
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
