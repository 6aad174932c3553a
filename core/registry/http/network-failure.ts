import { RegistryError, type RegistryErrorCode } from "../errors";
import { redactText, redactUrl } from "../redact";
import { describeAccess, describeSubject } from "./describe";
import { AbortedExchange } from "./exchange";
import type { Failure, FailureContext } from "./failure";
import { describeTlsFault } from "./tls-fault";

interface Finding {
    readonly code: RegistryErrorCode;
    /** The end of the sentence: what happened and what to do. */
    readonly what: string;
    readonly retryable?: boolean;
    readonly unreachable?: boolean;
}

/** An exchange that ended without a response, as one sentence. */
export function networkFailure(error: unknown, context: FailureContext): Failure {
    const { request, endpoint } = context;
    const finding = find(error, context);
    const proxy =
        context.proxied && finding.code !== "ABORTED"
            ? "; it is reached through the proxy that HTTPS_PROXY or HTTP_PROXY names"
            : "";
    const message = `Could not ${describeAccess(request)} ${describeSubject(request, endpoint.host)}: ${finding.what}${proxy}.`;
    return {
        error: new RegistryError(finding.code, message, {
            host: endpoint.host,
            method: request.method,
            url: redactUrl(context.url),
            cause: error instanceof AbortedExchange ? error.cause : error,
        }),
        retryable: finding.retryable === true,
        unreachable: finding.unreachable === true,
    };
}

/** The code of a Node or undici error; of "all addresses failed" the first one's. */
export function errorCode(error: unknown): string {
    const code = (error as { code?: unknown } | undefined)?.code;
    if (typeof code === "string") {
        return code;
    }
    const first = (error as AggregateError | undefined)?.errors?.[0] as { code?: unknown } | undefined;
    return typeof first?.code === "string" ? first.code : "";
}

function find(error: unknown, context: FailureContext): Finding {
    if (error instanceof AbortedExchange) {
        return { code: "ABORTED", what: "the work was ended before it was done" };
    }
    const code = errorCode(error);
    const where = hostOf(context.url);
    return (
        findName(code, where) ??
        findTimeout(code, context, where) ??
        findTls(code, error, context, where) ??
        findProxy(error) ??
        findProtocol(error, code, context, where) ?? {
            code: "NETWORK_ERROR",
            what: `the connection to ${where} failed (${code || describe(error, context)})${brokenHint(code, context)}`,
            retryable: true,
            unreachable: code === "EHOSTUNREACH" || code === "ENETUNREACH",
        }
    );
}

function findName(code: string, where: string): Finding | undefined {
    switch (code) {
        case "ENOTFOUND":
            return {
                code: "HOST_UNKNOWN",
                what: `the host ${where} is not known to DNS; check its spelling and this machine's network`,
                unreachable: true,
            };
        case "EAI_AGAIN":
            return {
                code: "HOST_UNKNOWN",
                what: `DNS gave no answer for the host ${where}; check this machine's network`,
                retryable: true,
                unreachable: true,
            };
        case "ECONNREFUSED":
            return {
                code: "CONNECTION_REFUSED",
                what: `nothing accepts connections at ${where}; check that the registry runs and that the port is right`,
                retryable: true,
                unreachable: true,
            };
    }
    return undefined;
}

function findTimeout(code: string, context: FailureContext, where: string): Finding | undefined {
    switch (code) {
        case "UND_ERR_CONNECT_TIMEOUT":
        case "ETIMEDOUT":
            return {
                code: "TIMEOUT",
                what: `${where} did not accept a connection within ${seconds(context.connectMs)}; check the network, or raise timeouts.connect`,
                retryable: true,
                unreachable: true,
            };
        case "UND_ERR_HEADERS_TIMEOUT":
        case "UND_ERR_BODY_TIMEOUT":
            return {
                code: "TIMEOUT",
                what: `${where} was silent for ${seconds(context.idleMs)}; try again later, or raise timeouts.idle`,
                retryable: true,
            };
    }
    return undefined;
}

function findTls(code: string, error: unknown, { customCa }: FailureContext, where: string): Finding | undefined {
    const message = error instanceof Error ? error.message : "";
    const what = describeTlsFault({ code, message, where, customCa });
    return what === undefined ? undefined : { code: "TLS_ERROR", what, unreachable: true };
}

/** undici tells of a proxy that did not open the tunnel in words only. */
function findProxy(error: unknown): Finding | undefined {
    const status = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : "")?.[1];
    return status === undefined
        ? undefined
        : {
              code: "NETWORK_ERROR",
              what: `the proxy refused to open a connection (${status})`,
              retryable: status >= "500",
          };
}

function findProtocol(error: unknown, code: string, context: FailureContext, where: string): Finding | undefined {
    if (code.startsWith("HPE_") || (error as Error | undefined)?.name === "HTTPParserError") {
        return context.endpoint.insecure
            ? {
                  code: "TLS_ERROR",
                  what: `${where} did not answer in HTTP; if it speaks TLS, remove "insecure: true"`,
                  unreachable: true,
              }
            : { code: "PROTOCOL_ERROR", what: `${where} did not answer in HTTP; check host and port` };
    }
    return undefined;
}

/** A TLS port that is spoken to in plain HTTP mostly just hangs up. */
function brokenHint(code: string, { endpoint }: FailureContext): string {
    const closed = code === "UND_ERR_SOCKET" || code === "ECONNRESET";
    return endpoint.insecure && closed ? '; if it speaks TLS, remove "insecure: true"' : "";
}

function describe(error: unknown, context: FailureContext): string {
    return redactText(error instanceof Error ? error.message : String(error), context.secrets);
}

function hostOf(url: string): string {
    try {
        return new URL(url).host;
    } catch {
        return "the host";
    }
}

function seconds(ms: number): string {
    return `${Math.round(ms / 100) / 10} s`;
}
