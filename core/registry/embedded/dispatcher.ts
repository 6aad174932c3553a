import type { IncomingMessage, ServerResponse } from "node:http";
import { isRepositoryPath } from "../../oci";
import { Access } from "./access";
import { handleBlob } from "./blob-handler";
import { type Context, sendEmpty, sendJson, unsupported } from "./exchange";
import { handleCatalog, handleReferrers, handleTags } from "./list-handlers";
import { handleManifest } from "./manifest-handler";
import { RequestLimit } from "./request-limit";
import type { RequestLog } from "./request-log";
import { parseRoute, type Route, splitTarget } from "./routes";
import { handleUpload } from "./upload-handler";
import { WireError } from "./wire-error";

/** Takes each request of one server: counts it, asks who it is from, hands it on, and writes what went wrong. */
export class Dispatcher {
    private readonly access: Access;
    private readonly requestLimit: RequestLimit | undefined;

    constructor(
        private readonly context: Context,
        private readonly requests: RequestLog,
        private readonly url: () => string,
        now: () => number,
    ) {
        const { auth, requestLimit } = context.options;
        this.access = new Access(auth, now);
        this.requestLimit = requestLimit === undefined ? undefined : new RequestLimit(requestLimit, now);
    }

    /** Never rejects. */
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { log } = this.context.options;
        if (log !== undefined) {
            response.once("close", () => log(`${request.method} ${request.url} ${response.statusCode}`));
        }
        response.setHeader("docker-distribution-api-version", "registry/2.0");
        try {
            await this.answer(request, response);
        } catch (error) {
            this.fail(request, response, error);
        }
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { options } = this.context;
        const method = request.method ?? "";
        const target = request.url ?? "";
        const split = splitTarget(target);
        const route = parseRoute(split?.path ?? "");
        this.requests.record(method, route.kind);
        options.onRequest?.({ method, target, ...route });
        if (options.intercept !== undefined && (await options.intercept(request, response, route)) === true) {
            return;
        }
        if (this.requestLimit?.refuse(request.socket.remoteAddress ?? "", response) === true) {
            return;
        }
        if (split === undefined || route.kind === "other") {
            throw new WireError(404, "UNSUPPORTED", "there is no such endpoint");
        }
        if (route.repository !== "" && !isRepositoryPath(route.repository)) {
            throw new WireError(400, "NAME_INVALID", "invalid repository name");
        }
        const caller = this.access.authorize(request, route, split.query, this.origin(request));
        const exchange = { request, response, method, route, query: split.query, caller };
        switch (route.kind) {
            case "manifest":
                return await handleManifest(this.context, exchange);
            case "blob":
                return await handleBlob(this.context, exchange);
            case "upload":
                return await handleUpload(this.context, exchange);
            case "tags":
                return await handleTags(this.context, exchange);
            case "referrers":
                return await handleReferrers(this.context, exchange);
            case "catalog":
                return await handleCatalog(this.context, exchange);
            default:
                return this.answerPlain(exchange);
        }
    }

    private answerPlain(exchange: {
        request: IncomingMessage;
        response: ServerResponse;
        method: string;
        route: Route;
        query: URLSearchParams;
    }): void {
        if (exchange.method !== "GET" && exchange.method !== "HEAD") {
            throw unsupported("GET, HEAD");
        }
        const { request, query, route } = exchange;
        sendJson(exchange, route.kind === "token" ? this.access.token(request, query) : {});
    }

    /** Where the caller reached us, for the token endpoint: behind a forwarded port our own address would not do. */
    private origin(request: IncomingMessage): string {
        const own = this.url();
        const host = request.headers.host;
        return host !== undefined && /^[\w.:[\]-]+$/.test(host) ? `${own.slice(0, own.indexOf("//"))}//${host}` : own;
    }

    private fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
        if (response.headersSent || request.socket.destroyed) {
            response.destroy();
            return;
        }
        const wire = error instanceof WireError ? error : this.unexpected(error);
        if (request.method === "HEAD") {
            sendEmpty(response, wire.status, wire.headers);
            return;
        }
        const body = Buffer.from(wire.body());
        response.writeHead(wire.status, {
            "content-type": "application/json",
            "content-length": body.length,
            ...wire.headers,
        });
        response.end(body);
    }

    private unexpected(error: unknown): WireError {
        const code = (error as NodeJS.ErrnoException)?.code ?? "unknown";
        this.context.options.log?.(`The registry failed: ${error instanceof Error ? error.stack : String(error)}`);
        return new WireError(500, "UNKNOWN", `the registry's storage failed (${code})`);
    }
}
