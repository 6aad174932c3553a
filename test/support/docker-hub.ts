import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Ajv from "ajv";
import { afterAll } from "vitest";

export interface FakeToken {
    readonly id: string;
    readonly organization: string | undefined;
    readonly label: string;
    readonly token: string;
    readonly scopes: unknown;
    active: boolean;
}

export const ACCOUNT = { username: "acme", password: "hub-password-1" };

/** Bodies as Docker documents them, nothing else let through: https://docs.docker.com/reference/api/hub/latest/ */
const scopes = { type: "array", minItems: 1, items: { type: "string" } };
const BODIES = {
    login: closed({ identifier: { type: "string" }, secret: { type: "string" } }),
    personal: closed({ token_label: { type: "string", minLength: 1, maxLength: 100 }, scopes }),
    organization: closed({
        label: { type: "string" },
        resources: {
            type: "array",
            minItems: 1,
            items: closed({ type: { enum: ["TYPE_REPO", "TYPE_ORG"] }, path: { type: "string" }, scopes }),
        },
    }),
};
const ajv = new Ajv({ allowUnionTypes: true });

function closed(properties: Readonly<Record<string, object>>): object {
    return { type: "object", required: Object.keys(properties), properties, additionalProperties: false };
}

/** The part of Docker Hub's API that logs in and manages access tokens. */
export class DockerHub {
    readonly tokens: FakeToken[] = [];
    /** Method and path of each request. */
    readonly log: string[] = [];
    /** Answers instead, where it returns true. */
    fault: ((request: IncomingMessage, response: ServerResponse, work: () => void) => boolean) | undefined;
    /** What a login hands out; another one ends those before it. */
    bearer = "bearer-1";
    private constructor(private readonly server: Server) {}

    static async start(): Promise<DockerHub> {
        const server = createServer();
        const hub = new DockerHub(server);
        server.on("request", (request, response) => hub.serve(request, response));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        afterAll(() => void server.close().closeAllConnections());
        return hub;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    asked(): string[] {
        return this.log.splice(0);
    }

    private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk);
        }
        const text = Buffer.concat(chunks).toString();
        const { method = "", url = "" } = request;
        this.log.push(`${method} ${url}`);
        const work = () => this.answer(method, url, request.headers.authorization, text && JSON.parse(text));
        if (this.fault?.(request, response, work)) {
            return;
        }
        const [status, answer] = work();
        response.writeHead(status, { "content-type": "application/json" });
        response.end(answer === undefined ? "" : JSON.stringify(answer));
    }

    private answer(method: string, url: string, authorization: string | undefined, body: unknown): [number, unknown] {
        if (url === "/v2/auth/token" && method === "POST") {
            const { identifier, secret } = body as { identifier: string; secret: string };
            const known = identifier === ACCOUNT.username && secret === ACCOUNT.password;
            return !ajv.validate(BODIES.login, body)
                ? [400, { message: ajv.errorsText() }]
                : known
                  ? [200, { access_token: this.bearer }]
                  : [401, { detail: "Incorrect authentication credentials" }];
        }
        if (authorization !== `Bearer ${this.bearer}`) {
            return [401, { message: "unauthorized" }];
        }
        const [, organization, id] = /^\/v2\/(?:orgs\/([^/]+)\/)?access-tokens(?:\/([^/]+))?$/.exec(url) ?? [];
        if (organization !== undefined && organization !== "acme-org") {
            return [403, { message: "forbidden" }];
        }
        if (id === undefined && method === "POST") {
            return this.create(organization, body as Record<string, unknown>);
        }
        const index = this.tokens.findIndex((one) => one.id === id && one.organization === organization);
        const token = this.tokens[index];
        if (token === undefined) {
            return [404, { message: "not found" }];
        }
        if (method === "DELETE") {
            this.tokens.splice(index, 1);
            return [204, undefined];
        }
        return [200, shown(token, "***")];
    }

    private create(organization: string | undefined, body: Record<string, unknown>): [number, unknown] {
        if (!ajv.validate(organization === undefined ? BODIES.personal : BODIES.organization, body)) {
            return [400, { message: ajv.errorsText() }];
        }
        const token: FakeToken = {
            id: randomUUID(),
            organization,
            label: String(body.token_label ?? body.label),
            token: `dckr_${organization === undefined ? "pat" : "oat"}_${randomUUID().replaceAll("-", "")}`,
            scopes: body.scopes ?? body.resources,
            active: true,
        };
        this.tokens.push(token);
        return [201, shown(token, token.token)];
    }
}

function shown({ active, id, label, organization, scopes: given }: FakeToken, token: string): object {
    const moments = { created_at: "2026-11-23T00:00:00Z", expires_at: null };
    return organization === undefined
        ? { uuid: id, token_label: label, is_active: active, scopes: given, token, ...moments, last_used: null }
        : { id, label, is_active: active, resources: given, token, ...moments, created_by: "acme", last_used_at: null };
}
