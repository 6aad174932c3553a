import { DEFAULT_CONNECT_MS, DEFAULT_IDLE_MS } from "../settings";
import type { FailureContext } from "./failure";
import { authenticatorFor, type TransportOptions } from "./host";
import { proxyFor } from "./proxy";
import type { RegistryRequest } from "./request";

/** Gathers what a message needs; only called once something failed. @param url where it was sent, not redacted */
export function failureContext(options: TransportOptions, request: RegistryRequest, url: string): FailureContext {
    const { endpoint, quirks, settings, environment } = options;
    const authenticator = authenticatorFor(request, options);
    return {
        endpoint,
        quirks,
        request,
        url,
        credentials: authenticator.credentials.current?.description,
        renewal: authenticator.credentials.current?.advice,
        secrets: authenticator.secrets(),
        connectMs: settings.timeouts?.connect ?? DEFAULT_CONNECT_MS,
        idleMs: settings.timeouts?.idle ?? DEFAULT_IDLE_MS,
        customCa: settings.ca !== undefined,
        proxied: proxyFor(settings, environment) !== undefined,
        now: environment.now(),
    };
}
