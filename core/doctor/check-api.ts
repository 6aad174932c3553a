import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { redactUrl } from "../registry";
import { describeChallenge } from "../registry/diagnosis";
import type { Patient } from "./patient";
import type { Check } from "./types";

/** Tokens and certificates carry times; most services bear about a minute. */
const SKEW_MS = 60_000;
const SILENCE_MS = 15_000;
const MOST_BYTES = 4096;

interface Answer {
    readonly status: number;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
    /** Milliseconds since 1970, in the middle between question and answer. */
    readonly at: number;
}

/** `GET /v2/` without credentials, on the connection that was opened before: what answers, and what time it has. */
export async function checkApi(patient: Patient, socket: Duplex): Promise<readonly Check[]> {
    let answer: Answer;
    try {
        answer = await ask(patient, socket);
    } catch (error) {
        const { code = "no reason given" } = error as NodeJS.ErrnoException;
        const isNoHttp = code.startsWith("HPE_") || code === "ECONNRESET";
        const remedy = patient.endpoint.insecure
            ? 'check host and port; if it speaks TLS, remove "insecure: true"'
            : "check host and port, and the registry's own log";
        const message = isNoHttp
            ? `what answers at ${patient.endpoint.host} does not speak HTTP (${code})`
            : `${patient.endpoint.host} accepted the connection and gave no answer (${code})`;
        return [{ check: "api", status: "wrong", message, remedy }];
    } finally {
        socket.destroy();
    }
    return [clockOf(patient, answer), apiOf(patient, answer)];
}

function ask({ endpoint, environment }: Patient, socket: Duplex): Promise<Answer> {
    const { request } = require("node:http") as typeof import("node:http");
    const started = environment.now();
    return new Promise((resolve, reject) => {
        const asking = request({
            createConnection: () => socket,
            path: "/v2/",
            headers: { host: new URL(endpoint.origin).host, "user-agent": "transship", connection: "close" },
            timeout: SILENCE_MS,
        });
        asking.once("timeout", () => asking.destroy(Object.assign(new Error("silent"), { code: "ETIMEDOUT" })));
        asking.on("error", reject);
        asking.once("response", (response) => {
            const at = (started + environment.now()) / 2;
            let body = "";
            const done = (): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, body, at });
            response.setEncoding("utf8");
            response.on("data", (text: string) => {
                body += text;
                if (body.length > MOST_BYTES) {
                    done();
                    response.destroy();
                }
            });
            response.once("end", done);
            response.on("error", done);
        });
        asking.end();
    });
}

function clockOf({ endpoint }: Patient, { headers, at }: Answer): Check {
    const told = Date.parse(headers.date ?? "");
    if (Number.isNaN(told)) {
        return { check: "clock", status: "skipped", message: `${endpoint.host} does not tell its time` };
    }
    // The header has whole seconds, cut off: half of one is the best guess of the rest.
    const skew = at - (told + 500);
    const by = `${spoken(Math.abs(skew))} ${skew > 0 ? "ahead of" : "behind"} ${endpoint.host}'s`;
    return Math.abs(skew) <= SKEW_MS
        ? { check: "clock", status: "ok", message: `this machine's clock is within a minute of ${endpoint.host}'s` }
        : {
              check: "clock",
              status: "warning",
              message: `this machine's clock is ${by}`,
              remedy: "set it by NTP (or the registry's, if others differ too): tokens and certificates are judged by it",
          };
}

function spoken(ms: number): string {
    const units = [
        ["day", 86_400_000],
        ["hour", 3_600_000],
        ["minute", 60_000],
    ] as const;
    const [unit, size] = units.find(([, least]) => ms >= least) ?? (["minute", 60_000] as const);
    const number = Math.round(ms / size);
    return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

function apiOf({ endpoint, settings }: Patient, { status, headers, body }: Answer): Check {
    const { host } = endpoint;
    const found = (check: Omit<Check, "check">): Check => ({ check: "api", ...check });
    const wanted = describeChallenge(headers["www-authenticate"], settings);
    const version = headers["docker-distribution-api-version"] === undefined ? "" : ", registry/2.0";
    if (status === 401 && wanted !== undefined) {
        return found({ status: "ok", message: `${host} is a registry and wants ${wanted}${version}` });
    }
    if (status === 200 && (version !== "" || !/html/i.test(headers["content-type"] ?? ""))) {
        return found({ status: "ok", message: `${host} is a registry and asks for no login${version}` });
    }
    if (status >= 300 && status < 400) {
        const location = redactUrl(String(headers.location ?? "nowhere"));
        return found({
            status: "wrong",
            message: `${host} sends requests for /v2/ to ${location}`,
            remedy: "name the host that it leads to, or repair the server's redirect",
        });
    }
    if (status === 400 && endpoint.insecure && /https/i.test(body)) {
        return found({
            status: "wrong",
            message: `${host} speaks TLS and was spoken to in plain HTTP`,
            remedy: 'remove "insecure: true"',
        });
    }
    if (status === 429) {
        return found({
            status: "unknown",
            message: `${host} answers 429, too many requests`,
            remedy: "try again later",
        });
    }
    if (status >= 500) {
        const remedy = "wait, or look at its status page or its log: the fault is there";
        return found({ status: "wrong", message: `${host} itself fails (${status})`, remedy });
    }
    return found({
        status: "wrong",
        message: `something else than a registry answers at ${host} (/v2/ gives ${status})`,
        remedy: "check host and port: registries often have another one than the site that shows them",
    });
}
