import { type Exchange, type Handlers, notFound, paged, Refusal, type Reply, repositoryIn } from "./exchange";
import type { LocalIssue, LocalRepository, World } from "./state";

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

function issueIn(exchange: Exchange): LocalIssue {
    const repository = repositoryIn(exchange);
    const found = repository.issues.find(({ number }) => number === Number(exchange.params.issue_number));
    if (found === undefined) {
        throw notFound();
    }
    return found;
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
    const found = repository.issues
        .filter((issue) => state === "all" || issue.state === state)
        .filter((issue) => wanted.every((label) => issue.labels.some(({ name }) => name === label)))
        .filter(({ updated_at }) => updated_at >= since)
        .sort((a, b) => b.number - a.number);
    return paged(exchange, found.map(shownIssue));
}

/** Issues of a repository and their comments. */
export const ISSUE_HANDLERS: Handlers = {
    "issues/list-for-repo": list,
    "issues/get": (exchange) => ({ status: 200, json: shownIssue(issueIn(exchange)) }),
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
        const issue = issueIn(exchange);
        checkText(exchange.body);
        const at = new Date(exchange.world.now).toISOString();
        const { state } = exchange.body as { state?: string };
        Object.assign(issue, exchange.body, { updated_at: at }, state && { closed_at: state === "closed" ? at : null });
        return { status: 200, json: shownIssue(issue) };
    },
    "issues/create-comment": (exchange) => {
        const issue = issueIn(exchange);
        checkText(exchange.body);
        issue.comments.push(String(exchange.body.body));
        return { status: 201, json: { id: issue.comments.length, body: exchange.body.body, user: null } };
    },
};
