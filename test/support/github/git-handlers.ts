import { checkProtection } from "./branches";
import { type Exchange, type Handlers, notFound, Refusal, type Reply, repositoryIn } from "./exchange";
import type { LocalRepository } from "./state";

function shownRef({ api }: Exchange, { git, name, owner }: LocalRepository, ref: string): object {
    const base = `${api}/repos/${owner}/${name}/git`;
    const sha = git.refs.get(ref) ?? "";
    return {
        ref: `refs/${ref}`,
        node_id: `REF_${ref}`,
        url: `${base}/refs/${ref}`,
        object: { sha, type: "commit", url: `${base}/commits/${sha}` },
    };
}

function refIn(exchange: Exchange): { repository: LocalRepository; ref: string } {
    const repository = repositoryIn(exchange);
    const ref = exchange.params.ref ?? "";
    if (!repository.git.refs.has(ref)) {
        throw exchange.url.includes("/git/ref/") ? notFound() : new Refusal(422, "Reference does not exist");
    }
    return { repository, ref };
}

function createRef(exchange: Exchange): Reply {
    const repository = repositoryIn(exchange);
    const ref = String(exchange.body.ref);
    const sha = String(exchange.body.sha);
    if (repository.archived) {
        throw new Refusal(403, "Repository was archived so is read-only.");
    }
    if (repository.git.refs.size === 0) {
        throw new Refusal(409, "Git Repository is empty.");
    }
    if (!/^refs\/(heads|tags)\/[^\s~^:?*[\\]+$/.test(ref) || ref.includes("..") || ref.endsWith("/")) {
        throw new Refusal(422, `${ref} is not a valid ref name.`);
    }
    if (!repository.git.commits.has(sha)) {
        throw new Refusal(422, "Object does not exist");
    }
    const name = ref.replace(/^refs\//, "");
    if (repository.git.refs.has(name)) {
        throw new Refusal(422, "Reference already exists");
    }
    repository.git.refs.set(name, sha);
    return { status: 201, json: shownRef(exchange, repository, name) };
}

/** Closes the pull requests of a branch that is gone, as GitHub does. */
function closePulls({ git, pulls }: LocalRepository, ref: string, at: string): void {
    for (const pull of pulls.values()) {
        if (`heads/${pull.head}` === ref && pull.state === "open") {
            pull.closedSha = git.refs.get(ref);
            pull.state = "closed";
            pull.updatedAt = at;
        }
    }
}

/** References, blobs and bare commits. */
export const GIT_HANDLERS: Handlers = {
    "git/get-ref": (exchange) => {
        const { ref, repository } = refIn(exchange);
        return { status: 200, json: shownRef(exchange, repository, ref) };
    },
    "git/create-ref": createRef,
    "git/update-ref": (exchange) => {
        const { ref, repository } = refIn(exchange);
        const { git } = repository;
        const { force, sha } = exchange.body as { sha: string; force?: boolean };
        checkProtection(exchange, repository, ref.replace(/^heads\//, ""));
        if (!git.commits.has(sha)) {
            throw new Refusal(422, "Object does not exist");
        }
        if (force !== true && !git.history(sha).some((commit) => commit.sha === git.refs.get(ref))) {
            throw new Refusal(422, "Update is not a fast forward");
        }
        git.refs.set(ref, sha);
        return { status: 200, json: shownRef(exchange, repository, ref) };
    },
    "git/delete-ref": (exchange) => {
        const { ref, repository } = refIn(exchange);
        if (repository.protection.has(ref.replace(/^heads\//, ""))) {
            throw new Refusal(422, "Cannot delete protected branch");
        }
        closePulls(repository, ref, exchange.world.at());
        repository.git.refs.delete(ref);
        return { status: 204 };
    },
    "git/get-blob": (exchange) => {
        const { api, params } = exchange;
        const { git, name, owner } = repositoryIn(exchange);
        const sha = params.file_sha ?? "";
        const blob = git.blobs.get(sha);
        if (blob === undefined) {
            throw notFound();
        }
        const url = `${api}/repos/${owner}/${name}/git/blobs/${sha}`;
        return { status: 200, json: { sha, url, size: blob.length, encoding: "base64", content: lines(blob) } };
    },
    "git/get-commit": (exchange) => {
        const { git } = repositoryIn(exchange);
        const commit = git.commits.get(exchange.params.commit_sha ?? "");
        if (commit === undefined) {
            throw notFound();
        }
        const person = { name: commit.author, email: `${commit.author}@users.noreply.github.com`, date: commit.at };
        return { status: 200, json: { sha: commit.sha, message: commit.message, author: person, committer: person } };
    },
};

/** Base64 in lines of 60 characters, as GitHub has it. */
export function lines(blob: Buffer): string {
    return blob.toString("base64").replace(/.{1,60}/g, "$&\n");
}
