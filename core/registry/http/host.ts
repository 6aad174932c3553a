import type { Authenticator } from "../auth/authenticator";
import type { Endpoint } from "../endpoint";
import type { Quirks } from "../quirks";
import type { Environment, RegistrySettings } from "../settings";
import type { AbortHub } from "./abort-hub";
import type { WireResponse } from "./exchange";
import type { HostHealth } from "./health";
import type { Limiter } from "./limiter";
import type { Pacer } from "./pacer";
import type { PullMeter } from "./pull-meter";
import type { RegistryRequest } from "./request";
import type { StatsCounter } from "./stats";
import type { WireDispatcher } from "./wire-dispatcher";

/** What clients of one host share. */
export interface HostLink {
    /** Opened when it is first asked for, which also is when undici is loaded; throws a RegistryError for unusable certificates. */
    readonly dispatcher: () => WireDispatcher;
    readonly limiter: Limiter;
    /** For a registry that documents rates. */
    readonly pacer?: Pacer;
    readonly health: HostHealth;
    readonly hub: AbortHub;
}

/** What clients of one host with the same credentials share besides. */
export interface Identity {
    readonly pull: Authenticator;
    readonly push: Authenticator;
    readonly pulls: PullMeter;
    /** The pull limit is used up: no manifest is fetched before `until`. */
    pullLimit?: { readonly until: number; readonly failure: WireResponse };
}

/** All that a client's requests are made with. */
export interface TransportOptions {
    readonly settings: RegistrySettings;
    readonly endpoint: Endpoint;
    readonly quirks: Quirks;
    readonly environment: Environment;
    readonly link: HostLink;
    readonly identity: Identity;
    readonly stats: StatsCounter;
}

export function authenticatorFor(request: RegistryRequest, { identity }: TransportOptions): Authenticator {
    return request.access === "pull" ? identity.pull : identity.push;
}
