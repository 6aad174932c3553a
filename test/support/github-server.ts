import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Ajv from "ajv";
import { afterEach } from "vitest";

export interface FakeIssue {
    number: number;
    html_url: string;
    title: string;
    body: string | null;
    state: "open" | "closed";
    state_reason: string | null;
    created_at: string;
    updated_at: string;
    closed_at: string | null;
    author_association: string;
    user: { login: string; type: string } | null;
    labels: { name: string }[];
    comments: string[];
    pull_request?: object;
}

export interface LoggedRequest {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: unknown;
}

/** Answers instead of the server where it returns true. */
export type Intercept = (request: LoggedRequest, response: ServerResponse) => boolean;

export interface GitHubServer {
    /** For GITHUB_API_URL. */
    readonly api: string;
    readonly issues: FakeIssue[];
    readonly log: LoggedRequest[];
    intercept?: Intercept;
    /** Milliseconds. */
    now: number;
    env(): Record<string, string>;
    addIssue(issue?: Partial<FakeIssue>): FakeIssue;
    /** Method and path, without the query, of what was asked since the last call. */
    asked(): string[];
}

export const REPOSITORY = "acme/images";
export const TOKEN = "ghs_0123456789";
/** What GitHub stores; a longer body is refused with 422. */
const MAX_BODY = 65_536;

/**
 * Bodies as GitHub's own description of its API has them, nothing else let through:
 * https://docs.github.com/en/rest/issues/issues#create-an-issue, #update-an-issue,
 * https://docs.github.com/en/rest/issues/comments#create-an-issue-comment
 */
const text = { type: "string", maxLength: MAX_BODY };
const BODIES = {
    create: {
        type: "object",
        required: ["title"],
        properties: {
            title: { type: "string", minLength: 1, maxLength: 256 },
            body: text,
            labels: { type: "array", items: { type: "string", maxLength: 50 } },
        },
        additionalProperties: false,
    },
    update: {
        type: "object",
        properties: {
            title: { type: "string", minLength: 1, maxLength: 256 },
            body: text,
            state: { enum: ["open", "closed"] },
            state_reason: { enum: ["completed", "not_planned", "duplicate", "reopened", null] },
        },
        additionalProperties: false,
    },
    comment: {
        type: "object",
        required: ["body"],
        properties: { body: { ...text, minLength: 1 } },
        additionalProperties: false,
    },
} as const;
const ajv = new Ajv();
const VALIDATE = {
    create: ajv.compile(BODIES.create),
    update: ajv.compile(BODIES.update),
    comment: ajv.compile(BODIES.comment),
};

const open = new Set<Server>();

afterEach(async () => {
    for (const server of open) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
    open.clear();
});

