import { TransshipError } from "../errors";
import { RegistryClient } from "./client";
import type { RegistryStats } from "./http/stats";
import { type ClientEnvironment, type RegistrySettings, resolveEnvironment } from "./settings";
import { SharedHosts } from "./shared-hosts";

/**
 * The clients of several registries. Those of one host share its connections, its limit and its pauses; those with the
 * same credentials there share tokens too.
 */
export class RegistryPool {
    readonly #settings: ReadonlyMap<string, RegistrySettings>;
    readonly #environment: ClientEnvironment;
    readonly #hosts: SharedHosts;
    readonly #clients = new Map<string, RegistryClient>();

    constructor(settings: readonly RegistrySettings[], env: ClientEnvironment = {}) {
        this.#settings = new Map(settings.map((one) => [one.name, one]));
        this.#environment = env;
        this.#hosts = new SharedHosts(resolveEnvironment(env));
        // All of them now, so that the lowest ceiling of a host holds from the first request on.
        for (const one of settings) {
            this.#hosts.link(one);
        }
    }

    /** The client of that name, made on its first use. */
    client(name: string): RegistryClient {
        const known = this.#clients.get(name);
        if (known !== undefined) {
            return known;
        }
        const settings = this.#settings.get(name);
        if (settings === undefined) {
            throw new TransshipError(
                "REGISTRY_UNKNOWN",
                `There is no registry ${JSON.stringify(name)}: those known are ${[...this.#settings.keys()].join(", ") || "none"}.`,
            );
        }
        const client = new RegistryClient(settings, this.#environment, this.#hosts);
        this.#clients.set(name, client);
        return client;
    }

    /** By registry, of those that were used. */
    stats(): Readonly<Record<string, RegistryStats>> {
        return Object.fromEntries([...this.#clients].map(([name, client]) => [name, client.stats]));
    }

    async close(): Promise<void> {
        this.#clients.clear();
        await this.#hosts.close();
    }
}
