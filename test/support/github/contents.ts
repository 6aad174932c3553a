import { checkProtection, shownCommit } from "./branches";
import { type Exchange, type Handlers, notFound, Refusal, type Reply, repositoryIn } from "./exchange";
import { lines } from "./git-handlers";
import type { LocalRepository } from "./state";

/** Above it the content is not in the answer. (https://docs.github.com/en/rest/repos/contents#get-repository-content) */
const LARGEST_INLINE = 1024 * 1024;

function shownFile(exchange: Exchange, repository: LocalRepository, path: string, sha: string, ref: string): object {
    const { git, name, owner } = repository;
    const blob = git.blobs.get(sha) ?? Buffer.alloc(0);
    const base = `${exchange.api}/repos/${owner}/${name}`;
    const urls = {
        url: `${base}/contents/${path}?ref=${encodeURIComponent(ref)}`,
        git_url: `${base}/git/blobs/${sha}`,
        html_url: `https://github.com/${owner}/${name}/blob/${ref}/${path}`,
        download_url: `https://raw.githubusercontent.com/${owner}/${name}/${ref}/${path}`,
    };
    const link = git.blobs.get(sha)?.toString().startsWith("symlink:") ?? false;
    const shared = { name: path.split("/").pop(), path, sha, size: blob.length, ...urls };
    const links = { self: urls.url, git: urls.git_url, html: urls.html_url };
    if (link) {
        return { ...shared, type: "symlink", target: blob.toString().slice("symlink:".length), _links: links };
    }
    const small = blob.length <= LARGEST_INLINE;
    return {
        ...shared,
        type: "file",
        encoding: small ? "base64" : "none",
        content: small ? lines(blob) : "",
        _links: links,
    };
}

function get(exchange: Exchange): Reply {
    const repository = repositoryIn(exchange);
    const { git } = repository;
    const path = (exchange.params.path ?? "").replace(/^\/|\/$/g, "");
    const ref = exchange.query.ref ?? repository.defaultBranch;
    const commit = git.resolve(ref);
    if (commit === undefined) {
        throw new Refusal(404, `No commit found for the ref ${ref}`);
    }
    const sha = commit.tree.get(path);
    if (sha !== undefined) {
        return { status: 200, json: shownFile(exchange, repository, path, sha, ref) };
    }
    const below = [...commit.tree].filter(([name]) => path === "" || name.startsWith(`${path}/`));
    if (below.length === 0) {
        throw notFound();
    }
    const names = new Set(below.map(([name]) => name.slice(path === "" ? 0 : path.length + 1).split("/")[0] ?? ""));
    const entries = [...names].map((name) => {
        const whole = path === "" ? name : `${path}/${name}`;
        const blob = commit.tree.get(whole);
        return { type: blob === undefined ? "dir" : "file", name, path: whole, sha: blob ?? commit.sha, size: 0 };
    });
    return { status: 200, json: entries };
}

interface Change {
    readonly message: string;
    readonly content?: string;
    readonly branch?: string;
    readonly sha?: string;
}

function prepare(exchange: Exchange): {
    repository: LocalRepository;
    path: string;
    branch: string;
    old?: string;
    change: Change;
} {
    const repository = repositoryIn(exchange);
    const change = exchange.body as unknown as Change;
    const branch = change.branch ?? repository.defaultBranch;
    const path = exchange.params.path ?? "";
    const commit = repository.git.resolve(`heads/${branch}`);
    if (commit === undefined && (repository.git.refs.size > 0 || branch !== repository.defaultBranch)) {
        throw new Refusal(404, `Branch ${branch} not found`);
    }
    checkProtection(exchange, repository, branch);
    checkWorkflowScope(exchange, path);
    return { repository, path, branch, change, ...(commit && { old: commit.tree.get(path) }) };
}

/** Workflows take a scope of their own. */
function checkWorkflowScope({ token }: Exchange, path: string): void {
    if (!path.startsWith(".github/workflows/")) {
        return;
    }
    if (token.scopes !== undefined && !token.scopes.includes("workflow")) {
        throw new Refusal(404, "Not Found");
    }
    if (token.permissions !== undefined && token.permissions.workflows === undefined) {
        const who = token.repository === undefined ? "personal access token" : "integration";
        throw new Refusal(403, `Resource not accessible by ${who}`);
    }
}

function put(exchange: Exchange): Reply {
    const { branch, change, old, path, repository } = prepare(exchange);
    if (old !== undefined && change.sha === undefined) {
        throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
    }
    if (change.sha !== undefined && change.sha !== old) {
        throw new Refusal(409, `${path} does not match ${change.sha}`);
    }
    const content = change.content ?? "";
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) {
        throw new Refusal(422, "content is not valid Base64");
    }
    const files = { [path]: Buffer.from(content, "base64") };
    const author = exchange.token.login ?? "github-actions[bot]";
    exchange.world.commit(repository, branch, files, change.message, author);
    return told(exchange, repository, branch, path, old === undefined ? 201 : 200);
}

function remove(exchange: Exchange): Reply {
    const { branch, change, old, path, repository } = prepare(exchange);
    if (old === undefined) {
        throw notFound();
    }
    if (change.sha !== old) {
        throw new Refusal(409, `${path} does not match ${change.sha}`);
    }
    const author = exchange.token.login ?? "github-actions[bot]";
    exchange.world.commit(repository, branch, { [path]: undefined }, change.message, author);
    return told(exchange, repository, branch, path, 200);
}

function told(exchange: Exchange, repository: LocalRepository, branch: string, path: string, status: number): Reply {
    const commit = repository.git.resolve(`heads/${branch}`);
    const sha = commit?.tree.get(path);
    const content = sha === undefined ? null : shownFile(exchange, repository, path, sha, branch);
    const { commit: inner, ...rest } = commit
        ? (shownCommit(exchange, repository, commit) as { commit: object })
        : { commit: {} };
    return { status, json: { content, commit: { ...inner, ...rest } } };
}

/** Files of a branch: read, made, changed and deleted, a commit each. */
export const CONTENT_HANDLERS: Handlers = {
    "repos/get-content": get,
    "repos/create-or-update-file-contents": put,
    "repos/delete-file": remove,
};
