import { type Exchange, type Handlers, notFound, paged, Refusal, type Reply, repositoryIn } from "./exchange";
import type { LocalIssue, LocalPull, LocalRepository, World } from "./state";

/** What GitHub stores; a longer body is refused with 422. */
const MAX_BODY = 65_536;

export function addIssue(world: World, repository: LocalRepository, issue: Partial<LocalIssue> = {}): LocalIssue {
    const number = Math.max(0, ...repository.pulls.keys(), ...repository.issues.map((one) => one.number)) + 1;
    const at = new Date(world.now).toISOString();
    const made: LocalIssue = {
        number,
        html_url: `https://github.com/${repository.owner}/${repository.name}/issues/${number}`,
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
    repository.issues.push(made);
    return made;
}

function shownIssue({ comments, user, ...issue }: LocalIssue): object {
    return {
        ...issue,
        id: issue.number + 500_000,
        node_id: `I_${issue.number}`,
        user: user === null ? null : { ...user, id: 41898282 },
        assignee: null,
        milestone: null,
        locked: false,
        comments: comments.length,
    };
}

/** Every pull request is an issue, too. */
function ofPull({ name, owner }: LocalRepository, pull: LocalPull): LocalIssue {
    const html_url = `https://github.com/${owner}/${name}/pull/${pull.number}`;
    return {
        number: pull.number,
        html_url,
        title: pull.title,
        body: pull.body,
        state: pull.state,
        state_reason: null,
        created_at: pull.createdAt,
        updated_at: pull.updatedAt,
        closed_at: pull.state === "closed" ? pull.updatedAt : null,
        author_association: "MEMBER",
        user: { login: pull.author, type: "User" },
        labels: pull.labels,
        comments: pull.comments,
        pull_request: { html_url, url: html_url, diff_url: html_url, patch_url: html_url },
    };
}

/** What a change goes to, and how it is shown. */
function issueIn(exchange: Exchange): { target: LocalIssue | LocalPull; shown: () => object } {
    const repository = repositoryIn(exchange);
    const number = Number(exchange.params.issue_number);
    const issue = repository.issues.find((one) => one.number === number);
    if (issue !== undefined) {
        return { target: issue, shown: () => shownIssue(issue) };
    }
    const pull = repository.pulls.get(number);
    if (pull === undefined) {
        throw notFound();
    }
    return { target: pull, shown: () => shownIssue(ofPull(repository, pull)) };
}

/** GitHub's own limits, which its description does not have. */
function checkText(body: Readonly<Record<string, unknown>>): void {
    if (String(body.body ?? "").length > MAX_BODY || String(body.title ?? "").length > 256) {
        throw new Refusal(422, "Validation Failed", {}, [
            { message: "body is too long (maximum is 65536 characters)" },
        ]);
    }
}

function list(exchange: Exchange): Reply {
    const repository = repositoryIn(exchange);
    const { labels = "", since = "", state = "open" } = exchange.query;
    const wanted = labels.split(",").filter((name) => name !== "");
    const pulls = [...repository.pulls.values()].map((pull) => ofPull(repository, pull));
    const found = [...repository.issues, ...pulls]
        .filter((issue) => state === "all" || issue.state === state)
        .filter((issue) => wanted.every((label) => issue.labels.some(({ name }) => name === label)))
        .filter(({ updated_at }) => updated_at >= since)
        .sort((a, b) => b.number - a.number);
    return paged(exchange, found.map(shownIssue));
}

/** Issues of a repository and their comments. */
export const ISSUE_HANDLERS: Handlers = {
    "issues/list-for-repo": list,
    "issues/get": (exchange) => ({ status: 200, json: issueIn(exchange).shown() }),
    "issues/create": (exchange) => {
        const repository = repositoryIn(exchange);
        if (!repository.hasIssues) {
            throw new Refusal(410, "Issues has been disabled in this repository.");
        }
        checkText(exchange.body);
        const {
            body = null,
            labels = [],
            title,
        } = exchange.body as { title: string; body?: string; labels?: string[] };
        const { login } = exchange.token;
        const made = addIssue(exchange.world, repository, {
            title,
            body,
            labels: labels.map((name) => ({ name })),
            author_association: login === undefined ? "NONE" : "MEMBER",
            user: login === undefined ? { login: "github-actions[bot]", type: "Bot" } : { login, type: "User" },
        });
        return { status: 201, json: shownIssue(made) };
    },
    "issues/update": (exchange) => {
        const { shown, target } = issueIn(exchange);
        checkText(exchange.body);
        const at = new Date(exchange.world.now).toISOString();
        const { state } = exchange.body as { state?: string };
        const more =
            "html_url" in target
                ? { updated_at: at, ...(state && { closed_at: state === "closed" ? at : null }) }
                : { updatedAt: at };
        const { labels } = exchange.body as { labels?: string[] };
        Object.assign(target, exchange.body, more, labels && { labels: labels.map((name) => ({ name })) });
        return { status: 200, json: shown() };
    },
    "issues/create-comment": (exchange) => {
        const { target } = issueIn(exchange);
        checkText(exchange.body);
        target.comments.push(String(exchange.body.body));
        return { status: 201, json: { id: target.comments.length, body: exchange.body.body, user: null } };
    },
    "issues/add-labels": (exchange) => {
        const { target } = issueIn(exchange);
        const names = exchange.body.labels as string[];
        const missing = names.filter((name) => target.labels.every((label) => label.name !== name));
        target.labels.push(...missing.map((name) => ({ name })));
        const json = target.labels.map(({ name }, id) => ({
            id,
            name,
            color: "ededed",
            default: false,
            description: null,
        }));
        return { status: 200, json };
    },
};
