import type { PullAccount } from "../../registry";
import type { Registries } from "../observe";

/** An account whose pulls are counted, and how it stands. */
export interface PullStatus {
    /** The name for people: `docker.io`. */
    readonly host: string;
    /** The catalogue's names of the registries that share the account. */
    readonly registries: readonly string[];
    /** Pulls in a window. */
    readonly limit: number;
    /** Pulls that are left at least. */
    readonly remaining: number;
    /** 0 where the registry does not tell. */
    readonly windowSeconds: number;
    /** Pulls that are never spent. */
    readonly keeps: number;
}

/** The accounts of these registries whose pulls are counted, as far as answers told of them. */
export function pullAccounts(names: Iterable<string>, registries: Registries): Map<PullAccount, string[]> {
    const accounts = new Map<PullAccount, string[]>();
    for (const name of new Set(names)) {
        const account = registries.client(name).pulls;
        if (account !== undefined) {
            accounts.set(account, [...(accounts.get(account) ?? []), name]);
        }
    }
    return accounts;
}

/** How they stand now; for nothing but the last answers' headers. */
export function pullStatus(names: Iterable<string>, registries: Registries): PullStatus[] {
    return [...pullAccounts(names, registries)].flatMap(([account, sharers]) => {
        const { host, latest, remaining, keeps } = account;
        return latest === undefined
            ? []
            : [
                  {
                      host,
                      registries: sharers,
                      limit: latest.limit,
                      remaining,
                      windowSeconds: latest.windowSeconds,
                      keeps,
                  },
              ];
    });
}
