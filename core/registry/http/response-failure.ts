import type { IncomingHttpHeaders } from "node:http";
import { RegistryError, type RegistryErrorCode } from "../errors";
import { redactText, redactUrl } from "../redact";
import { retryAfterMs } from "./backoff";
import { describeAccess, describeSubject, sentence } from "./describe";
import { ecrVerdict } from "./ecr-verdict";
import { loginAdvice, renewalAdvice } from "./ended-login";
import type { Failure, FailureContext } from "./failure";
import { packageAdvice } from "./package-denial";
import { readRateLimit } from "./rate-limit";
import { header } from "./request";

interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
}

/** The first error of a registry's error document (distribution-spec, "Error Codes"), as far as there is one. */
export interface RegistryProblem {
    readonly code?: string;
    readonly message?: string;
}

export function readProblem(body: Buffer): RegistryProblem {
    if (body.length === 0) {
        return {};
    }
    try {
        const document = JSON.parse(body.toString("utf8")) as Record<string, unknown> | null;
        const first = Array.isArray(document?.errors)
            ? (document.errors[0] as Record<string, unknown> | null)
            : document;
        // Token services answer {"details": "…"} (Docker Hub) or OAuth's {"error": …, "error_description": …}.
        const code = first?.code ?? first?.error;
        const message = first?.message ?? first?.details ?? first?.error_description;
        return {
            ...(typeof code === "string" && code !== "" ? { code: code.slice(0, 60) } : {}),
            ...(typeof message === "string" && message !== "" ? { message } : {}),
        };
    } catch {
        return {};
    }
}

export interface Verdict {
    readonly code: RegistryErrorCode;
    /** The whole sentence but for the registry's own words and the full stop. */
    readonly what: string;
    readonly advice: string;
    readonly retryable?: boolean;
}

/** An answer that is none of those wanted, as one sentence. */
export function responseFailure(answer: Answer, context: FailureContext): Failure {
    const { request, endpoint, secrets } = context;
    const problem = readProblem(answer.body);
    const verdict = judge(answer, problem, context);
    const said = problem.message === undefined ? "" : `, "${redactText(problem.message, secrets)}"`;
    const answered = `${answer.status}${problem.code === undefined ? "" : ` ${redactText(problem.code, secrets)}`}`;
    const pause = retryAfterMs(answer.headers["retry-after"], context.now);
    const message = `${sentence(verdict.what)} (${answered}${said}): ${verdict.advice}.`;
    return {
        error: new RegistryError(verdict.code, message, {
            host: endpoint.host,
            method: request.method,
            url: redactUrl(context.url),
            status: answer.status,
            ...(problem.code === undefined ? {} : { registryCode: redactText(problem.code, secrets) }),
            ...(pause === undefined ? {} : { retryAfterMs: pause }),
        }),
        retryable: verdict.retryable === true,
    };
}

function judge(answer: Answer, problem: RegistryProblem, context: FailureContext): Verdict {
    const { status } = answer;
    const known = context.quirks.ecrErrors === true ? ecrVerdict(status, problem, context) : undefined;
    if (known !== undefined) {
        return known;
    }
    if (status === 429) {
        return judgeLimit(answer, problem, context);
    }
    if (status === 401 || status === 403) {
        return judgeAccess(status, problem, context);
    }
    if (status === 404) {
        return judgeMissing(answer, problem, context);
    }
    if (status >= 500 || status === 408) {
        return {
            code: status === 408 ? "TIMEOUT" : "SERVER_ERROR",
            what: `${context.endpoint.host} failed while we wanted to ${wanted(context)}`,
            advice: "try again later, and look at the registry's own logs if it stays so",
            retryable: status !== 501 && status !== 505,
        };
    }
    return judgeRefusal(answer, problem, context);
}

function judgeLimit(answer: Answer, problem: RegistryProblem, context: FailureContext): Verdict {
    const { host } = context.endpoint;
    if (isPullLimit(answer, problem)) {
        return {
            code: "PULL_LIMIT",
            what: `the pull limit of ${host} is used up, so we could not ${wanted(context)}`,
            advice:
                context.credentials === undefined
                    ? "wait until its window has passed, or give credentials, whose limit is higher"
                    : `wait until its window has passed, or use an account with a higher limit than that of ${context.credentials}`,
        };
    }
    return {
        code: "RATE_LIMITED",
        what: `${host} answers that there were too many requests when we wanted to ${wanted(context)}`,
        advice:
            host === "docker.io"
                ? "this is its limit on all requests of one address, not the pull limit; try again later, or lower this registry's concurrency"
                : "try again later, or lower this registry's concurrency",
        retryable: true,
    };
}

/**
 * Docker Hub has two kinds of 429 (docker/hub-feedback#2040): the pull limit tells of itself in words, in JSON or plain,
 * or by `ratelimit-remaining: 0`; the other one, against abuse, is a bare `Too Many Requests`, and passes in a while.
 */
function isPullLimit(answer: Answer, problem: RegistryProblem): boolean {
    const text = problem.message ?? answer.body.subarray(0, 2000).toString("utf8");
    return readRateLimit(answer.headers)?.remaining === 0 || /\bpull rate limit\b|\/download-rate-limit\b/i.test(text);
}

