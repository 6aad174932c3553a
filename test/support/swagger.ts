import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { parse } from "yaml";

/** Harbor's own description of its API, which is not ours to ship: https://github.com/goharbor/harbor, api/v2.0/swagger.yaml. */
const PLACE = process.env.TRANSSHIP_HARBOR_API ?? join(__dirname, "..", "..", "..", "shared", "harbor-v2.yaml");

interface Parameter {
    readonly $ref?: string;
    readonly name: string;
    readonly in: "query" | "path" | "body" | "header";
    readonly required?: boolean;
    readonly type?: string;
    readonly maximum?: number;
    readonly schema?: object;
}

interface Operation {
    readonly parameters?: readonly Parameter[];
    readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly schema?: object }>>;
}

interface Swagger {
    readonly basePath: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly definitions: object;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
}

export interface ExchangeSeen {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly body: unknown;
    readonly status: number;
    readonly answer: unknown;
}

/** Where the description is not, why; tests of it say so and are skipped. */
export const swaggerAbsent = existsSync(PLACE)
    ? undefined
    : "Harbor's API description was not found: put its swagger.yaml at ../shared/harbor-v2.yaml, or name it in TRANSSHIP_HARBOR_API";

/** Holds exchanges to a Swagger 2 description: the path, the parameters, the body and the answer of each. */
export class SwaggerValidator {
    private readonly swagger: Swagger = parse(readFileSync(PLACE, "utf8"));
    private readonly ajv = new Ajv({
        strict: false,
        allErrors: true,
        formats: { int32: true, int64: true, "date-time": true },
    });
    private readonly compiled = new Map<object, ValidateFunction>();

    constructor() {
        this.ajv.addSchema({ $id: "swagger", definitions: nullable(this.swagger.definitions) });
    }

    /** What is wrong with an exchange, one sentence each. */
    problems({ answer, body, method, status, url }: ExchangeSeen): string[] {
        const { pathname, searchParams } = new URL(url, "http://harbor");
        const operation = this.find(pathname.slice(this.swagger.basePath.length), method);
        const where = `${method} ${pathname}`;
        if (!pathname.startsWith(this.swagger.basePath) || operation === undefined) {
            return [`${where} is not in the description`];
        }
        const known = (operation.parameters ?? []).map((given) => this.resolve(given));
        const query = [...searchParams].flatMap(([name, value]) => {
            const parameter = known.find((one) => one.in === "query" && one.name === name);
            return parameter === undefined ? [`${where}: no parameter ${name}`] : wrongValue(where, parameter, value);
        });
        const wanted = known.find((one) => one.in === "body");
        const sent = wanted === undefined ? [] : this.against(wanted.schema, body, `${where}: the body`);
        // Harbor's handlers of robots ask for a login first (`RequireAuthenticated`), which the description leaves out.
        const response = operation.responses[status] ?? (status === 401 ? { $ref: "#/responses/401" } : undefined);
        const shape = response?.schema ?? this.swagger.responses[response?.$ref?.split("/").at(-1) ?? ""]?.schema;
        const answered =
            response === undefined
                ? [`${where} never answers ${status}`]
                : this.against(shape, answer, `${where}: ${status}`);
        return [...query, ...sent, ...answered];
    }

    private find(path: string, method: string): Operation | undefined {
        const parts = path.split("/");
        const [, operations] =
            Object.entries(this.swagger.paths).find(([template]) => {
                const wanted = template.split("/");
                return (
                    wanted.length === parts.length &&
                    wanted.every((part, index) => part.startsWith("{") || part === parts[index])
                );
            }) ?? [];
        return operations?.[method.toLowerCase()];
    }

    private resolve(parameter: Parameter): Parameter {
        return this.swagger.parameters[parameter.$ref?.split("/").at(-1) ?? ""] ?? parameter;
    }

    private against(schema: object | undefined, value: unknown, what: string): string[] {
        if (schema === undefined) {
            return [];
        }
        const known = this.compiled.get(schema);
        const validate = known ?? this.ajv.compile(referring(nullable(schema)));
        this.compiled.set(schema, validate);
        return validate(value) ? [] : [`${what} is wrong: ${this.ajv.errorsText(validate.errors)}`];
    }
}

function wrongValue(where: string, { maximum, name, type }: Parameter, value: string): string[] {
    const isWrong =
        type === "integer" && (!/^\d+$/.test(value) || Number(value) > (maximum ?? Number.POSITIVE_INFINITY));
    return isWrong ? [`${where}: ${name} is ${value}`] : [];
}

/** `x-nullable` is Swagger 2's; nothing that is not described may be sent. */
function nullable<T>(schema: T): T {
    if (Array.isArray(schema)) {
        return schema.map(nullable) as T;
    }
    if (typeof schema !== "object" || schema === null) {
        return schema;
    }
    const entries = Object.entries(schema).map(([key, value]) => [key, nullable(value)] as const);
    const copy = Object.fromEntries(entries) as Record<string, unknown>;
    if (copy["x-nullable"] === true && typeof copy.type === "string") {
        copy.type = [copy.type, "null"];
    }
    if (copy.type === "object" && copy.properties !== undefined) {
        copy.additionalProperties ??= false;
    }
    return copy as T;
}

/** References within the description are to the document that the compiler knows as `swagger`. */
function referring(schema: object): object {
    return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"swagger#/'));
}
