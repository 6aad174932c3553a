import { OpenAPIBackend, type Request } from "openapi-backend";
import { BRANCH_HANDLERS } from "./branches";
import { CONTENT_HANDLERS } from "./contents";
import { describedOperations } from "./description";
import { type Exchange, type Handlers, Refusal, type Reply } from "./exchange";
import { GIT_HANDLERS } from "./git-handlers";
import { ISSUE_HANDLERS } from "./issues";
import type { LoggedRequest } from "./log";
import { PACKAGE_HANDLERS } from "./packages";
import { PULL_HANDLERS } from "./pulls";
import { REPOSITORY_HANDLERS } from "./repositories";
import { checkRights, tokenHeaders } from "./rights";
import { RULESET_HANDLERS } from "./rulesets";
import { completed, type Schema } from "./sample";
import { SECRET_HANDLERS } from "./secrets";
import type { World } from "./state";
import { VARIABLE_HANDLERS } from "./variables";

const HANDLERS: Handlers = {
    ...REPOSITORY_HANDLERS,
    ...BRANCH_HANDLERS,
    ...GIT_HANDLERS,
    ...CONTENT_HANDLERS,
    ...PULL_HANDLERS,
    ...ISSUE_HANDLERS,
    ...PACKAGE_HANDLERS,
    ...SECRET_HANDLERS,
    ...VARIABLE_HANDLERS,
    ...RULESET_HANDLERS,
};

/** Operations that take what the description forgets: GitHub pages this list as it pages its siblings. */
const USER_VERSIONS = "packages/get-all-package-versions-for-package-owned-by-user";

/** Paths whose last part has slashes of its own. */
const OPEN_ENDED =
    /^(\/repos\/[^/]+\/[^/]+\/(?:contents|git\/refs?|git\/matching-refs|compare|branches(?=\/.+))\/)(.+?)((?:\/protection|\/rename)?)$/;

let described: Promise<OpenAPIBackend> | undefined;

/** Once in a process: the validators that it has made are kept. */
function description(): Promise<OpenAPIBackend> {
    described ??= (async () => {
        const definition = describedOperations(Object.keys(HANDLERS).sort());
        const api = new OpenAPIBackend({ definition, quick: true, coerceTypes: true, ajvOpts: { formats: FORMATS } });
        await api.init();
        const operation = api.getOperation(USER_VERSIONS);
        const sibling = api.getOperation(USER_VERSIONS.replace("by-user", "by-org"));
        const own = api.definition.paths?.[operation?.path ?? ""]?.get;
        if (own !== undefined && sibling !== undefined) {
            const extra = (sibling.parameters ?? []).filter(
                (parameter) => "in" in parameter && parameter.in === "query",
            );
            own.parameters = [...(own.parameters ?? []), ...(extra as never[])];
        }
        return api;
    })();
    return described;
}

/** The description names more than the validator knows. */
const FORMATS = {
    uri: true,
    "date-time": true,
    date: true,
    email: true,
    uuid: true,
    "uri-template": true,
    timestamp: true,
    "repo.nwo": true,
} as const;

/** Answers as GitHub would, and tells whatever GitHub's description does not allow. */
export class Answers {
    constructor(
        private readonly world: World,
        private readonly violations: string[],
    ) {}