function judgeAccess(status: number, problem: RegistryProblem, context: FailureContext): Verdict {
    const { endpoint, credentials, quirks, request } = context;
    const code = status === 401 ? "UNAUTHORIZED" : "DENIED";
    const missing =
        request.access === "pull" && request.repository !== undefined
            ? `, or ${request.repository} does not exist, which ${endpoint.host} does not tell apart`
            : "";
    if (isImmutable(problem, context)) {
        return immutable(context);
    }
    if (credentials === undefined) {
        return {
            code,
            what: `${endpoint.host} does not let us ${wanted(context)} without credentials`,
            advice: loginAdvice(context) + missing,
        };
    }
    return status === 401
        ? {
              code,
              what: `${endpoint.host} refused the credentials from ${credentials} when we wanted to ${wanted(context)}`,
              advice: `${context.renewal ?? "check that they are right and still valid"}${missing}`,
          }
        : {
              code,
              what: `${endpoint.host} does not let us ${wanted(context)} with the credentials from ${credentials}`,
              advice:
                  quirks.githubPackages && request.access === "push" && request.repository !== undefined
                      ? packageAdvice(problem, request.repository)
                      : `${renewalAdvice(problem.message, context)}give them the right to ${describeAccess(request)} there${missing}`,
          };
}

function judgeMissing(answer: Answer, problem: RegistryProblem, context: FailureContext): Verdict {
    const { request, endpoint, quirks } = context;
    const name = `${endpoint.host}/${request.repository ?? ""}`;
    const advice = "check the repository's name and the tag or digest";
    if (request.subject === "blob" && (problem.code === "BLOB_UNKNOWN" || request.method === "HEAD")) {
        return { code: "BLOB_UNKNOWN", what: `${describeSubject(request, endpoint.host)} is not there`, advice };
    }
    if (problem.code === "NAME_UNKNOWN") {
        return { code: "NAME_UNKNOWN", what: `the repository ${name} is not there`, advice: "check its name" };
    }
    // A HEAD has no body to prove it by; a page's content type proves that somebody else answered.
    const bare = request.method === "HEAD" && !/^text\/html\b/i.test(header(answer.headers, "content-type") ?? "");
    const proven = problem.code === "MANIFEST_UNKNOWN" || quirks.goneCodes.includes(problem.code ?? "");
    if (request.subject === "manifest" && (bare || proven)) {
        return { code: "MANIFEST_UNKNOWN", what: `${describeSubject(request, endpoint.host)} is not there`, advice };
    }
    if (request.subject === "tags" && proven) {
        return { code: "NAME_UNKNOWN", what: `the repository ${name} is not there`, advice: "check its name" };
    }
    if (request.subject === "blob" && (proven || problem.code === undefined)) {
        return { code: "BLOB_UNKNOWN", what: `${describeSubject(request, endpoint.host)} is not there`, advice };
    }
    return {
        code: "PROTOCOL_ERROR",
        what: `${endpoint.host} answers a 404 that is no proof when we wanted to ${wanted(context)}`,
        advice: "check the registry's host and its path; something else than a registry may answer there",
    };
}

function judgeRefusal(answer: Answer, problem: RegistryProblem, context: FailureContext): Verdict {
    const { endpoint, request } = context;
    const { status } = answer;
    if (isImmutable(problem, context)) {
        return immutable(context);
    }
    if (request.method === "PUT" && problem.code === "DIGEST_INVALID") {
        return {
            code: "DIGEST_MISMATCH",
            what: `${endpoint.host} received other bytes than the digest of ${describeSubject(request, endpoint.host)} says`,
            advice: "try again; if it stays so, the source gives wrong bytes",
        };
    }
    if (status === 400 && endpoint.insecure && /https/i.test(answer.body.subarray(0, 1000).toString("latin1"))) {
        return {
            code: "TLS_ERROR",
            what: `${endpoint.host} speaks TLS and was spoken to in plain HTTP`,
            advice: 'remove "insecure: true" from this registry',
        };
    }
    const type = request.headers?.["content-type"] ?? "";
    if (request.subject === "manifest" && status === 415 && type.startsWith("application/vnd.docker.")) {
        return {
            code: "PROTOCOL_ERROR",
            what: `${endpoint.host} takes no manifests in Docker's format, ${type}, so we could not ${wanted(context)}`,
            advice: `let it take them (zot: "http": { "compat": ["docker2s2"] } in its configuration), since to convert them would change the digest`,
        };
    }
    return {
        code: "PROTOCOL_ERROR",
        what: `${endpoint.host} refused to let us ${wanted(context)}`,
        advice:
            status === 413
                ? "a proxy before the registry limits the size of a request; raise its limit"
                : "the registry's answer says why",
    };
}

/** ECR says TAG_INVALID, Harbor PRECONDITION, others TAG_IMMUTABLE; all say "immutable" or "immutability" in words. */
function isImmutable(problem: RegistryProblem, { request }: FailureContext): boolean {
    const writes = request.subject === "manifest" && (request.method === "PUT" || request.method === "DELETE");
    return writes && (problem.code === "TAG_IMMUTABLE" || /\bimmutab(?:le|ility)\b/i.test(problem.message ?? ""));
}

function immutable(context: FailureContext): Verdict {
    return {
        code: "TAG_IMMUTABLE",
        what: `${describeSubject(context.request, context.endpoint.host)} is immutable and holds another image`,
        advice: "use another tag, or change the repository's rule on immutable tags",
    };
}

function wanted(context: FailureContext): string {
    return `${describeAccess(context.request)} ${describeSubject(context.request, context.endpoint.host)}`;
}
