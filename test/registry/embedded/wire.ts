import { type IncomingHttpHeaders, request } from "node:http";
import type { EmbeddedRegistry } from "../../../core/registry/embedded";

export interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
    /** Code of the first error in the body. */
    readonly code?: string;
}

/** One request as it is written: no normalised path, no redirects, no pooled connection. */
export function ask(
    registry: Pick<EmbeddedRegistry, "port">,
    method: string,
    path: string,
    options: { readonly headers?: Record<string, string>; readonly body?: Uint8Array | string } = {},
): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const { headers, body } = options;
        const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
        const sent = request(
            { host: "127.0.0.1", port: registry.port, method, path, headers: { ...length, ...headers }, agent: false },
            (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => resolve(answerOf(response.statusCode ?? 0, response.headers, chunks)));
            },
        );
        sent.on("error", reject);
        sent.end(body);
    });
}

function answerOf(status: number, headers: IncomingHttpHeaders, chunks: Buffer[]): Answer {
    const body = Buffer.concat(chunks);
    const isError = status >= 400 && headers["content-type"] === "application/json" && body.length > 0;
    const code = isError ? (JSON.parse(body.toString()) as { errors: { code: string }[] }).errors[0]?.code : undefined;
    return { status, headers, body, ...(code === undefined ? {} : { code }) };
}

export function basic(user: string, password: string): Record<string, string> {
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

/** Pushes a blob by one POST. */
export function pushBlob(registry: Pick<EmbeddedRegistry, "port">, repository: string, digest: string, body: Buffer) {
    return ask(registry, "POST", `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body });
}
