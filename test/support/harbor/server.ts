import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FaultList, type Intercept, type Fault as Known, type LoggedRequest } from "../github/log";
import { Answers } from "./answers";
import type { Reply } from "./exchange";
import { step } from "./jobs";
import { actorOf } from "./rights";
import { World } from "./state";

export const ADMIN = { username: "admin", password: "Harbor12345-admin" };

/** What goes wrong with requests that fit; `url` is that of path and query: `/robots`. */
export interface Fault extends Known {
    /** No answer comes, and the connection stays. */
    readonly hang?: boolean;
}

/** Answers that Harbor, or what is in front of it, gives to anything. */
export const FAULTS = {
    unauthorized: (): Fault => ({ status: 401, message: "unauthorized" }),
    forbidden: (): Fault => ({ status: 403, message: "forbidden" }),
    /** @param retryAfter seconds */
    tooMany: (retryAfter?: number): Fault => ({
        status: 429,
        message: "too many requests",
        ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }),
    }),
    broken: (): Fault => ({ status: 500, message: "internal server error" }),
    /** A page of the proxy's, and no JSON. */
    badGateway: (): Fault => ({ status: 502, headers: { "content-type": "text/html" } }),
    /** It is done, and nobody is told. */
    lost: (): Fault => ({ done: true, close: true }),
    closed: (): Fault => ({ close: true }),
    hanging: (): Fault => ({ hang: true }),
} as const;

const CODES: Readonly<Record<number, string>> = { 401: "UNAUTHORIZED", 403: "FORBIDDEN", 429: "TOO_MANY_REQUEST" };

/** Harbor v2.15's REST API on this machine, with the administrator, and the project `library` as a new Harbor has it. */
export class LocalHarbor {
    readonly world = new World(ADMIN);
    readonly log: LoggedRequest[] = [];
    /** What Harbor's description does not know or allow, of requests and of our own answers: a sentence each. */
    readonly violations: string[] = [];
    intercept?: Intercept;
    /** What a newer Harbor puts into an answer: of `GET /projects/{project_name_or_id}`, say. */
    newer?: (method: string, url: string, json: unknown) => unknown;
    /** Whether jobs go on by a step with every look at an execution; else with `step()` only. */
    stepsByLooking = false;
    private readonly faults = new FaultList<Fault>();
    private readonly answers = new Answers(this.world, this.violations);
    private readonly server = createServer((request, response) => void this.handle(request, response));

    private constructor() {}

    static async start(): Promise<LocalHarbor> {
        const harbor = new LocalHarbor();
        await new Promise<void>((resolve) => harbor.server.listen(0, "127.0.0.1", resolve));
        return harbor;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** For a client of ours. */
    access(login = ADMIN): { readonly url: string; readonly username: string; readonly password: string } {
        return { url: this.url, ...login };
    }

    fail(fault: Fault): void {
        this.faults.add(fault);
    }

    /**
     * Done by the administrator in Harbor's own pages: past the log and the faults. What has no function here is changed
     * in `world` itself.
     *
     * @param path below `/api/v2.0`
     * @throws Error where Harbor refuses it
     */
    byHand(method: string, path: string, body?: unknown): unknown {
        const basic = Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString("base64");
        const headers = { authorization: `Basic ${basic}`, "content-type": "application/json" };
        const { json, status } = this.answers.to({ method, url: `/api/v2.0${path}`, headers, body, status: 0 });
        if (status >= 300) {
            throw new Error(`${method} ${path} by hand: ${status} ${JSON.stringify(json)}`);
        }
        return json;
    }

    /** Every job that is under way goes on by one step; the clock too, by as many milliseconds. */
    step(ms = 1_000): void {
        this.world.now += ms;
        step(this.world);
    }

    /** Method and path below `/api/v2.0`, without the query, of what was asked since the last call. */
    asked(): string[] {
        return this.log
            .splice(0)
            .map(({ method, url }) => `${method} ${url.replace(/\?.*/s, "").replace("/api/v2.0", "")}`);
    }

    /** How often something was asked: `{ GET: 3, PUT: 1 }`. */
    counts(): Record<string, number> {
        const counts: Record<string, number> = {};
        for (const { method } of this.log) {
            counts[method] = (counts[method] ?? 0) + 1;
        }
        return counts;
    }

    async close(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk);
        }
        const { headers, method = "", url = "" } = request;
        const body = parsed(Buffer.concat(chunks).toString("utf8"));
        const logged: LoggedRequest = { method, url, headers, body, status: 0 };
        this.log.push(logged);
        if (this.intercept?.(logged, response)) {
            return;
        }
        const fault = this.faults.take(logged);
        if (fault === undefined) {
            this.send(logged, response, this.reply(logged));
            return;
        }
        if (fault.done === true) {
            this.reply(logged);
        }
        if (fault.hang === true) {
            return;
        }
        if (fault.close === true) {
            request.socket.destroy();
            return;
        }
        this.send(logged, response, faulty(fault));
    }

    private reply(logged: LoggedRequest): Reply {
        const { headers, method, url } = logged;
        if (url.startsWith("/service/token")) {
            const isKnown = actorOf(this.world, headers.authorization) !== undefined;
            return isKnown ? { status: 200, json: { token: "jwt", expires_in: 1800 } } : { status: 401 };
        }
        if (this.stepsByLooking && method === "GET" && /\/executions\/\d+(\?|$)/.test(url)) {
            this.step();
        }
        try {
            return this.answers.to(logged);
        } catch (error) {
            this.violations.push(`${method} ${url}: ${error instanceof Error ? error.stack : error}`);
            return { status: 500, json: { errors: [{ code: "UNKNOWN", message: "the local Harbor failed" }] } };
        }
    }

    private send(logged: LoggedRequest, response: ServerResponse, { headers, json, status, text }: Reply): void {
        logged.status = status;
        const newer = status < 300 ? (this.newer?.(logged.method, logged.url, json) ?? json) : json;
        // Harbor writes a log as who asks takes it, as text or as one string of JSON, and calls both text.
        const isJson = /\/log(\?|$)/.test(logged.url) && /^application\/json\b/.test(logged.headers.accept ?? "");
        const plain = text !== undefined && isJson ? `${JSON.stringify(text)}\n` : text;
        // An error is written by other code than an object is, and what is nothing has no type.
        const type = status >= 300 ? "application/json; charset=utf-8" : "application/json";
        response.writeHead(status, {
            ...(newer === undefined && text === undefined ? {} : { "content-type": type }),
            "x-request-id": `request-${this.log.length}`,
            "set-cookie": "sid=0123456789; Path=/; HttpOnly",
            ...headers,
        });
        response.end(plain ?? (newer === undefined ? undefined : JSON.stringify(newer)));
    }
}

function faulty({ headers, message, status = 500 }: Fault): Reply {
    const isPage = headers?.["content-type"] === "text/html";
    const json = { errors: [{ code: CODES[status] ?? "UNKNOWN", message: message ?? "internal server error" }] };
    return { status, headers, ...(isPage ? { text: "<html>Bad Gateway</html>" } : { json }) };
}

function parsed(text: string): unknown {
    try {
        return text === "" ? undefined : JSON.parse(text);
    } catch {
        return text;
    }
}
