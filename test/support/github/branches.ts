import { type Exchange, type Handlers, invalid, notFound, paged, Refusal, type Reply, repositoryIn } from "./exchange";
import { type Commit, changedPaths } from "./git";
import type { LocalRepository } from "./state";

/** Names of pushes that a protected branch refuses. */
export function checkProtection(exchange: Exchange, repository: LocalRepository, branch: string): void {
    if (repository.archived) {
        throw new Refusal(403, "Repository was archived so is read-only.");
    }
    const { required_pull_request_reviews, enforce_admins } = repository.protection.get(branch) ?? {};
    if (required_pull_request_reviews && (enforce_admins || exchange.token.login === undefined)) {
        throw new Refusal(409, "Could not update file: Changes must be made through a pull request.");
    }
    if (rulesFor(repository, branch).some(({ type }) => type === "pull_request")) {
        throw new Refusal(409, "Repository rule violations found\n\nChanges must be made through a pull request.\n\n");
    }
}

export function rulesFor({ defaultBranch, rulesets }: LocalRepository, branch: string): { readonly type: string }[] {
    return [...rulesets.values()].flatMap((ruleset) => {
        const {
            conditions,
            enforcement,
            rules = [],
        } = ruleset as {
            conditions?: { ref_name?: { include?: string[] } };
            enforcement?: string;
            rules?: { type: string }[];
        };
        const include = conditions?.ref_name?.include ?? [];
        const hit = include.some(
            (pattern) =>
                pattern === "~ALL" ||
                pattern === `refs/heads/${branch}` ||
                (pattern === "~DEFAULT_BRANCH" && branch === defaultBranch),
        );
        return hit && enforcement === "active" ? rules : [];
    });
}

export function shownCommit({ api, world }: Exchange, { name, owner }: LocalRepository, commit: Commit): object {
    const person = { name: commit.author, email: `${commit.author}@users.noreply.github.com`, date: commit.at };
    const user = world.owner(commit.author);
    const url = `${api}/repos/${owner}/${name}/commits/${commit.sha}`;
    return {
        sha: commit.sha,
        url,
        html_url: `https://github.com/${owner}/${name}/commit/${commit.sha}`,
        commit: {
            url,
            message: commit.message,
            author: person,
            committer: person,
            comment_count: 0,
            tree: { sha: commit.sha, url },
        },
        author: user === undefined ? null : { login: user.login, id: user.id, type: user.type },
        committer: user === undefined ? null : { login: user.login, id: user.id, type: user.type },
        parents: commit.parents.map((sha) => ({ sha, url })),
    };
}

function branchOf(exchange: Exchange): { repository: LocalRepository; branch: string; commit: Commit } {
    const repository = repositoryIn(exchange);
    const branch = exchange.params.branch ?? "";
    const commit = repository.git.commits.get(repository.git.refs.get(`heads/${branch}`) ?? "");
    if (commit === undefined) {
        throw new Refusal(404, "Branch not found");
    }
    return { repository, branch, commit };
}

function shownBranch(exchange: Exchange, repository: LocalRepository, branch: string, commit: Commit): object {
    const url = `${exchange.api}/repos/${repository.owner}/${repository.name}/branches/${branch}`;
    const isProtected = repository.protection.has(branch) || rulesFor(repository, branch).length > 0;
    return {
        name: branch,
        commit: shownCommit(exchange, repository, commit),
        _links: { html: `https://github.com/${repository.owner}/${repository.name}/tree/${branch}`, self: url },
        protected: isProtected,
        protection: { enabled: isProtected },
        protection_url: `${url}/protection`,
    };
}

