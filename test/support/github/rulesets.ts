import { type Exchange, type Handlers, notFound, paged, Refusal, repositoryIn } from "./exchange";
import type { LocalRepository } from "./state";

function shown(repository: LocalRepository, id: number, ruleset: Readonly<Record<string, unknown>>): object {
    return {
        ...ruleset,
        id,
        node_id: `RRS_${id}`,
        source_type: "Repository",
        source: `${repository.owner}/${repository.name}`,
        target: ruleset.target ?? "branch",
        current_user_can_bypass: "never",
    };
}

function rulesetIn(exchange: Exchange): { repository: LocalRepository; id: number; ruleset: Record<string, unknown> } {
    const repository = repositoryIn(exchange);
    const id = Number(exchange.params.ruleset_id);
    const ruleset = repository.rulesets.get(id);
    if (ruleset === undefined) {
        throw notFound();
    }
    return { repository, id, ruleset };
}

/** Rulesets of a repository, as they were sent. */
export const RULESET_HANDLERS: Handlers = {
    "repos/get-repo-rulesets": (exchange) => {
        const repository = repositoryIn(exchange);
        const all = [...repository.rulesets].map(([id, { name, enforcement, target }]) =>
            shown(repository, id, { name, enforcement, target }),
        );
        return paged(exchange, all);
    },
    "repos/create-repo-ruleset": (exchange) => {
        const repository = repositoryIn(exchange);
        if ([...repository.rulesets.values()].some(({ name }) => name === exchange.body.name)) {
            throw new Refusal(422, "Validation Failed", {}, [{ message: "Name must be unique" }]);
        }
        const id = exchange.world.id();
        repository.rulesets.set(id, { ...exchange.body });
        return { status: 201, json: shown(repository, id, exchange.body) };
    },
    "repos/get-repo-ruleset": (exchange) => {
        const { id, repository, ruleset } = rulesetIn(exchange);
        return { status: 200, json: shown(repository, id, ruleset) };
    },
    "repos/update-repo-ruleset": (exchange) => {
        const { id, repository, ruleset } = rulesetIn(exchange);
        Object.assign(ruleset, exchange.body);
        return { status: 200, json: shown(repository, id, ruleset) };
    },
    "repos/delete-repo-ruleset": (exchange) => {
        const { id, repository } = rulesetIn(exchange);
        repository.rulesets.delete(id);
        return { status: 204 };
    },
};
