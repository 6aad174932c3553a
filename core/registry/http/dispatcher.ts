import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { Agent, buildConnector } from "undici";
import { DEFAULT_CONNECT_MS, type Environment, type RegistrySettings } from "../settings";
import { BodyAgent } from "./body-agent";
import { HeadAgent } from "./head-agent";
import { proxyFor } from "./proxy";
import { secureContextOf } from "./secure-context";
import type { WireDispatcher } from "./wire-dispatcher";

/**
 * Opens the connections to one registry and to wherever it sends us. There is no limit of connections here: the
 * limiter bounds requests, and a limit below it could leave an upload waiting for the download that feeds it.
 */
export function createDispatcher(settings: RegistrySettings, environment: Environment): WireDispatcher {
    const connect = {
        timeout: settings.timeouts?.connect ?? DEFAULT_CONNECT_MS,
        ...secureContextOf(settings, environment),
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
