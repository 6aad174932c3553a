import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { EmbeddedRegistryOptions } from "../../../core/registry/embedded";

export type Route = Parameters<NonNullable<EmbeddedRegistryOptions["intercept"]>>[2];

/** Actions of ECR's API that its registry is made of (docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html). */
export type EcrAction =
    | "BatchGetImage"
    | "BatchCheckLayerAvailability"
    | "GetDownloadUrlForLayer"
    | "InitiateLayerUpload"
    | "UploadLayerPart"
    | "CompleteLayerUpload"
    | "PutImage"
    | "ListImages"
    | "ListImageReferrers"
    | "BatchDeleteImage";

export interface Refusal {
    readonly status: number;
    readonly code?: string;
    readonly words?: string;
    readonly plain?: string;
    readonly retryAfter?: number;
}

export const BECAUSE = {
    identity: (action: string) => `because no identity-based policy allows the ecr:${action} action`,
    resource: (action: string) => `because no resource-based policy allows the ecr:${action} action`,
    explicit: () => "with an explicit deny in a service control policy",
};

export function send(
    response: ServerResponse,
    { method }: IncomingMessage,
    { status, code, words, plain, retryAfter }: Refusal,
): void {
    const text = plain ?? `${JSON.stringify({ errors: [{ code, message: words }] })}\n`;
    response.writeHead(status, {
        "content-type": plain === undefined ? "application/json; charset=utf-8" : "text/plain; charset=utf-8",
        ...(status === 401 ? { "www-authenticate": 'Basic realm="https://ecr/",service="ecr.amazonaws.com"' } : {}),
        ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    });
    response.end(method === "HEAD" ? undefined : text);
}

/** A mount that is none opens an upload; the embedded registry opens it. */
export async function openUpload(
    repository: string,
    request: IncomingMessage,
    response: ServerResponse,
): Promise<boolean> {
    const url = `http://${request.headers.host}/v2/${repository}/blobs/uploads/`;
    const opened = await fetch(url, { method: "POST", headers: { "x-own": "1" } });
    await opened.arrayBuffer();
    response.writeHead(202, { location: opened.headers.get("location") ?? "", "content-length": 0 }).end();
    return true;
}

/** The body is read here, and given to the embedded registry again. */
export async function bodyOf(request: IncomingMessage, action: EcrAction): Promise<Buffer> {
    if (action !== "PutImage") {
        return Buffer.alloc(0);
    }
    const body = await buffer(request);
    request.iterator = () => Readable.from([body]).iterator();
    return body;
}

export function actionOf(method: string, kind: Route["kind"]): EcrAction | undefined {
    const reads = method === "GET" || method === "HEAD";
    switch (kind) {
        case "manifest":
            return reads ? "BatchGetImage" : method === "DELETE" ? "BatchDeleteImage" : "PutImage";
        case "blob":
            return method === "HEAD" ? "BatchCheckLayerAvailability" : "GetDownloadUrlForLayer";
        case "upload":
            return method === "POST"
                ? "InitiateLayerUpload"
                : method === "PUT"
                  ? "CompleteLayerUpload"
                  : "UploadLayerPart";
        case "tags":
            return "ListImages";
        case "referrers":
            return "ListImageReferrers";
        default:
            return undefined;
    }
}

interface Parts {
    readonly config?: { readonly digest: string };
    readonly layers?: readonly { readonly digest: string; readonly mediaType?: string }[];
    readonly manifests?: readonly { readonly digest: string }[];
}

export function partsOf({ config, layers = [], manifests = [] }: Parts): string[] {
    return [...(config === undefined ? [] : [config]), ...layers, ...manifests].map(({ digest }) => digest);
}

export function hasParameters(manifest: Record<string, unknown>): boolean {
    const { artifactType, layers = [] } = manifest as Parts & { artifactType?: string };
    return [artifactType, ...layers.map(({ mediaType }) => mediaType)].some((type) => type?.includes(";") === true);
}
