import type { LoggedRequest } from "../github/log";
import { type Match, SwaggerValidator } from "../swagger";
import { CONFIGURATION_HANDLERS } from "./configuration";
import { type Exchange, forbidden, type Handlers, Refusal, type Reply } from "./exchange";
import { asGo } from "./go-json";
import { IMMUTABLE_RULE_HANDLERS } from "./immutable-rules";
import { LABEL_HANDLERS } from "./labels";
import { MEMBER_HANDLERS } from "./members";
import { PREHEAT_HANDLERS } from "./preheat";
import { PROJECT_METADATA_HANDLERS } from "./project-metadatas";
import { PROJECT_HANDLERS } from "./projects";
import { QUOTA_HANDLERS } from "./quotas";
import { REGISTRY_HANDLERS } from "./registries";
import { REPLICATION_EXECUTION_HANDLERS } from "./replication-executions";
import { REPLICATION_POLICY_HANDLERS } from "./replication-policies";
import { REPOSITORY_HANDLERS } from "./repositories";
import { RETENTION_HANDLERS } from "./retentions";
import { actorOf } from "./rights";
import { PERMISSION_HANDLERS } from "./robot-permissions";
import { ROBOT_HANDLERS } from "./robots";
import { SCHEDULE_HANDLERS } from "./schedules";
import type { World } from "./state";
import { USER_HANDLERS } from "./users";
import { WEBHOOK_HANDLERS } from "./webhooks";

export const HANDLERS: Handlers = {
    ...PROJECT_HANDLERS,
    ...PROJECT_METADATA_HANDLERS,
    ...REPOSITORY_HANDLERS,
    ...REGISTRY_HANDLERS,
    ...REPLICATION_POLICY_HANDLERS,
    ...REPLICATION_EXECUTION_HANDLERS,
    ...ROBOT_HANDLERS,
    ...PERMISSION_HANDLERS,
    ...RETENTION_HANDLERS,
    ...IMMUTABLE_RULE_HANDLERS,
    ...SCHEDULE_HANDLERS,
    ...QUOTA_HANDLERS,
    ...MEMBER_HANDLERS,
    ...WEBHOOK_HANDLERS,
    ...LABEL_HANDLERS,
    ...PREHEAT_HANDLERS,
    ...CONFIGURATION_HANDLERS,
    ...USER_HANDLERS,
};

/**
 * Answers that Harbor's code gives and its description leaves out; whatever else is not described is a fault of ours.
 * 401 and 403 come before any other, on every path. (src/server/v2.0/handler; errors of src/pkg and src/controller)
 */
const UNDESCRIBED: Readonly<Record<string, readonly number[]>> = {
    "POST /robots": [409],
    "POST /projects/{project_name_or_id}/metadatas/": [409],
    "POST /projects/{project_name_or_id}/members": [404],
    "GET /projects/{project_name_or_id}/immutabletagrules": [404],
    "POST /projects/{project_name_or_id}/immutabletagrules": [409],
    "GET /projects/{project_name_or_id}/webhook/policies": [404],
    "GET /projects/{project_name_or_id}/webhook/events": [404],
    "POST /projects/{project_name_or_id}/webhook/policies": [404, 409],
    "PUT /projects/{project_name_or_id}/webhook/policies/{webhook_policy_id}": [409],
    "GET /replication/policies/{id}": [404],
    "POST /replication/policies": [404],
    "POST /replication/executions": [404, 412],
    "GET /replication/executions/{id}/tasks": [404],
    "POST /retentions": [404, 409],
    "GET /retentions/{id}": [404],
    "PUT /retentions/{id}": [400, 404, 409],
    "DELETE /retentions/{id}": [400],
    "POST /retentions/{id}/executions": [400],
    "GET /retentions/{id}/executions": [400],
    "PATCH /retentions/{id}/executions/{eid}": [400, 404],
    "GET /retentions/{id}/executions/{eid}/tasks": [400, 404],
    "POST /labels": [404],
    "GET /labels": [404],
    "POST /projects/{project_name}/preheat/policies": [404],
    "GET /projects/{project_name}/preheat/policies": [404],
    "DELETE /p2p/preheat/instances/{preheat_instance_name}": [412],
    "PUT /p2p/preheat/instances/{preheat_instance_name}": [409, 412],
};

