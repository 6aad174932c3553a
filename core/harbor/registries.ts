import * as v from "valibot";
import { type HarborConnection, type Payload, part } from "./connection";
import { HarborError } from "./errors";

const schema = v.looseObject({
    id: v.number(),
    name: v.string(),
    /** `docker-hub`, `github-ghcr`, `aws-ecr`, …; it never changes. */
    type: v.string(),
    url: v.string(),
    description: v.nullish(v.string()),
    insecure: v.nullish(v.boolean()),
    ca_certificate: v.nullish(v.string()),
    /** `healthy` or `unhealthy`, as Harbor last saw it: it looks every few minutes. */
    status: v.nullish(v.string()),
    credential: v.nullish(
        v.looseObject({
            type: v.nullish(v.string()),
            access_key: v.nullish(v.string()),
            /** Stars, where there is one. */
            access_secret: v.nullish(v.string()),
        }),
    ),
});

/** An endpoint: another registry, as Harbor knows it. (Harbor's API description, `Registry`) */
export type RegistryEndpoint = v.InferOutput<typeof schema>;

export interface NewRegistryEndpoint {
    readonly name: string;
    readonly type: string;
    readonly url: string;
    readonly description?: string;
    readonly insecure?: boolean;
    readonly ca_certificate?: string;
    readonly credential?: { readonly type: string; readonly access_key: string; readonly access_secret: string };
}

/** What can be changed of one, flat, and only what is given is. (`RegistryUpdate`) */
export interface RegistryEndpointWish {
    readonly name?: string;
    readonly url?: string;
    readonly description?: string;
    readonly insecure?: boolean;
    readonly ca_certificate?: string;
    readonly credential_type?: string;
    readonly access_key?: string;
    readonly access_secret?: string;
}

/** Either one that Harbor has, by its id, with what is to be tried in the place of what it has; or none yet. */
export interface RegistryPing extends Omit<RegistryEndpointWish, "name" | "description"> {
    readonly id?: number;
    readonly type?: string;
}

export class RegistryEndpoints {
    constructor(private readonly connection: HarborConnection) {}

    /** @throws HarborError */
    list(): Promise<RegistryEndpoint[]> {
        return this.connection.list("/registries", {}, "list its registry endpoints", schema);
    }

    /** By its whole name: Harbor's own filter finds what is like it. @throws HarborError */
    async find(name: string): Promise<RegistryEndpoint | undefined> {
        return (await this.list()).find((one) => one.name === name);
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    get(id: number): Promise<RegistryEndpoint | undefined> {
        return this.connection.find(`/registries/${id}`, `read the registry endpoint ${id}`, schema);
    }

    /** Harbor asks the registry first, and refuses one that does not answer well. @returns its id. @throws HarborError */
    async create(endpoint: NewRegistryEndpoint): Promise<number> {
        const doing = `create the registry endpoint ${endpoint.name}`;
        return Number(await this.connection.create("/registries", endpoint as unknown as Payload, doing));
    }

    /** Harbor asks the registry first here, too. After 2.15 another `url` without an `access_secret` empties the secret. */
    async update(id: number, wish: RegistryEndpointWish, name: string): Promise<void> {
        await this.connection.change(
            "PUT",
            `/registries/${id}`,
            wish as Payload,
            `change the registry endpoint ${name}`,
        );
    }

    /** @throws HarborError `HARBOR_PRECONDITION` while a replication rule or a proxy cache uses it */
    delete(id: number, name: string): Promise<void> {
        return this.connection.remove(`/registries/${part(id)}`, `delete the registry endpoint ${name}`);
    }

    /**
     * Whether Harbor reaches a registry with this, and the registry takes the login. It changes nothing.
     *
     * @returns what Harbor says is wrong, or undefined
     * @throws HarborError where Harbor itself could not be asked
     */
    async ping(ping: RegistryPing, name: string): Promise<string | undefined> {
        const doing = `let Harbor reach the registry of the endpoint ${name}`;
        try {
            await this.connection.change("POST", "/registries/ping", ping as Payload, doing);
            return undefined;
        } catch (error) {
            // 400 where the registry is not well; some adapters hand on a 401 or 404 of the registry as Harbor's own.
            if (error instanceof HarborError && !error.isOutage) {
                return error.message;
            }
            throw error;
        }
    }
}
