import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** One request of the AWS SDK's, as its signature and its target tell it. */
export interface AwsCallSeen {
    /** `ecr`, `ecr-public`, `sts` */
    readonly service: string;
    /** `GetAuthorizationToken` */
    readonly operation: string;
    readonly region: string;
    readonly accessKey: string;
    readonly body: string;
}

export interface AwsAnswer {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
}

export interface AwsApiRecorder {
    /** For AWS_ENDPOINT_URL, which the SDK and AWS's command read themselves. */
    readonly url: string;
    readonly calls: AwsCallSeen[];
    /** `ecr:GetAuthorizationToken@eu-west-1` in the order of arrival. */
    list(): string[];
    close(): Promise<void>;
}

/**
 * What AWS's SDK calls, written down: `answer` answers it, else the emulator at `upstream` does.
 */
export async function recordAwsApi(
    answer: (call: AwsCallSeen) => AwsAnswer | undefined,
    upstream?: string,
): Promise<AwsApiRecorder> {
    const calls: AwsCallSeen[] = [];
    const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const body = Buffer.concat(chunks);
        const call = readCall(request.headers, body.toString("utf8"));
        calls.push(call);
        const own = answer(call);
        if (own !== undefined) {
            response.writeHead(own.status, { "content-type": "application/x-amz-json-1.1", ...own.headers });
            response.end(own.body);
            return;
        }
        if (upstream === undefined) {
            response.writeHead(500).end();
            return;
        }
        const { method, headers } = request;
        const inner = httpRequest(upstream + request.url, { method, headers }, (given) => {
            response.writeHead(given.statusCode ?? 500, given.headers);
            given.pipe(response);
        });
        inner.on("error", () => response.destroy());
        inner.end(body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        calls,
        list: () => calls.map(({ service, operation, region }) => `${service}:${operation}@${region}`),
        close: async () => {
            server.closeAllConnections();
            server.close();
            await once(server, "close");
        },
    };
}

function readCall(headers: IncomingHttpHeaders, body: string): AwsCallSeen {
    const signed = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
    const [, accessKey = "", region = "", service = ""] = signed;
    const target = headers["x-amz-target"];
    const operation =
        typeof target === "string" ? target.slice(target.indexOf(".") + 1) : new URLSearchParams(body).get("Action");
    return { service, operation: operation ?? "", region, accessKey, body };
}

/** What GetAuthorizationToken answers of ECR, and of ECR Public, which gives one and no list of them. */
export function tokenAnswer(call: AwsCallSeen, password: string, expiresAt: number): AwsAnswer {
    const data = {
        authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
        expiresAt: expiresAt / 1000,
    };
    const authorizationData = call.service === "ecr-public" ? data : [data];
    return { status: 200, body: JSON.stringify({ authorizationData }) };
}
