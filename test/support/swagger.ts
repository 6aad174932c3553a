import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { parse } from "yaml";

/** Harbor's own description of its API, which is not ours to ship: https://github.com/goharbor/harbor, api/v2.0/swagger.yaml. */
const PLACE = process.env.TRANSSHIP_HARBOR_API ?? join(__dirname, "..", "..", "..", "shared", "harbor-v2.yaml");

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
    readonly $ref?: string;
    readonly name: string;
    readonly in: "query" | "path" | "body" | "header";
    readonly required?: boolean;
    readonly type?: string;
    readonly maximum?: number;
    readonly enum?: readonly string[];
    readonly schema?: Schema;
}

interface Answer {
    readonly $ref?: string;
    readonly schema?: Schema;
}

interface Operation {
    readonly parameters?: readonly Parameter[];
    readonly responses: Readonly<Record<string, Answer>>;
}

interface Swagger {
    readonly basePath: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly definitions: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Answer>>;
}

export interface RequestSeen {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly body: unknown;
}

export interface ExchangeSeen extends RequestSeen {
    readonly status: number;
    readonly answer: unknown;
}

/** An operation that a path belongs to. */
export interface Match {
    /** `GET /projects/{project_name_or_id}` */
    readonly key: string;
    /** As they stand in the path: decoded once. */
    readonly params: Readonly<Record<string, string>>;
    readonly parameters: readonly Parameter[];
    readonly responses: Readonly<Record<string, Answer>>;
}

/** Where the description is not, why; tests of it say so and are skipped. */
export const swaggerAbsent = existsSync(PLACE)
    ? undefined
    : "Harbor's API description was not found: put its swagger.yaml at ../shared/harbor-v2.yaml, or name it in TRANSSHIP_HARBOR_API";

/** Holds exchanges to a Swagger 2 description: the path, the parameters, the body and the answer of each. */
export class SwaggerValidator {
    readonly swagger: Swagger = parse(readFileSync(PLACE, "utf8"));
    private readonly ajv = new Ajv({
        strict: false,
        allErrors: true,
        formats: { int: true, int8: true, int32: true, int64: true, "date-time": true },
    });
    private readonly compiled = new Map<object, ValidateFunction>();

    constructor() {
        const { definitions } = this.swagger;
        this.ajv.addSchema({ $id: "request", definitions: prepared(definitions, false) });
        this.ajv.addSchema({ $id: "answer", definitions: prepared(definitions, true) });
    }

    /** What is wrong with an exchange, one sentence each. */
    problems({ answer, status, ...request }: ExchangeSeen): string[] {
        const match = this.match(request.method, request.url);
        if (match === undefined) {
            return [`${request.method} ${path(request.url)} is not in the description`];
        }
        return [...this.requestProblems(match, request), ...this.answerProblems(match, request, status, answer)];
    }

    /** The operation of a path, of which those without parameters come first, as routers have it. */
    match(method: string, url: string): Match | undefined {
        const { basePath, parameters: shared, paths } = this.swagger;
        const parts = path(url).slice(basePath.length).split("/");
        const found = Object.entries(paths)
            .map(([template, operations]) => ({ template, wanted: template.split("/"), operations }))
            .filter(({ operations }) => path(url).startsWith(basePath) && method.toLowerCase() in operations)
            .filter(
                ({ wanted }) =>
                    wanted.length === parts.length &&
                    wanted.every((part, at) => (part.startsWith("{") ? parts[at] !== "" : part === parts[at])),
            )
            .sort((one, other) => one.template.split("{").length - other.template.split("{").length)[0];
        const operation = found?.operations[method.toLowerCase()];
        if (found === undefined || operation === undefined) {
            return undefined;
        }
        const named = found.wanted.flatMap((part, at) =>
            part.startsWith("{") ? [[part.slice(1, -1), decodeURIComponent(parts[at] ?? "")] as const] : [],
        );
        const parameters = (operation.parameters ?? []).map(
            (parameter) => shared[parameter.$ref?.split("/").at(-1) ?? ""] ?? parameter,
        );
        const key = `${method} ${found.template}`;
        return { key, params: Object.fromEntries(named), parameters, responses: operation.responses };
    }