function compare(exchange: Exchange): Reply {
    const repository = repositoryIn(exchange);
    const { git } = repository;
    const [left = "", right = ""] = (exchange.params.basehead ?? "").split("...");
    const [base, head] = [git.resolve(left), git.resolve(right)];
    const common = base && head && git.mergeBase(base.sha, head.sha);
    if (base === undefined || head === undefined || common === undefined) {
        throw notFound();
    }
    const [ahead, behind] = [git.ahead(base.sha, head.sha), git.ahead(head.sha, base.sha)];
    const status =
        ahead.length > 0 && behind.length > 0
            ? "diverged"
            : ahead.length > 0
              ? "ahead"
              : behind.length > 0
                ? "behind"
                : "identical";
    return {
        status: 200,
        json: {
            status,
            ahead_by: ahead.length,
            behind_by: behind.length,
            total_commits: ahead.length,
            base_commit: shownCommit(exchange, repository, base),
            merge_base_commit: shownCommit(exchange, repository, common),
            commits: ahead.reverse().map((commit) => shownCommit(exchange, repository, commit)),
            files: changedPaths(common.tree, head.tree).map((filename) => ({
                filename,
                sha: head.tree.get(filename) ?? common.tree.get(filename),
                status: !common.tree.has(filename) ? "added" : head.tree.has(filename) ? "modified" : "removed",
            })),
        },
    };
}

/** Branches, their protection, and what differs between two. */
export const BRANCH_HANDLERS: Handlers = {
    "repos/list-branches": (exchange) => {
        const repository = repositoryIn(exchange);
        const all = [...repository.git.refs].flatMap(([ref, sha]) => {
            const commit = repository.git.commits.get(sha);
            return ref.startsWith("heads/") && commit ? [shownBranch(exchange, repository, ref.slice(6), commit)] : [];
        });
        return paged(exchange, all);
    },
    "repos/get-branch": (exchange) => {
        const { branch, commit, repository } = branchOf(exchange);
        return { status: 200, json: shownBranch(exchange, repository, branch, commit) };
    },
    "repos/rename-branch": (exchange) => {
        const { branch, commit, repository } = branchOf(exchange);
        const to = String(exchange.body.new_name);
        if (repository.git.refs.has(`heads/${to}`)) {
            throw invalid("Branch", "already_exists", "Branch already exists");
        }
        repository.git.refs.delete(`heads/${branch}`);
        repository.git.refs.set(`heads/${to}`, commit.sha);
        return { status: 201, json: shownBranch(exchange, repository, to, commit) };
    },
    "repos/get-branch-protection": (exchange) => {
        const { branch, repository } = branchOf(exchange);
        const protection = repository.protection.get(branch);
        if (protection === undefined) {
            throw new Refusal(404, "Branch not protected");
        }
        return { status: 200, json: shownProtection(protection) };
    },
    "repos/update-branch-protection": (exchange) => {
        const { branch, repository } = branchOf(exchange);
        repository.protection.set(branch, { ...exchange.body });
        return { status: 200, json: shownProtection(exchange.body) };
    },
    "repos/delete-branch-protection": (exchange) => {
        const { branch, repository } = branchOf(exchange);
        repository.protection.delete(branch);
        return { status: 204 };
    },
    "repos/compare-commits-with-basehead": compare,
    "repos/get-commit": (exchange) => {
        const repository = repositoryIn(exchange);
        const commit = repository.git.resolve(exchange.params.ref ?? "");
        if (commit === undefined) {
            throw new Refusal(422, `No commit found for SHA: ${exchange.params.ref}`);
        }
        return { status: 200, json: shownCommit(exchange, repository, commit) };
    },
    "repos/list-commits": (exchange) => {
        const repository = repositoryIn(exchange);
        const { path, sha = repository.defaultBranch } = exchange.query;
        const { git } = repository;
        const history = git.history(git.resolve(sha)?.sha ?? "").filter(({ parents, tree }) => {
            const before = git.commits.get(parents[0] ?? "")?.tree;
            return path === undefined || tree.get(path) !== before?.get(path);
        });
        return paged(
            exchange,
            history.map((commit) => shownCommit(exchange, repository, commit)),
        );
    },
};

function shownProtection({ enforce_admins, required_pull_request_reviews }: Readonly<Record<string, unknown>>): object {
    return {
        enforce_admins: { url: "https://api.github.com/", enabled: enforce_admins === true },
        ...(required_pull_request_reviews ? { required_pull_request_reviews } : {}),
    };
}
