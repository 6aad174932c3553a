import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { TransshipError } from "../errors";
import { describeTlsFault, secureContextOf } from "../registry/diagnosis";
import { halvesOf } from "./fault";
import type { Patient } from "./patient";
import type { Check } from "./types";

const DAY_MS = 24 * 3_600_000;
/** Certificates of ninety days are renewed when a third is left. */
const SOON_DAYS = 30;

export interface Secured {
    readonly check: Check;
    /** An open connection inside TLS, also where its certificate is none to trust: nothing secret may be said on it. */
    readonly socket?: Duplex;
}

/** The handshake, the chain of certificates, the name they are for, and when they end. */
export async function checkTls(patient: Patient, socket: Duplex): Promise<Secured> {
    if (patient.endpoint.insecure) {
        const message = 'plain HTTP, as "insecure: true" says: whoever stands between can read and change everything';
        const isOwn = /^(?:localhost|127\.|::1$)/.test(patient.hostname);
        return isOwn
            ? { check: { check: "tls", status: "ok", message: "plain HTTP within this machine" }, socket }
            : {
                  check: {
                      check: "tls",
                      status: "warning",
                      message,
                      remedy: "give the registry a certificate, and name its authority by the key ca",
                  },
                  socket,
              };
    }
    try {
        const secured = await handshake(patient, socket);
        return { check: judge(patient, secured), socket: secured };
    } catch (error) {
        socket.destroy();
        return { check: broken(patient, error) };
    }
}

function handshake(patient: Patient, socket: Duplex): Promise<TLSSocket> {
    const tls = require("node:tls") as typeof import("node:tls");
    const { hostname, settings, environment, connectMs } = patient;
    const secure = tls.connect({
        socket,
        host: hostname,
        servername: isIP(hostname) === 0 ? hostname : "",
        ...secureContextOf(settings, environment),
        // It is judged here, so that the end of a certificate is told beside its authority.
        rejectUnauthorized: false,
    });
    return new Promise((resolve, reject) => {
        const timer = setTimeout(
            () => secure.destroy(Object.assign(new Error("silent"), { code: "ETIMEDOUT" })),
            connectMs,
        );
        secure.once("secureConnect", () => {
            clearTimeout(timer);
            resolve(secure);
        });
        secure.on("error", (error) => {
            clearTimeout(timer);
            reject(error);
        });
        secure.once("close", () => {
            clearTimeout(timer);
            reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }));
        });
    });
}

function judge(patient: Patient, socket: TLSSocket): Check {
    const chain = chainOf(socket.getPeerCertificate(true));
    const ends = Math.min(...chain.map(({ valid_to }) => Date.parse(valid_to)));
    const now = patient.environment.now();
    const days = Math.floor((ends - now) / DAY_MS);
    const of = `${socket.getProtocol() ?? "TLS"}, a certificate by ${nameOf(chain[0]?.issuer)}`;
    const until = `${new Date(ends).toISOString().slice(0, 10)}`;
    if (!socket.authorized) {
        return untrusted(
            patient,
            String(socket.authorizationError),
            now < ends ? `${of} until ${until}` : `${of}, ended ${until}`,
        );
    }
    if (ends <= now) {
        return {
            check: "tls",
            status: "wrong",
            message: `${of} has ended on ${until}, by this machine's clock`,
            remedy: "renew it at the registry",
        };
    }
    if (days < SOON_DAYS) {
        return {
            check: "tls",
            status: "warning",
            message: `${of} ends on ${until}, ${inDays(days)}`,
            remedy: "renew it at the registry before every pull fails",
        };
    }
    return { check: "tls", status: "ok", message: `${of} until ${until}, ${inDays(days)}` };
}

function inDays(days: number): string {
    return days === 0 ? "within a day" : `in ${days} ${days === 1 ? "day" : "days"}`;
}

function untrusted({ settings, hostname, port }: Patient, code: string, of: string): Check {
    const where = `${hostname}:${port}`;
    const told = describeTlsFault({ code, message: code, where, customCa: settings.ca !== undefined });
    const [what = code, ...advice] = (told ?? `the certificate of ${where} will not do (${code})`).split("; ");
    return {
        check: "tls",
        status: "wrong",
        message: `${what} (${of})`,
        remedy: `${advice.join("; ") || "look at the certificate"}; every node that pulls has to trust it, too`,
    };
}

function broken({ settings, hostname, port }: Patient, error: unknown): Check {
    if (error instanceof TransshipError) {
        // Of the files that ca and clientCert name.
        return { check: "tls", status: "wrong", ...halvesOf(error.message, ": "), code: error.code };
    }
    const { code = "", message } = error as NodeJS.ErrnoException;
    const where = `${hostname}:${port}`;
    const told =
        describeTlsFault({ code, message, where, customCa: settings.ca !== undefined }) ??
        `${where} broke off the TLS handshake (${code || message}); check that the port is one of TLS; if it is meant to speak plain HTTP, set "insecure: true"`;
    return { check: "tls", status: "wrong", ...halvesOf(told, "; ") };
}

/** Of the server and of those that signed for it, as far as it sent them; a root, which signs itself, is judged by who trusts it. */
function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
    const chain: DetailedPeerCertificate[] = [leaf];
    for (let next = leaf.issuerCertificate; next !== undefined && chain.length < 10; next = next.issuerCertificate) {
        if (next.issuerCertificate === next || next === chain.at(-1)) {
            break;
        }
        chain.push(next);
    }
    return chain;
}

function nameOf(issuer: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined): string {
    const name = issuer?.CN ?? issuer?.O ?? "somebody without a name";
    return JSON.stringify((Array.isArray(name) ? name.join(", ") : name).slice(0, 80));
}
