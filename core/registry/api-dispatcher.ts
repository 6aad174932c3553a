import type { Dispatcher } from "undici";
import { secureContextOf } from "./http/secure-context";
import type { RegistrySettings } from "./settings";

/**
 * What a registry's own REST API is asked through where the registry has certificates of its own; undefined where it has
 * none. The proxy's variables hold. Whoever asks for it closes it.
 *
 * @throws RegistryError `TLS_ERROR` for unusable files
 */
export function apiDispatcher(settings: RegistrySettings): Dispatcher | undefined {
    const connect = secureContextOf(settings, { env: process.env });
    if (connect.secureContext === undefined) {
        return undefined;
    }
    const { EnvHttpProxyAgent } = require("undici") as typeof import("undici");
    return new EnvHttpProxyAgent({ connect, requestTls: connect });
}
