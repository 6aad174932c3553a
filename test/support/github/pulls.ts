import { type Exchange, type Handlers, invalid, notFound, paged, Refusal, type Reply, repositoryIn } from "./exchange";
import { shownOwner, shownRepository } from "./repositories";
import type { LocalPull, LocalRepository } from "./state";

function shownPull(exchange: Exchange, repository: LocalRepository, pull: LocalPull): object {
    const { api, world } = exchange;
    const { git, name, owner } = repository;
    const side = (branch: string, sha = git.resolve(`heads/${branch}`)?.sha) => ({
        ref: branch,
        label: `${owner}:${branch}`,
        sha: sha ?? "0".repeat(40),
        repo: shownRepository(exchange, repository),
        user: userOf(exchange, owner),
    });
    const url = `${api}/repos/${owner}/${name}/pulls/${pull.number}`;
    return {
        id: pull.number + 100_000,
        node_id: `PR_${pull.number}`,
        number: pull.number,
        url,
        html_url: `https://github.com/${owner}/${name}/pull/${pull.number}`,
        state: pull.state,
        title: pull.title,
        body: pull.body,
        user: userOf(exchange, pull.author),
        created_at: pull.createdAt,
        updated_at: pull.updatedAt,
        closed_at: pull.state === "closed" ? pull.updatedAt : null,
        merged_at: pull.mergedAt ?? null,
        merged: pull.mergedAt !== undefined,
        head: side(pull.head, pull.closedSha),
        base: side(pull.base),
        locked: false,
        draft: false,
        author_association: world.owner(pull.author) === undefined ? "NONE" : "MEMBER",
    };
}

function userOf({ api, world }: Exchange, login: string): object {
    const user = world.owner(login);
    return user === undefined ? { login, id: 41898282, type: "Bot" } : shownOwner(user, api);
}

function pullIn(exchange: Exchange): { repository: LocalRepository; pull: LocalPull } {
    const repository = repositoryIn(exchange);
    const pull = repository.pulls.get(Number(exchange.params.pull_number));
    if (pull === undefined) {
        throw notFound();
    }
    return { repository, pull };
}

function list(exchange: Exchange): Reply {
    const repository = repositoryIn(exchange);
    const { base, head, state = "open" } = exchange.query;
    const found = [...repository.pulls.values()]
        .filter((pull) => state === "all" || pull.state === state)
        .filter((pull) => base === undefined || pull.base === base)
        // A head without an owner is ignored, as GitHub does.
        .filter((pull) => head === undefined || !head.includes(":") || `${repository.owner}:${pull.head}` === head)
        .sort((a, b) => b.number - a.number);
    return paged(
        exchange,
        found.map((pull) => shownPull(exchange, repository, pull)),
    );
}

function create(exchange: Exchange): Reply {
    const repository = repositoryIn(exchange);
    const { git, issues, pulls } = repository;
    const {
        base,
        body = null,
        head,
        title,
    } = exchange.body as { base: string; head: string; title: string; body?: string };
    const branch = head.replace(`${repository.owner}:`, "");
    if (repository.archived) {
        throw new Refusal(403, "Repository was archived so is read-only.");
    }
    for (const [field, name] of [
        ["head", branch],
        ["base", base],
    ] as const) {
        if (!git.refs.has(`heads/${name}`)) {
            throw invalid("PullRequest", "invalid", "", field);
        }
    }
    if ([...pulls.values()].some((pull) => pull.state === "open" && pull.head === branch && pull.base === base)) {
        throw invalid("PullRequest", "custom", `A pull request already exists for ${repository.owner}:${branch}.`);
    }
    if (git.ahead(git.refs.get(`heads/${base}`) ?? "", git.refs.get(`heads/${branch}`) ?? "").length === 0) {
        throw invalid("PullRequest", "custom", `No commits between ${base} and ${branch}`);
    }
    const number = Math.max(0, ...pulls.keys(), ...issues.map((issue) => issue.number)) + 1;
    const at = exchange.world.at();
    const author = exchange.token.login ?? "github-actions[bot]";
    const pull: LocalPull = {
        number,
        title,
        body,
        state: "open",
        head: branch,
        base,
        createdAt: at,
        updatedAt: at,
        author,
        comments: [],
        labels: [],
    };
    pulls.set(number, pull);
    return { status: 201, json: shownPull(exchange, repository, pull) };
}

/** Makes the base's tree that of the head; conflicts are nobody's business here. */
export function mergePull(exchange: Pick<Exchange, "world">, repository: LocalRepository, pull: LocalPull): string {
    const { git } = repository;
    const [base, head] = [git.resolve(`heads/${pull.base}`), git.resolve(`heads/${pull.head}`)];
    if (base === undefined || head === undefined || pull.state === "closed") {
        throw new Refusal(405, "Pull Request is not mergeable");
    }
    const common = git.mergeBase(base.sha, head.sha)?.tree ?? new Map<string, string>();
    const tree = new Map(base.tree);
    for (const path of new Set([...common.keys(), ...head.tree.keys()])) {
        const blob = head.tree.get(path);
        if (blob === undefined) {
            tree.delete(path);
        } else if (blob !== common.get(path)) {
            tree.set(path, blob);
        }
    }
    const at = exchange.world.at();
    const message = `Merge pull request #${pull.number}`;
    const { sha } = git.addCommit({ message, parents: [base.sha, head.sha], tree, author: pull.author, at });
    git.refs.set(`heads/${pull.base}`, sha);
    Object.assign(pull, { state: "closed", mergedAt: at, updatedAt: at, closedSha: head.sha });
    return sha;
}

/** Pull requests within one repository. */
export const PULL_HANDLERS: Handlers = {
    "pulls/list": list,
    "pulls/create": create,
    "pulls/get": (exchange) => {
        const { pull, repository } = pullIn(exchange);
        return { status: 200, json: shownPull(exchange, repository, pull) };
    },
    "pulls/update": (exchange) => {
        const { pull, repository } = pullIn(exchange);
        const { base, body, state, title } = exchange.body as Partial<LocalPull>;
        if (base !== undefined && base !== pull.base && pull.state === "closed") {
            throw invalid("PullRequest", "custom", "Cannot change base branch of closed pull request.");
        }
        Object.assign(pull, {
            ...(base === undefined ? {} : { base }),
            ...(body === undefined ? {} : { body }),
            ...(state === undefined || pull.mergedAt !== undefined ? {} : { state }),
            ...(title === undefined ? {} : { title }),
            updatedAt: exchange.world.at(),
        });
        return { status: 200, json: shownPull(exchange, repository, pull) };
    },
    "pulls/merge": (exchange) => {
        const { pull, repository } = pullIn(exchange);
        const sha = mergePull(exchange, repository, pull);
        return { status: 200, json: { sha, merged: true, message: "Pull Request successfully merged" } };
    },
};
