import type { Catalog, Registry } from "../catalog";
import { TransshipError } from "../errors";
import { Harbor, HarborError, type ReplicationPolicy } from "../harbor";
import type { Registries } from "../mirror";
import { apiDispatcher } from "../registry";
import type { Logins, ReplicationOptions } from "./types";

/** A Harbor whose API we may use. */
export interface OpenHarbor {
    readonly registry: Registry;
    readonly harbor: Harbor;
    /** All its replication rules. */
    readonly policies: readonly ReplicationPolicy[];
    /** What must not show in a line of its logs. */
    readonly secrets: readonly string[];
    close(): Promise<void>;
}

interface Login {
    readonly username: string;
    readonly password: string;
}

/**
 * Harbor's API by the registry's own login, which is the same user there; where it has none, or one that may not look at
 * replication (a project's robot), by the login `harbor`. That one is for the only Harbor of a catalogue: of several,
 * none is sent another's password.
 *
 * @throws TransshipError `CREDENTIALS_MISSING` with both ways to give it; HarborError
 */
export async function openHarbor(
    catalog: Catalog,
    registry: Registry,
    registries: Registries,
    options: ReplicationOptions,
): Promise<OpenHarbor> {
    const own = await ownLogin(registry, registries);
    const named = isOnlyHarbor(catalog, registry) ? namedLogin(options.logins, options.env ?? process.env) : undefined;
    if (own !== undefined) {
        try {
            return await open(registry, own, options);
        } catch (error) {
            if (named === undefined || !isRefusal(error)) {
                throw error;
            }
        }
    }
    if (named === undefined) {
        throw new TransshipError(
            "CREDENTIALS_MISSING",
            `There is no login for Harbor's API at ${registry.host}, which is to replicate: give the registry "credentials" of a user or robot that may start replications, or set HARBOR_USERNAME and HARBOR_PASSWORD, or the key "harbor" (of transship:credentials in a stack, of TRANSSHIP_CREDENTIALS for the command).`,
        );
    }
    return open(registry, named, options);
}

/** Proven by reading the rules, which is the first thing that is needed, and a right of few. */
async function open(registry: Registry, login: Login, { signal, sleep }: ReplicationOptions): Promise<OpenHarbor> {
    const url = `${registry.insecure ? "http" : "https"}://${registry.host}`;
    const dispatcher = apiDispatcher(registry);
    const harbor = new Harbor({ url, ...login }, { signal, dispatcher, ...(sleep && { sleep }) });
    const close = async (): Promise<void> => {
        await harbor.close();
        await dispatcher?.close();
    };
    try {
        const policies = await harbor.replicationPolicies.list();
        const basic = Buffer.from(`${login.username}:${login.password}`).toString("base64");
        return { registry, harbor, policies, secrets: [login.password, basic], close };
    } catch (error) {
        await close();
        throw error;
    }
}

async function ownLogin(registry: Registry, registries: Registries): Promise<Login | undefined> {
    const { password, username } = (await registries.client(registry.name).pushLogin()) ?? {};
    return username === undefined || password === undefined ? undefined : { username, password };
}

function namedLogin(logins: Logins = {}, env: NonNullable<ReplicationOptions["env"]>): Login | undefined {
    const { username, password } = Object.hasOwn(logins, "harbor") ? (logins.harbor ?? {}) : {};
    if (username !== undefined && password !== undefined) {
        return { username, password };
    }
    const { HARBOR_USERNAME: name = "", HARBOR_PASSWORD: secret = "" } = env;
    return name === "" || secret === "" ? undefined : { username: name, password: secret };
}

function isOnlyHarbor({ registries }: Catalog, { host }: Registry): boolean {
    return Object.values(registries).every((one) => one.kind !== "harbor" || one.host === host);
}

function isRefusal(error: unknown): boolean {
    return error instanceof HarborError && (error.code === "HARBOR_FORBIDDEN" || error.code === "HARBOR_UNAUTHORIZED");
}