/** As much of GitHub's REST API as issues need, with one repository; closed after the test. */
export async function startGitHub(): Promise<GitHubServer> {
    const github: GitHubServer = {
        api: "",
        issues: [],
        log: [],
        now: Date.parse("2026-11-22T05:17:00Z"),
        env: () => ({ GITHUB_API_URL: github.api, GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: TOKEN }),
        addIssue: (issue = {}) => addIssue(github, issue),
        asked: () =>
            github.log
                .splice(0)
                .map(({ method, url }) => `${method} ${url.replace(/\?.*/, "").replace(`/repos/${REPOSITORY}`, "")}`),
    };
    const server = createServer((request, response) => void answer(github, request, response));
    open.add(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return Object.assign(github, { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function addIssue(github: GitHubServer, issue: Partial<FakeIssue>): FakeIssue {
    const number = github.issues.length + 1;
    const at = new Date(github.now).toISOString();
    const made: FakeIssue = {
        number,
        html_url: `https://github.com/${REPOSITORY}/issues/${number}`,
        title: "Something else",
        body: null,
        state: "open",
        state_reason: null,
        created_at: at,
        updated_at: at,
        closed_at: null,
        author_association: "NONE",
        user: { login: "stranger", type: "User" },
        labels: [],
        comments: [],
        ...issue,
    };
    github.issues.push(made);
    return made;
}

async function answer(github: GitHubServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk);
    }
    const sent = Buffer.concat(chunks).toString("utf8");
    const logged = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: sent === "" ? undefined : JSON.parse(sent),
    };
    github.log.push(logged);
    if (github.intercept?.(logged, response)) {
        return;
    }
    const { status, json, headers } = handle(github, logged);
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(JSON.stringify(json));
}

interface Reply {
    readonly status: number;
    readonly json: unknown;
    readonly headers?: Record<string, string>;
}

function handle(github: GitHubServer, { body, headers, method, url }: LoggedRequest): Reply {
    if (headers.authorization !== `Bearer ${TOKEN}`) {
        return { status: 401, json: { message: "Bad credentials" } };
    }
    if (
        headers.accept !== "application/vnd.github+json" ||
        headers["x-github-api-version"] !== "2022-11-28" ||
        headers["user-agent"] === undefined
    ) {
        return { status: 400, json: { message: "the headers that the documentation asks for are not there" } };
    }
    const { pathname, searchParams } = new URL(url, github.api);
    const [, number, comments] =
        new RegExp(`^/repos/${REPOSITORY}/issues(?:/(\\d+)(/comments)?)?$`).exec(pathname) ?? [];
    const issue = github.issues.find((one) => one.number === Number(number));
    if (!pathname.startsWith(`/repos/${REPOSITORY}/issues`) || (number !== undefined && issue === undefined)) {
        return { status: 404, json: { message: "Not Found" } };
    }
    if (issue === undefined) {
        return method === "GET" ? list(github, pathname, searchParams) : create(github, body);
    }
    return comments === undefined ? update(github, issue, body) : comment(issue, body);
}

function list({ api, issues }: GitHubServer, path: string, query: URLSearchParams): Reply {
    const known = ["state", "labels", "since", "sort", "direction", "per_page", "page"];
    const strange = [...query.keys()].filter((name) => !known.includes(name));
    const size = Number(query.get("per_page") ?? 30);
    if (strange.length > 0 || size > 100) {
        return { status: 422, json: { message: `Validation Failed: ${strange}` } };
    }
    const labels = (query.get("labels") ?? "").split(",").filter((name) => name !== "");
    const state = query.get("state") ?? "open";
    const fitting = issues
        .filter((issue) => state === "all" || issue.state === state)
        .filter((issue) => labels.every((label) => issue.labels.some(({ name }) => name === label)))
        .filter(({ updated_at }) => updated_at >= (query.get("since") ?? ""))
        .sort((a, b) => b.number - a.number);
    const page = Number(query.get("page") ?? 1);
    const next = new URL(path, api);
    next.search = new URLSearchParams({ ...Object.fromEntries(query), page: String(page + 1) }).toString();
    const more: Record<string, string> =
        page * size < fitting.length ? { link: `<${next}>; rel="next", <${next}>; rel="last"` } : {};
    return { status: 200, json: fitting.slice((page - 1) * size, page * size).map(shown), headers: more };
}

function create(github: GitHubServer, body: unknown): Reply {
    if (!VALIDATE.create(body)) {
        return invalid(VALIDATE.create.errors);
    }
    const { labels = [], ...rest } = body as { title: string; body?: string; labels?: string[] };
    const made = addIssue(github, {
        ...rest,
        labels: labels.map((name) => ({ name })),
        user: { login: "github-actions[bot]", type: "Bot" },
    });
    return { status: 201, json: shown(made) };
}

function update(github: GitHubServer, issue: FakeIssue, body: unknown): Reply {
    if (!VALIDATE.update(body)) {
        return invalid(VALIDATE.update.errors);
    }
    const at = new Date(github.now).toISOString();
    const { state } = body as { state?: string };
    Object.assign(issue, body, { updated_at: at }, state && { closed_at: state === "closed" ? at : null });
    return { status: 200, json: shown(issue) };
}

function comment(issue: FakeIssue, body: unknown): Reply {
    if (!VALIDATE.comment(body)) {
        return invalid(VALIDATE.comment.errors);
    }
    issue.comments.push((body as { body: string }).body);
    return { status: 201, json: { id: issue.comments.length } };
}

function shown({ comments, ...issue }: FakeIssue): object {
    return { ...issue, comments: comments.length };
}

function invalid(errors: unknown): Reply {
    return { status: 422, json: { message: "Validation Failed", errors: [{ message: JSON.stringify(errors) }] } };
}
