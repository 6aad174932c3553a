import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../../core/registry/embedded";
import { embedded } from "../../support/embedded";
import { registryError } from "../scripted-server";

type Intercept = NonNullable<EmbeddedRegistryOptions["intercept"]>;

export interface Part extends Partial<EmbeddedRegistryOptions> {
    /** The `realm` and `service` of its Bearer challenge, where the registry has its own. */
    readonly realm?: string;
    readonly service?: string;
    /** Paths that are others of the embedded registry's: `["/oauth2/token", "/token"]`. */
    readonly paths?: readonly (readonly [string, string])[];
    /** What a `Location` of an upload begins with in place of `/v2/`. */
    readonly uploads?: string;
    /** Answers, and returns true, where the registry differs. */
    readonly differs?: Intercept;
}

/** The embedded registry in the part of another one. */
export async function play(part: Part): Promise<EmbeddedRegistry> {
    const { realm: _realm, service: _service, uploads, paths: given = [], differs, ...options } = part;
    const paths = [...given, ...(uploads === undefined ? [] : [[uploads, "/v2/"] as const])];
    const registry: EmbeddedRegistry = await embedded({
        ...options,
        intercept: async (request, response, route) => {
            const isInner = request.headers[INNER] !== undefined;
            const path = isInner ? undefined : paths.find(([outer]) => request.url?.startsWith(outer));
            if (path !== undefined) {
                rewriteHeaders(response, part);
                forward(registry.host, path[1] + request.url?.slice(path[0].length), request, response);
                return true;
            }
            if (!isInner) {
                rewriteHeaders(response, part);
            }
            return (await differs?.(request, response, route)) === true;
        },
    });
    return registry;
}

const INNER = "x-test-forwarded";

function forward(host: string, path: string, request: IncomingMessage, response: ServerResponse): void {
    const headers = { ...request.headers, [INNER]: "1" };
    const inner = httpRequest(`http://${host}${path}`, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
    });
    inner.on("error", () => response.destroy());
    request.pipe(inner);
}

function rewriteHeaders(response: ServerResponse, { realm, service = "registry", uploads }: Part): void {
    const writeHead = response.writeHead.bind(response) as (status: number, headers?: object) => ServerResponse;
    response.writeHead = ((status: number, headers: Record<string, string | number> = {}) => {
        const own = { ...headers };
        if (realm !== undefined && own["www-authenticate"] !== undefined) {
            own["www-authenticate"] = String(own["www-authenticate"])
                .replace(/realm="[^"]*"/, `realm="${realm}"`)
                .replace(/service="[^"]*"/, `service="${service}"`);
        }
        if (uploads !== undefined && /\/blobs\/uploads\//.test(String(own.location))) {
            own.location = String(own.location).replace("/v2/", uploads);
        }
        return writeHead(status, own);
    }) as typeof response.writeHead;
}

/**
 * Refuses every PATCH, breaks the first upload off, and says of it what is not so, as ECR does: who believes it, and goes
 * on in chunks, is refused.
 */
export function refusesChunks(status: number, code: string): Intercept {
    let broken = false;
    return ({ method }, response, { kind }) => {
        if (kind !== "upload") {
            return false;
        }
        if (method === "PATCH") {
            registryError(response, status, code);
            return true;
        }
        if (method === "GET") {
            response.writeHead(204, { range: "0-1023" }).end();
            return true;
        }
        if (method === "PUT" && !broken) {
            broken = true;
            response.socket?.destroy();
            return true;
        }
        return false;
    };
}
