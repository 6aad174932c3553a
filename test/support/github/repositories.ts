import {
    type Exchange,
    type Handlers,
    invalid,
    notFound,
    ownerIn,
    paged,
    Refusal,
    type Reply,
    repositoryIn,
} from "./exchange";
import type { LocalOwner, LocalRepository } from "./state";

export function shownOwner({ id, login, type }: LocalOwner, api: string): object {
    const kind = type === "Organization" ? "orgs" : "users";
    return {
        id,
        login,
        type,
        url: `${api}/${kind}/${login}`,
        html_url: `https://github.com/${login}`,
        node_id: `O_${id}`,
    };
}

export function shownRepository(exchange: Exchange, repository: LocalRepository): Record<string, unknown> {
    const { api, token, world } = exchange;
    const { archived, defaultBranch, description, hasIssues, id, name, settings, topics, visibility } = repository;
    const owner = world.owner(repository.owner);
    const full = `${repository.owner}/${name}`;
    const admin = owner !== undefined && (owner.login === token.login || owner.admins.includes(token.login ?? ""));
    return {
        ...settings,
        id,
        node_id: `R_${id}`,
        name,
        full_name: full,
        owner: owner === undefined ? { login: repository.owner, type: "User" } : shownOwner(owner, api),
        private: visibility !== "public",
        visibility,
        archived,
        default_branch: defaultBranch,
        description,
        topics,
        has_issues: hasIssues,
        html_url: `https://github.com/${full}`,
        url: `${api}/repos/${full}`,
        // A job's own token is told of no permissions.
        ...(token.login === undefined ? {} : { permissions: { admin, push: admin, pull: true } }),
    };
}

function create(exchange: Exchange, owner: LocalOwner): Reply {
    const { body, world } = exchange;
    const name = String(body.name);
    const full = `${owner.login}/${name}`;
    if (world.repository(full) !== undefined) {
        const errors = [
            { resource: "Repository", code: "custom", field: "name", message: "name already exists on this account" },
        ];
        throw new Refusal(422, "Repository creation failed.", {}, errors);
    }
    const files = body.auto_init === true ? { "README.md": `# ${name}\n` } : undefined;
    const made = world.addRepository(full, files);
    change(made, { ...body, visibility: body.visibility ?? (body.private === true ? "private" : "public") });
    return { status: 201, json: shownRepository(exchange, made) };
}

const KEPT =
    /^(allow_|delete_branch_on_merge|has_|is_template|homepage|merge_commit_|squash_merge_|use_squash|web_commit)/;

function change(repository: LocalRepository, body: Readonly<Record<string, unknown>>): void {
    const { archived, default_branch, description, has_issues, visibility } = body;
    Object.assign(repository, {
        ...(archived === undefined ? {} : { archived }),
        ...(default_branch === undefined ? {} : { defaultBranch: default_branch }),
        ...(description === undefined ? {} : { description }),
        ...(has_issues === undefined ? {} : { hasIssues: has_issues }),
        ...(visibility === undefined ? {} : { visibility }),
    });
    Object.assign(repository.settings, Object.fromEntries(Object.entries(body).filter(([name]) => KEPT.test(name))));
}

/** Owners and repositories. */
export const REPOSITORY_HANDLERS: Handlers = {
    "users/get-by-username": (exchange) => ({ status: 200, json: shownOwner(ownerIn(exchange), exchange.api) }),
    "orgs/get": (exchange) => ({ status: 200, json: shownOwner(ownerIn(exchange), exchange.api) }),
    "users/get-authenticated": ({ api, token, world }) => {
        const user = world.owner(token.login ?? "");
        if (user === undefined) {
            throw new Refusal(403, "Resource not accessible by integration");
        }
        return { status: 200, json: shownOwner(user, api) };
    },
    "rate-limit/get": () => ({ status: 200, json: {} }),
    "repos/get": (exchange) => ({ status: 200, json: shownRepository(exchange, repositoryIn(exchange)) }),
    "repos/create-in-org": (exchange) => create(exchange, ownerIn(exchange)),
    "repos/create-for-authenticated-user": (exchange) => {
        const user = exchange.world.owner(exchange.token.login ?? "");
        if (user === undefined) {
            throw notFound();
        }
        return create(exchange, user);
    },
    "repos/update": (exchange) => {
        const repository = repositoryIn(exchange);
        const { body, world } = exchange;
        if (repository.archived && body.archived !== false) {
            throw new Refusal(403, "Repository was archived so is read-only.");
        }
        const before = `${repository.owner}/${repository.name}`;
        if (typeof body.name === "string" && body.name !== repository.name) {
            const after = `${repository.owner}/${body.name}`;
            if (world.repository(after) !== undefined) {
                throw invalid("Repository", "custom", "name already exists on this account", "name");
            }
            rename(exchange, repository, before, after);
        }
        change(repository, body);
        return { status: 200, json: shownRepository(exchange, repository) };
    },
    "repos/delete": (exchange) => {
        const { name, owner } = repositoryIn(exchange);
        exchange.world.repositories.delete(`${owner}/${name}`.toLowerCase());
        return { status: 204 };
    },
    "repos/list-for-org": (exchange) => {
        const { login } = ownerIn(exchange);
        const all = [...exchange.world.repositories.values()].filter(({ owner }) => owner === login);
        return paged(
            exchange,
            all.map((one) => shownRepository(exchange, one)),
        );
    },
    "repos/get-all-topics": (exchange) => ({ status: 200, json: { names: repositoryIn(exchange).topics } }),
    "repos/replace-all-topics": (exchange) => {
        const repository = repositoryIn(exchange);
        repository.topics = exchange.body.names as string[];
        return { status: 200, json: { names: repository.topics } };
    },
    "repos/check-vulnerability-alerts": (exchange) => {
        if (!repositoryIn(exchange).vulnerabilityAlerts) {
            throw new Refusal(404, "Vulnerability alerts are disabled.");
        }
        return { status: 204 };
    },
    "repos/enable-vulnerability-alerts": (exchange) => switchAlerts(exchange, true),
    "repos/disable-vulnerability-alerts": (exchange) => switchAlerts(exchange, false),
};

function rename({ world }: Exchange, repository: LocalRepository, before: string, after: string): void {
    world.repositories.delete(before.toLowerCase());
    world.repositories.set(after.toLowerCase(), repository);
    world.renamed.set(before.toLowerCase(), after);
    repository.name = after.split("/")[1] ?? after;
}

function switchAlerts(exchange: Exchange, on: boolean): Reply {
    repositoryIn(exchange).vulnerabilityAlerts = on;
    return { status: 204 };
}
