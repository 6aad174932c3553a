import { generateKeyPairSync } from "node:crypto";
import {
    type Exchange,
    type Handler,
    type Handlers,
    notFound,
    ownerIn,
    paged,
    Refusal,
    repositoryIn,
} from "./exchange";
import { shownRepository } from "./repositories";
import type { LocalRepository, LocalSecret, Places } from "./state";

const APPS = ["actions", "dependabot", "codespaces"] as const;
/** Bytes that libsodium's sealed box adds to what it seals. */
const SEAL = 48;
const MAX_VALUE = 48 * 1024;
const LIMIT = { repo: 100, org: 1000, environment: 100 } as const;

type Level = keyof typeof LIMIT;

/** A real X25519 key, so that whoever seals a value for it, can. */
const KEY = generateKeyPairSync("x25519")
    .publicKey.export({ format: "der", type: "spki" })
    .subarray(-32)
    .toString("base64");
export const KEY_ID = "568250167242549743";

export function placeIn(exchange: Exchange, level: Level): Places {
    if (level === "org") {
        return ownerIn(exchange).places;
    }
    const repository = repositoryIn(exchange);
    if (level === "repo") {
        return repository.places;
    }
    const environment = repository.environments.get((exchange.params.environment_name ?? "").toLowerCase());
    if (environment === undefined) {
        throw notFound();
    }
    return environment;
}

function shown({ api, params, url }: Exchange, { createdAt, name, updatedAt, visibility }: LocalSecret): object {
    const app = url.split("/")[3];
    return {
        name,
        created_at: createdAt,
        updated_at: updatedAt,
        ...(visibility === undefined ? {} : { visibility }),
        ...(visibility === "selected"
            ? { selected_repositories_url: `${api}/orgs/${params.org}/${app}/secrets/${name}/repositories` }
            : {}),
    };
}

/** What GitHub refuses of a name. (https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets) */
export function checkName(name: string): void {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new Refusal(
            422,
            "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).",
        );
    }
    if (/^GITHUB_/i.test(name)) {
        throw new Refusal(422, "Secret names must not start with GITHUB_.");
    }
}

function checkSealed(encrypted: unknown, keyId: unknown): string {
    const bytes = Buffer.from(String(encrypted ?? ""), "base64");
    if (keyId !== KEY_ID) {
        throw new Refusal(422, "The key_id does not match the public key.");
    }
    if (bytes.length < SEAL) {
        throw new Refusal(422, "Bad value: it is not encrypted");
    }
    if (bytes.length - SEAL > MAX_VALUE) {
        throw new Refusal(422, "Secret value is too large");
    }
    return String(encrypted);
}

/** Which repositories of the organisation a body selects. */
export function selection(exchange: Exchange, before: number[] | undefined): number[] {
    const ids = exchange.body.selected_repository_ids as (number | string)[] | undefined;
    return ids === undefined ? (before ?? []) : ids.map(Number);
}

function handlersOf(app: (typeof APPS)[number], level: Level): Handlers {
    const inside = (exchange: Exchange): Map<string, LocalSecret> => {
        const found = placeIn(exchange, level).secrets.get(app);
        if (found === undefined) {
            throw notFound();
        }
        return found;
    };
    const secretIn = (exchange: Exchange): LocalSecret => {
        const found = inside(exchange).get((exchange.params.secret_name ?? "").toUpperCase());
        if (found === undefined) {
            throw notFound();
        }
        return found;
    };
    const put: Handler = (exchange) => {
        const name = exchange.params.secret_name ?? "";
        checkName(name);
        const { encrypted_value, key_id, visibility } = exchange.body;
        const encrypted = checkSealed(encrypted_value, key_id);
        const secrets = inside(exchange);
        const before = secrets.get(name.toUpperCase());
        if (before === undefined && secrets.size >= LIMIT[level]) {
            throw new Refusal(422, `You have reached the limit of ${LIMIT[level]} secrets.`);
        }
        const at = exchange.world.at();
        const made: LocalSecret = {
            name: name.toUpperCase(),
            encrypted,
            createdAt: before?.createdAt ?? at,
            updatedAt: at,
            writes: (before?.writes ?? 0) + 1,
            ...(level === "org" ? { visibility: visibility as LocalSecret["visibility"] } : {}),
            ...(visibility === "selected" ? { selected: selection(exchange, before?.selected) } : {}),
        };
        secrets.set(made.name, made);
        return before === undefined ? { status: 201, json: {} } : { status: 204 };
    };
    const kind = level === "environment" ? "environment" : level;
    return {
        [`${app}/list-${kind}-secrets`]: (exchange) =>
            paged(
                exchange,
                [...inside(exchange).values()].map((secret) => shown(exchange, secret)),
                "secrets",
            ),
        [`${app}/get-${kind}-public-key`]: (exchange) => {
            inside(exchange);
            return { status: 200, json: { key_id: KEY_ID, key: KEY } };
        },
        [`${app}/get-${kind}-secret`]: (exchange) => ({ status: 200, json: shown(exchange, secretIn(exchange)) }),
        [`${app}/create-or-update-${kind}-secret`]: put,
        [`${app}/delete-${kind}-secret`]: (exchange) => {
            inside(exchange).delete(secretIn(exchange).name);
            return { status: 204 };
        },
        ...(level === "org" ? selectedHandlers(app, "secret", secretIn) : {}),
    };
}

/** The repositories that may read an organisation's secret or variable. */
export function selectedHandlers(
    app: string,
    what: "secret" | "variable",
    found: (exchange: Exchange) => { visibility?: string; selected?: number[] },
): Handlers {
    const selectable = (exchange: Exchange): { selected?: number[] } => {
        const one = found(exchange);
        if (one.visibility !== "selected") {
            throw new Refusal(409, `Visibility is not set to selected`);
        }
        return one;
    };
    const numbered = (exchange: Exchange): number => Number(exchange.params.repository_id);
    return {
        [`${app}/list-selected-repos-for-org-${what}`]: (exchange) => {
            const { selected = [] } = selectable(exchange);
            const all: LocalRepository[] = [...exchange.world.repositories.values()];
            const chosen = all.filter(({ id }) => selected.includes(id));
            return paged(
                exchange,
                chosen.map((one) => shownRepository(exchange, one)),
                "repositories",
            );
        },
        [`${app}/set-selected-repos-for-org-${what}`]: (exchange) => {
            selectable(exchange).selected = selection(exchange, []);
            return { status: 204 };
        },
        [`${app}/add-selected-repo-to-org-${what}`]: (exchange) => {
            const one = selectable(exchange);
            one.selected = [...new Set([...(one.selected ?? []), numbered(exchange)])];
            return { status: 204 };
        },
        [`${app}/remove-selected-repo-from-org-${what}`]: (exchange) => {
            const one = selectable(exchange);
            one.selected = (one.selected ?? []).filter((id) => id !== numbered(exchange));
            return { status: 204 };
        },
    };
}

/** Names and dates of secrets; what is stored is what was sent: sealed. */
export const SECRET_HANDLERS: Handlers = Object.assign(
    {},
    ...APPS.flatMap((app) => [handlersOf(app, "repo"), handlersOf(app, "org")]),
    handlersOf("actions", "environment"),
);