    requestProblems({ parameters, params }: Match, { body, method, url }: RequestSeen): string[] {
        const where = `${method} ${path(url)}`;
        const { searchParams } = new URL(url, "http://harbor");
        const query = [...searchParams].flatMap(([name, value]) => {
            const parameter = parameters.find((one) => one.in === "query" && one.name === name);
            return parameter === undefined ? [`${where}: no parameter ${name}`] : wrongValue(where, parameter, value);
        });
        const given = { ...Object.fromEntries(searchParams), ...params };
        const missing = parameters
            .filter((one) => one.required === true && (one.in === "query" || one.in === "path") && !(one.name in given))
            .map(({ name }) => `${where}: ${name} is missing`);
        const inPath = parameters
            .filter((one) => one.in === "path" && one.name in params)
            .flatMap((one) => wrongValue(where, one, params[one.name] ?? ""));
        const wanted = parameters.find((one) => one.in === "body");
        if (wanted === undefined) {
            return [...query, ...missing, ...inPath, ...(body === undefined ? [] : [`${where} takes no body`])];
        }
        const sent =
            body === undefined && wanted.required !== true
                ? []
                : this.against("request", wanted.schema, body, `${where}: the body`);
        return [...query, ...missing, ...inPath, ...sent];
    }

    answerProblems(match: Match, { method, url }: RequestSeen, status: number, answer: unknown): string[] {
        const where = `${method} ${path(url)}`;
        const { described, schema } = this.answerSchema(match, status);
        return described
            ? this.against("answer", schema, answer, `${where}: ${status}`)
            : [`${where} never answers ${status}`];
    }

    /** The schema of a described answer; of one without a body there is none. */
    answerSchema({ responses }: Match, status: number): { readonly described: boolean; readonly schema?: Schema } {
        // Harbor's handlers ask for a login first (`RequireAuthenticated`), which the description often leaves out.
        const response = responses[status] ?? (status === 401 ? { $ref: "#/responses/401" } : undefined);
        const schema = response?.schema ?? this.swagger.responses[response?.$ref?.split("/").at(-1) ?? ""]?.schema;
        return { described: response !== undefined, schema };
    }

    private against(side: "request" | "answer", schema: Schema | undefined, value: unknown, what: string): string[] {
        if (schema === undefined) {
            return [];
        }
        const known = this.compiled.get(schema);
        const validate = known ?? this.ajv.compile(referring(prepared(schema, side === "answer"), side));
        this.compiled.set(schema, validate);
        return validate(value) ? [] : [`${what} is wrong: ${this.ajv.errorsText(validate.errors)}`];
    }
}

function path(url: string): string {
    return url.replace(/\?.*/s, "");
}

function wrongValue(where: string, parameter: Parameter, value: string): string[] {
    const { maximum, name, type } = parameter;
    const isWrong =
        (type === "integer" && (!/^-?\d+$/.test(value) || Number(value) > (maximum ?? Number.POSITIVE_INFINITY))) ||
        (type === "boolean" && !/^(true|false)$/.test(value)) ||
        (parameter.enum !== undefined && !parameter.enum.includes(value));
    return isWrong ? [`${where}: ${name} is ${value}`] : [];
}

/**
 * `x-nullable` is Swagger 2's; nothing that is not described may be sent. In answers a list may be null: Go writes an
 * empty one so.
 */
function prepared<T>(schema: T, isAnswer: boolean): T {
    if (Array.isArray(schema)) {
        return schema.map((entry) => prepared(entry, isAnswer)) as T;
    }
    if (typeof schema !== "object" || schema === null) {
        return schema;
    }
    const entries = Object.entries(schema).map(([key, value]) => [key, prepared(value, isAnswer)] as const);
    const copy = Object.fromEntries(entries) as Record<string, unknown>;
    const mayBeNull = copy["x-nullable"] === true || (isAnswer && copy.type === "array");
    if (mayBeNull && typeof copy.type === "string") {
        copy.type = [copy.type, "null"];
    }
    if (copy.type === "object" && copy.properties !== undefined) {
        copy.additionalProperties ??= false;
    } else if (copy.type === "object" && copy.additionalProperties === undefined) {
        // An object of which nothing is said is any value to Harbor: go-swagger makes an `interface{}` of it.
        delete copy.type;
    }
    return copy as T;
}

/** References within the description are to the document that the compiler knows by its side. */
function referring(schema: object, side: string): object {
    return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${side}#/`));
}
