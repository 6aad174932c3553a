import { type Blob, BlobOperations, type GetBlobOptions } from "./blobs";
import { endpointOf } from "./endpoint";
import { RegistryError } from "./errors";
import type { StatsCounter } from "./http/stats";
import { Transport } from "./http/transport";
import { quirksOf } from "./quirks";
import { redactUrl } from "./redact";
import type { Environment, RegistrySettings } from "./settings";
import type { SharedHosts } from "./shared-hosts";

/**
 * Reads blobs from addresses that a manifest names (image-spec, descriptor.md, `urls`): HTTPS only, without any
 * credentials, with the digest checked, over the proxy, the limits and the retries of every other request.
 */
export class ForeignBlobs {
    readonly #hosts: SharedHosts;
    readonly #environment: Environment;
    readonly #stats: StatsCounter;

    constructor(hosts: SharedHosts, environment: Environment, stats: StatsCounter) {
        this.#hosts = hosts;
        this.#environment = environment;
        this.#stats = stats;
    }

    async get(address: string, digest: string, options: GetBlobOptions): Promise<Blob> {
        const url = URL.canParse(address) ? new URL(address) : undefined;
        if (url?.protocol !== "https:") {
            const message = `The blob ${digest} is not read from ${redactUrl(address)}: an address has to begin with https://.`;
            throw new RegistryError("INVALID_ARGUMENT", message, {
                host: url?.host ?? "",
                method: "GET",
                url: redactUrl(address),
            });
        }
        const anonymous = { from: "anonymous" } as const;
        const settings: RegistrySettings = {
            name: url.host,
            host: url.host,
            kind: "other",
            credentials: { pull: anonymous, push: anonymous },
        };
        const transport = new Transport({
            settings,
            endpoint: endpointOf(settings.host),
            quirks: quirksOf(settings.kind),
            environment: this.#environment,
            link: this.#hosts.link(settings),
            identity: this.#hosts.identity(settings),
            stats: this.#stats,
        });
        return new BlobOperations(transport).get("", digest, { ...options, path: url.pathname + url.search });
    }
}
