import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import type { Agent, buildConnector } from "undici";
import { RegistryError } from "../errors";
import { DEFAULT_CONNECT_MS, type Environment, type RegistrySettings } from "../settings";
import { BodyAgent } from "./body-agent";
import { HeadAgent } from "./head-agent";
import { proxyFor } from "./proxy";
import type { WireDispatcher } from "./wire-dispatcher";

/**
 * Opens the connections to one registry and to wherever it sends us. There is no limit of connections here: the
 * limiter bounds requests, and a limit below it could leave an upload waiting for the download that feeds it.
 */
export function createDispatcher(settings: RegistrySettings, environment: Environment): WireDispatcher {
    const connect = {
        timeout: settings.timeouts?.connect ?? DEFAULT_CONNECT_MS,
        ...secureContext(settings, environment),
    };
    const proxy = proxyFor(settings, environment);
    if (proxy === undefined) {
        const build = loadPart<typeof buildConnector>("undici/lib/core/connect.js", "buildConnector");
        // One connector for small requests: they share TLS sessions.
        const connector = build(connect);
        const openAgent = () => {
            const AgentClass = loadPart<typeof Agent>("undici/lib/dispatcher/agent.js", "Agent");
            return new AgentClass({ connect: connector });
        };
        return new HeadAgent(connector, () => new BodyAgent(build, connect, openAgent));
    }
    const { EnvHttpProxyAgent, Pool } = requireHere("undici") as typeof import("undici");
    // Given as options, so that the injected environment counts and not the process's. `connect` is for what goes
    // without the proxy, `requestTls` for TLS inside the tunnel.
    return new EnvHttpProxyAgent({
        ...proxy,
        connect,
        requestTls: connect,
        factory: (origin, options) => new Pool(origin, endingTunnels(options)),
    });
}

type Connector = (options: object, callback: (error: Error | null, socket: Duplex | null) => void) => void;

/**
 * A proxy that hangs up instead of answering CONNECT gives undici an error which it takes for a reason to connect again,
 * at once and for ever. Under another code it ends the request, which then is tried again as often as any.
 */
function endingTunnels(options: object): object {
    const { connect } = options as { connect?: unknown };
    if (typeof connect !== "function") {
        return options;
    }
    const tunnel: Connector = (target, callback) => {
        (connect as Connector)(target, (error, socket) => {
            const again =
                error !== null && /^UND_ERR_(?:SOCKET|INFO)$/.test((error as NodeJS.ErrnoException).code ?? "");
            callback(
                again ? Object.assign(new Error("the proxy hung up", { cause: error }), { code: "ECONNRESET" }) : error,
                socket,
            );
        });
    };
    return { ...options, connect: tunnel };
}

const requireHere = createRequire(__filename);

/**
 * `require("undici")` takes about 100 ms (fetch, WebSocket, cache, mocks), its agent alone 30, its connector 10. The
 * files are no stable API: a release that moves one costs those 70 ms and nothing else. The proxy agent needs the whole
 * (it calls `connect`, which undici's index adds to its classes).
 */
function loadPart<T>(file: string, name: "Agent" | "buildConnector"): T {
    try {
        return requireHere(file) as T;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") {
            throw error;
        }
        return (requireHere("undici") as typeof import("undici"))[name] as T;
    }
}

/** One context for all connections: to parse the system's 150 certificates for each would cost 10 ms a time. */
function secureContext(settings: RegistrySettings, environment: Environment): { secureContext?: SecureContext } {
    if (settings.insecure || (settings.ca === undefined && settings.clientCert === undefined)) {
        return {};
    }
    const tls = requireHere("node:tls") as typeof import("node:tls");
    const options: { ca?: string[]; cert?: string; key?: string } = {};
    if (settings.ca !== undefined) {
        const text = settings.ca.startsWith("-----BEGIN") ? settings.ca : read(settings, "ca", settings.ca);
        options.ca = [...tls.rootCertificates, text];
        // To name `ca` replaces Node's defaults, those that NODE_EXTRA_CA_CERTS added among them.
        const extra = environment.env.NODE_EXTRA_CA_CERTS;
        if (extra !== undefined && extra !== "") {
            options.ca.push(read(settings, "NODE_EXTRA_CA_CERTS", extra));
        }
    }
    if (settings.clientCert !== undefined) {
        options.cert = read(settings, "clientCert.cert", settings.clientCert.cert);
        options.key = read(settings, "clientCert.key", settings.clientCert.key);
    }
    try {
        return { secureContext: tls.createSecureContext(options) };
    } catch (cause) {
        throw unusable(settings, `The certificate files of the registry ${settings.host} hold no usable PEM`, cause);
    }
}

function read(settings: RegistrySettings, key: string, path: string): string {
    try {
        const text = readFileSync(path, "utf8");
        // OpenSSL reads what is no PEM as no certificates at all, and says nothing.
        if (!text.includes("-----BEGIN ")) {
            throw Object.assign(new Error("no PEM"), { code: "no PEM in it" });
        }
        return text;
    } catch (cause) {
        throw unusable(settings, `The file ${path}, named by "${key}" for ${settings.host}, cannot be used`, cause);
    }
}

function unusable(settings: RegistrySettings, what: string, cause: unknown): RegistryError {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    return new RegistryError("TLS_ERROR", `${what} (${code}): correct the registry's ca or clientCert.`, {
        host: settings.host,
        method: "CONNECT",
        url: `https://${settings.host}`,
        cause,
    });
}