let described: SwaggerValidator | undefined;

/** Answers as Harbor would, and tells whatever Harbor's description does not allow. */
export class Answers {
    // Once in a process: to read it takes as long as many requests.
    private readonly description: SwaggerValidator;

    constructor(
        private readonly world: World,
        private readonly violations: string[],
    ) {
        described ??= new SwaggerValidator();
        this.description = described;
    }

    to(logged: LoggedRequest): Reply {
        const { body, headers, method } = logged;
        // What is encoded once is a slash to the proxy in front of Harbor.
        const url = logged.url.replace(/%2f/gi, "/");
        const [path = ""] = url.split("?");
        const match = this.description.match(method, url);
        if (match === undefined) {
            return this.violation(404, "NOT_FOUND", `${method} ${path} is not in Harbor's description`);
        }
        const handler = HANDLERS[match.key];
        if (handler === undefined) {
            return this.violation(501, "UNKNOWN", `${match.key}: the local Harbor does not know it`);
        }
        const problems = [
            ...this.description.requestProblems(match, { method, url, body }),
            ...headerProblems(match, logged),
        ];
        if (problems.length > 0) {
            return this.violation(422, "UNPROCESSABLE_ENTITY", problems.join("; "));
        }
        const query = Object.fromEntries(new URL(url, "http://harbor").searchParams);
        const actor = actorOf(this.world, headers.authorization);
        const exchange = { world: this.world, actor, params: match.params, query, body: body ?? {}, headers, url };
        return this.checked(
            match,
            logged,
            attempt(() => answer(method, handler, exchange)),
        );
    }

    private checked(match: Match, logged: LoggedRequest, reply: Reply): Reply {
        const { described: isDescribed, schema } = this.description.answerSchema(match, reply.status);
        if (!isDescribed && reply.status !== 403 && !UNDESCRIBED[match.key]?.includes(reply.status)) {
            return this.violation(500, "UNKNOWN", `${match.key}: Harbor's description has no answer ${reply.status}`);
        }
        if (reply.json === undefined || !isDescribed) {
            return reply;
        }
        const json = asGo(this.description.swagger.definitions, schema, reply.json);
        const problems = this.description.answerProblems(match, logged, reply.status, json);
        return problems.length === 0
            ? { ...reply, json }
            : this.violation(500, "UNKNOWN", `our own answer is not as Harbor describes it: ${problems.join("; ")}`);
    }

    private violation(status: number, code: string, sentence: string): Reply {
        this.violations.push(sentence);
        return refused(new Refusal(status, code, sentence));
    }
}

/** A session's cookie wants a token beside it; Basic authentication, without one, does not. (src/server/middleware/csrf/csrf.go) */
function answer(method: string, handler: Handlers[string], exchange: Exchange): Reply {
    const { cookie = "", "x-harbor-csrf-token": token } = exchange.headers;
    if (String(cookie).includes("sid=") && !["GET", "HEAD"].includes(method) && token === undefined) {
        throw forbidden("CSRF token not found in request");
    }
    return handler(exchange);
}

function attempt(work: () => Reply): Reply {
    try {
        return work();
    } catch (error) {
        if (error instanceof Refusal) {
            return refused(error);
        }
        throw error;
    }
}

function refused({ code, message, status }: Refusal): Reply {
    return { status, json: { errors: [{ code, message }] } };
}

function headerProblems({ key, parameters }: Match, { body, headers }: LoggedRequest): string[] {
    const type = headers["content-type"] ?? "";
    const isJson = body === undefined || /^application\/json\b/.test(type);
    const flags = ["X-Is-Resource-Name", "X-Resource-Name-In-Location"].flatMap((name) => {
        const value = headers[name.toLowerCase()];
        const isKnown = parameters.some((parameter) => parameter.in === "header" && parameter.name === name);
        return value === undefined || (isKnown && /^(true|false)$/.test(String(value)))
            ? []
            : [`${key}: ${name} is ${value}`];
    });
    return [...(isJson ? [] : [`${key}: the body is ${type || "of no type"}`]), ...flags];
}
