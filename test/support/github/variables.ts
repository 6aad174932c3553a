import { type Exchange, type Handlers, notFound, paged, Refusal, repositoryIn } from "./exchange";
import { checkName, placeIn, selectedHandlers, selection } from "./secrets";
import { type LocalVariable, places } from "./state";

function shown({ api, params }: Exchange, variable: LocalVariable): object {
    const { createdAt, name, updatedAt, value, visibility } = variable;
    return {
        name,
        value,
        created_at: createdAt,
        updated_at: updatedAt,
        ...(visibility === undefined ? {} : { visibility }),
        ...(visibility === "selected"
            ? { selected_repositories_url: `${api}/orgs/${params.org}/actions/variables/${name}/repositories` }
            : {}),
    };
}

function handlersOf(level: "repo" | "org" | "environment"): Handlers {
    const inside = (exchange: Exchange): Map<string, LocalVariable> => placeIn(exchange, level).variables;
    const variableIn = (exchange: Exchange): LocalVariable => {
        const found = inside(exchange).get((exchange.params.name ?? "").toUpperCase());
        if (found === undefined) {
            throw notFound();
        }
        return found;
    };
    return {
        [`actions/list-${level}-variables`]: (exchange) =>
            paged(
                exchange,
                [...inside(exchange).values()].map((variable) => shown(exchange, variable)),
                "variables",
            ),
        [`actions/get-${level}-variable`]: (exchange) => ({ status: 200, json: shown(exchange, variableIn(exchange)) }),
        [`actions/create-${level}-variable`]: (exchange) => {
            const { name, value, visibility } = exchange.body as { name: string; value: string; visibility?: "all" };
            checkName(name);
            const variables = inside(exchange);
            if (variables.has(name.toUpperCase())) {
                throw new Refusal(409, "Already exists - Variable already exists");
            }
            const at = exchange.world.at();
            variables.set(name.toUpperCase(), {
                name: name.toUpperCase(),
                value,
                createdAt: at,
                updatedAt: at,
                ...(visibility === undefined ? {} : { visibility }),
                ...(exchange.body.visibility === "selected" ? { selected: selection(exchange, []) } : {}),
            });
            return { status: 201, json: {} };
        },
        [`actions/update-${level}-variable`]: (exchange) => {
            const variable = variableIn(exchange);
            const { value, visibility } = exchange.body as Partial<LocalVariable>;
            Object.assign(variable, {
                ...(value === undefined ? {} : { value }),
                ...(visibility === undefined ? {} : { visibility }),
                updatedAt: exchange.world.at(),
            });
            if (variable.visibility === "selected") {
                variable.selected = selection(exchange, variable.selected);
            }
            return { status: 204 };
        },
        [`actions/delete-${level}-variable`]: (exchange) => {
            inside(exchange).delete(variableIn(exchange).name);
            return { status: 204 };
        },
        ...(level === "org" ? selectedHandlers("actions", "variable", variableIn) : {}),
    };
}

/** Actions variables, and the environments that some of them are in. */
export const VARIABLE_HANDLERS: Handlers = {
    ...handlersOf("repo"),
    ...handlersOf("org"),
    ...handlersOf("environment"),
    "repos/get-all-environments": (exchange) => {
        const all = [...repositoryIn(exchange).environments.values()];
        return paged(
            exchange,
            all.map(({ id, name }) => ({ id, name })),
            "environments",
        );
    },
    "repos/get-environment": (exchange) => {
        const found = repositoryIn(exchange).environments.get((exchange.params.environment_name ?? "").toLowerCase());
        if (found === undefined) {
            throw notFound();
        }
        return {
            status: 200,
            json: { id: found.id, name: found.name, node_id: `EN_${found.id}`, protection_rules: [] },
        };
    },
    "repos/create-or-update-environment": (exchange) => {
        const { environments } = repositoryIn(exchange);
        const name = exchange.params.environment_name ?? "";
        const before = environments.get(name.toLowerCase());
        const made = before ?? { ...places(), id: exchange.world.id(), name, settings: {} };
        made.settings = exchange.body;
        environments.set(name.toLowerCase(), made);
        return { status: 200, json: { id: made.id, name: made.name, node_id: `EN_${made.id}`, protection_rules: [] } };
    },
    "repos/delete-an-environment": (exchange) => {
        repositoryIn(exchange).environments.delete((exchange.params.environment_name ?? "").toLowerCase());
        return { status: 204 };
    },
};
