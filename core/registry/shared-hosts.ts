import { Authenticator } from "./auth/authenticator";
import { CredentialStore } from "./credentials/store";
import { type Endpoint, endpointOf } from "./endpoint";
import { AbortHub } from "./http/abort-hub";
import { createDispatcher } from "./http/dispatcher";
import { HostHealth } from "./http/health";
import type { HostLink, Identity } from "./http/host";
import { Limiter } from "./http/limiter";
import { PullMeter } from "./http/pull-meter";
import type { WireDispatcher } from "./http/wire-dispatcher";
import { quirksOf } from "./quirks";
import { type CredentialSource, DEFAULT_CONCURRENCY, type Environment, type RegistrySettings } from "./settings";

/**
 * What clients share: connections and limits by host, tokens by host and credentials. Nothing of it is global; a pool
 * or a client of its own owns one and closes it.
 */
export class SharedHosts {
    readonly #environment: Environment;
    readonly #hub: AbortHub;
    readonly #links = new Map<string, HostLink>();
    readonly #dispatchers = new Map<string, WireDispatcher>();
    readonly #identities = new Map<string, Identity>();

    constructor(environment: Environment) {
        this.#environment = environment;
        this.#hub = new AbortHub(environment.signal);
    }

    link(settings: RegistrySettings): HostLink {
        const ceiling = settings.concurrency ?? DEFAULT_CONCURRENCY;
        const key = hostKey(settings);
        const known = this.#links.get(key);
        if (known !== undefined) {
            known.limiter.lowerCeiling(ceiling);
            return known;
        }
        const { pace } = quirksOf(settings.kind);
        const link: HostLink = {
            ...(pace === undefined ? {} : { pacer: this.#environment.pacers.of(originOf(settings), pace) }),
            dispatcher: () => this.#dispatcher(key, settings),
            limiter: new Limiter({ ceiling, now: this.#environment.now }),
            health: new HostHealth(),
            hub: this.#hub,
        };
        this.#links.set(key, link);
        return link;
    }

    identity(settings: RegistrySettings): Identity {
        const { credentials, keepRemaining = 0 } = settings;
        const key = JSON.stringify([hostKey(settings), settings.kind, credentials ?? null]);
        const known = this.#identities.get(key);
        if (known !== undefined) {
            known.pulls.keepAtLeast(keepRemaining);
            return known;
        }
        const endpoint = endpointOf(settings.host, settings.insecure);
        const pull = this.#authenticator(settings, endpoint, credentials?.pull);
        // The same source is the same person: one set of tokens, one ask of a helper.
        const same = JSON.stringify(credentials?.pull) === JSON.stringify(credentials?.push);
        const identity: Identity = {
            pull,
            push: same ? pull : this.#authenticator(settings, endpoint, credentials?.push),
            pulls: new PullMeter(endpoint, this.#environment.pulls, JSON.stringify(credentials?.pull ?? null)),
        };
        identity.pulls.keepAtLeast(keepRemaining);
        this.#identities.set(key, identity);
        return identity;
    }

    #dispatcher(key: string, settings: RegistrySettings): WireDispatcher {
        let dispatcher = this.#environment.dispatcher ?? this.#dispatchers.get(key);
        if (dispatcher === undefined) {
            dispatcher = createDispatcher(settings, this.#environment);
            this.#dispatchers.set(key, dispatcher);
        }
        return dispatcher;
    }

    /** Ends the connections, also those in use. */
    async close(): Promise<void> {
        const own = [...this.#dispatchers.values()];
        this.#dispatchers.clear();
        this.#links.clear();
        this.#identities.clear();
        this.#hub.close();
        await Promise.all(own.map((dispatcher) => dispatcher.destroy()));
    }

    #authenticator(
        settings: RegistrySettings,
        endpoint: Endpoint,
        source: CredentialSource | undefined,
    ): Authenticator {
        return new Authenticator({
            endpoint,
            credentials: new CredentialStore(endpoint, source, this.#environment),
            quirks: quirksOf(settings.kind),
            now: this.#environment.now,
        });
    }
}

function originOf({ host, insecure }: RegistrySettings): string {
    return endpointOf(host, insecure).origin;
}

function hostKey(settings: RegistrySettings): string {
    const { ca, clientCert, timeouts } = settings;
    return JSON.stringify([originOf(settings), ca ?? null, clientCert ?? null, timeouts ?? null]);
}
