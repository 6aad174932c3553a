import type { LookupAddress } from "node:dns";
import type { Registry } from "../catalog";
import type { ClientEnvironment, RegistrySettings } from "../registry";
import { type Endpoint, type Environment, endpointOf, proxyFor, resolveEnvironment } from "../registry/diagnosis";

/** The registry that is examined, and by what means. */
export interface Patient {
    readonly settings: RegistrySettings;
    readonly endpoint: Endpoint;
    /** Without brackets: what DNS and TLS know. */
    readonly hostname: string;
    readonly port: number;
    readonly environment: Environment;
    /** The same as it was given, for clients. */
    readonly given: ClientEnvironment;
    readonly lookup: Lookup;
    /** @default /etc/hosts */
    readonly hostsFile: string;
    /** Milliseconds for one connection. */
    readonly connectMs: number;
}

/** All addresses of a name, by the system's own way (`/etc/hosts`, search domains, DNS). */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** What a diagnosis is made with; everything can be replaced, which is how it is tested. */
export interface DoctorEnvironment extends ClientEnvironment {
    /** @default the system's */
    readonly lookup?: Lookup;
    readonly hostsFile?: string;
    /** What this machine pulls: `linux/amd64`. @default by Node's own words */
    readonly platform?: string;
}

const CONNECT_MS = 10_000;

export function patientOf(registry: Registry, environment: DoctorEnvironment): Patient {
    const endpoint = endpointOf(registry.host, registry.insecure);
    const url = new URL(endpoint.origin);
    const { lookup = systemLookup, hostsFile = "/etc/hosts", platform: _platform, ...given } = environment;
    return {
        settings: registry,
        endpoint,
        hostname: url.hostname.replace(/^\[|\]$/g, ""),
        port: Number(url.port) || (endpoint.insecure ? 80 : 443),
        environment: resolveEnvironment(given),
        given,
        lookup,
        hostsFile,
        connectMs: registry.timeouts?.connect ?? CONNECT_MS,
    };
}

async function systemLookup(hostname: string): Promise<readonly LookupAddress[]> {
    const { lookup } = require("node:dns/promises") as typeof import("node:dns/promises");
    return lookup(hostname, { all: true });
}

/** The proxy that stands between, and which variable names it. */
export interface ForwardProxy {
    readonly variable: string;
    readonly url: URL;
}

/** What the variables say of this registry. A text is what is wrong with them. */
export type Route =
    | { readonly by: "itself"; readonly why: string }
    | { readonly by: "proxy"; readonly proxy: ForwardProxy }
    | { readonly by: "nothing"; readonly problem: string };

export function routeOf({ settings, environment, hostname, port, endpoint }: Patient): Route {
    const { env } = environment;
    // The order in which `proxyFor` reads them.
    const names = endpoint.insecure ? ["http_proxy", "HTTP_PROXY"] : ["https_proxy", "HTTPS_PROXY"];
    const variable = names.find((name) => env[name] !== undefined) ?? (names[1] as string);
    const proxies = proxyFor(settings, environment);
    if (proxies === undefined) {
        return { by: "itself", why: `${names[1]} names no proxy` };
    }
    const entry = bypassing(proxies.noProxy, hostname, port);
    if (entry !== undefined) {
        const listed = (env.no_proxy ?? env.NO_PROXY ?? "").includes(entry);
        const why = listed ? `NO_PROXY has ${entry}` : "no proxy is asked for this machine itself";
        return { by: "itself", why: `${variable} names a proxy, and ${why}` };
    }
    const text = endpoint.insecure ? proxies.httpProxy : proxies.httpsProxy;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url === undefined || !/^https?:$/.test(url.protocol)
        ? { by: "nothing", problem: `${variable} is no address of a proxy` }
        : { by: "proxy", proxy: { variable, url } };
}

/** The entry of NO_PROXY that is meant for a host, by the rules of the agent that sends: whole names and their subdomains. */
function bypassing(noProxy: string, hostname: string, port: number): string | undefined {
    if (noProxy === "*") {
        return "*";
    }
    const name = hostname.includes(":") ? `[${hostname}]` : hostname;
    return noProxy.split(/[,\s]+/).find((entry) => {
        const [, own = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
        const bare = own.replace(/^\*?\./, "").toLowerCase();
        const isFor = bare !== "" && (name === bare || name.endsWith(`.${bare}`));
        return isFor && (only === undefined || Number(only) === port);
    });
}
