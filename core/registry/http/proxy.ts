import type { Environment, RegistrySettings } from "../settings";

/** undici's options of the same names. */
export interface ProxySettings {
    readonly httpProxy: string;
    readonly httpsProxy: string;
    readonly noProxy: string;
}

/**
 * What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` mean for one registry; `undefined` where they name no proxy for it.
 * undici's plain agent ignores them. `NO_PROXY` takes names, suffixes and ports, no CIDR ranges.
 */
export function proxyFor(settings: RegistrySettings, { env }: Environment): ProxySettings | undefined {
    // Lower case first, as curl and Go have it.
    const httpProxy = env.http_proxy ?? env.HTTP_PROXY ?? "";
    const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY ?? "";
    if ((settings.insecure ? httpProxy : httpsProxy) === "") {
        return undefined;
    }
    const noProxy = env.no_proxy ?? env.NO_PROXY ?? "";
    // Loopback never goes through a proxy, as in Go's clients: nobody means a proxy to fetch from this machine.
    return { httpProxy, httpsProxy, noProxy: noProxy === "*" ? "*" : `${noProxy},localhost,127.0.0.1,[::1]` };
}