    async to(logged: LoggedRequest, api: string): Promise<Reply> {
        const backend = await description();
        const { method } = logged;
        const url = this.byName(logged.url);
        const [path = "", query = ""] = url.split("?");
        const closed = path.replace(OPEN_ENDED, (_all, before, inside, after) => `${before}${encoded(inside)}${after}`);
        const request: Request = { method, path: closed, query, headers: plain(logged), body: logged.body };
        const operation = backend.matchOperation(request);
        const id = operation?.operationId;
        const handler = HANDLERS[id ?? ""];
        if (operation === undefined || id === undefined || handler === undefined) {
            return this.violation(501, `${method} ${path}: the local GitHub does not know it`);
        }
        const token = this.world.tokens.get(
            /^(?:Bearer|token) (.+)$/.exec(logged.headers.authorization ?? "")?.[1] ?? "",
        );
        if (token === undefined) {
            return refused(new Refusal(401, "Bad credentials"));
        }
        const { errors } = backend.validateRequest(request, operation);
        const problem =
            headerProblem(logged) ??
            (errors ? `the request is not as GitHub describes it: ${told(errors)}` : undefined);
        if (problem !== undefined) {
            return this.violation(422, `${method} ${logged.url} (${id}): ${problem}`);
        }
        const parsed = backend.router.parseRequest(request, operation);
        const exchange: Exchange = {
            world: this.world,
            api,
            token,
            params: decoded(parsed.params as Record<string, string>),
            query: parsed.query as Record<string, string>,
            body: (logged.body ?? {}) as Exchange["body"],
            url,
        };
        const headers = { ...tokenHeaders(id, token), "x-github-media-type": "github.v3; format=json" };
        const reply = attempt(id, handler, exchange);
        const whole = { ...reply, headers: { ...headers, ...reply.headers } };
        return reply.status < 300 ? this.checked(backend, id, whole, exchange) : whole;
    }

    /** GitHub knows every repository by its number, too. */
    private byName(url: string): string {
        return url.replace(/^\/repositories\/(\d+)/, (whole, id) => {
            const found = [...this.world.repositories.values()].find((repository) => repository.id === Number(id));
            return found === undefined ? whole : `/repos/${found.owner}/${found.name}`;
        });
    }

    private checked(backend: OpenAPIBackend, id: string, reply: Reply, { url }: Exchange): Reply {
        const operation = backend.getOperation(id);
        const described = operation?.responses?.[String(reply.status)] as {
            content?: Record<string, { schema: Schema }>;
        };
        if (described === undefined) {
            return this.violation(500, `${id}: GitHub's description has no answer ${reply.status}`);
        }
        const schema = described.content?.["application/json"]?.schema;
        if (schema === undefined) {
            return { ...reply, json: undefined };
        }
        const json = completed(schema, reply.json);
        const { errors } = backend.validateResponse(json, id, reply.status);
        return errors
            ? this.violation(500, `${url} (${id}): our own answer is not as GitHub describes it: ${told(errors)}`)
            : { ...reply, json };
    }

    private violation(status: number, sentence: string): Reply {
        this.violations.push(sentence);
        return { status, json: { message: sentence } };
    }
}

function attempt(id: string, handler: (exchange: Exchange) => Reply, exchange: Exchange): Reply {
    try {
        checkRights(id, exchange);
        return handler(exchange);
    } catch (error) {
        if (error instanceof Refusal) {
            return refused(error);
        }
        throw error;
    }
}

function refused({ errors, headers, message, status }: Refusal): Reply {
    const json = {
        message,
        ...(errors === undefined ? {} : { errors }),
        documentation_url: "https://docs.github.com/rest",
        status: String(status),
    };
    return { status, json, headers };
}

/** What GitHub asks of every program; the provider's own client is held to less. */
function headerProblem({ headers }: LoggedRequest): string | undefined {
    if (headers["user-agent"] === undefined) {
        return "the request has no User-Agent";
    }
    const ours = headers["user-agent"] === "transship";
    const right = headers.accept === "application/vnd.github+json" && headers["x-github-api-version"] === "2022-11-28";
    return ours && !right ? "the headers that the documentation asks for are not there" : undefined;
}

function told(errors: readonly { instancePath?: string; message?: string; params?: unknown }[]): string {
    return errors
        .slice(0, 4)
        .map(({ instancePath = "", message = "", params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
        .join("; ");
}

function plain({ headers }: LoggedRequest): Record<string, string | string[]> {
    return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
    >;
}

function encoded(text: string): string {
    return encodeURIComponent(decodeURIComponent(text));
}

function decoded(params: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(String(value))]));
}
