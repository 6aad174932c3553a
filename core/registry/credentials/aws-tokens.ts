import { type Credential, isSameCredential, type ResolvedCredential } from "./credential";

/** Keys of a role or a profile, as the SDK hands them on. */
export interface AwsIdentity {
    readonly expiration?: Date;
}
export type IdentityProvider = () => Promise<AwsIdentity>;

interface Entry {
    readonly pending: Promise<ResolvedCredential>;
    resolved?: ResolvedCredential;
}

/** Keys are renewed this long before they end, as the SDK does by itself. */
const EARLY_MS = 5 * 60_000;

/**
 * ECR's tokens and the identities that they are asked for with, for pools that share them. A token is good for every
 * registry that its principal may use, so what counts is who asks and in which region, and not the registry: ten
 * registries of an account, or of ten accounts by one role, cost one call.
 */
export class AwsTokens {
    readonly #tokens = new Map<string, Entry>();
    readonly #identities = new Map<string, IdentityProvider>();

    /**
     * The known token, the one on its way, or a new one. A failure is not remembered.
     *
     * @param key who asks, and where
     * @param refused what a registry did not take: another one is wanted
     */
    get(
        key: string,
        ask: () => Promise<ResolvedCredential>,
        now: number,
        refused?: Credential,
    ): Promise<ResolvedCredential> {
        const known = this.#tokens.get(key);
        if (known !== undefined && (known.resolved === undefined || isUsable(known.resolved, now, refused))) {
            return known.pending;
        }
        const entry: Entry = { pending: ask() };
        this.#tokens.set(key, entry);
        entry.pending.then(
            (resolved) => {
                entry.resolved = resolved;
            },
            () => {
                if (this.#tokens.get(key) === entry) {
                    this.#tokens.delete(key);
                }
            },
        );
        return entry.pending;
    }

    /** One identity for all clients that ask by the same profile and role: a role is assumed once in its life. */
    identity(key: string, open: () => IdentityProvider, now: () => number): IdentityProvider {
        const known = this.#identities.get(key);
        if (known !== undefined) {
            return known;
        }
        const provider = remembered(open(), now);
        this.#identities.set(key, provider);
        return provider;
    }
}

function isUsable({ credential, expiresAt }: ResolvedCredential, now: number, refused?: Credential): boolean {
    return (expiresAt === undefined || expiresAt > now) && !isSameCredential(credential, refused);
}

function remembered(provider: IdentityProvider, now: () => number): IdentityProvider {
    let pending: Promise<AwsIdentity> | undefined;
    let ends = Number.POSITIVE_INFINITY;
    return () => {
        if (pending === undefined || ends <= now()) {
            ends = Number.POSITIVE_INFINITY;
            const asked = provider();
            pending = asked;
            asked.then(
                ({ expiration }) => {
                    ends = expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - EARLY_MS;
                },
                () => {
                    pending = undefined;
                },
            );
        }
        return pending;
    };
}
