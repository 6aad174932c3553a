/** Who we are at one registry. Never logged, never in an error, never serialised. */
export interface Credential {
    readonly username?: string;
    readonly password?: string;
    /** An OAuth2 refresh token (Docker's `identitytoken`); used instead of the other two. */
    readonly identityToken?: string;
}

export interface ResolvedCredential {
    /** `undefined` is anonymous. */
    readonly credential?: Credential;
    /** Where it came from, for a person: `the environment variable HUB_TOKEN`. */
    readonly description?: string;
    /** Milliseconds since 1970 from which it must be fetched anew. */
    readonly expiresAt?: number;
    /** What to do where a registry refuses it, beginning with a verb; only where its origin tells more than the refusal. */
    readonly advice?: string;
}

export const ANONYMOUS: ResolvedCredential = {};

/** Fetched this long before they end, so that none ends on its way. */
const EARLY_MS = 5 * 60_000;

/** When one that ends is to be fetched anew: some minutes before, or after half of a shorter life. */
export function renewalTime(ends: number, now: number): number {
    return ends - Math.min(EARLY_MS, Math.max(0, ends - now) / 2);
}

export function isSameCredential(one: Credential | undefined, other: Credential | undefined): boolean {
    return (
        one !== undefined &&
        one.username === other?.username &&
        one.password === other?.password &&
        one.identityToken === other?.identityToken
    );
}

/** Every value of a credential that must not show. */
export function secretsOf(credential: Credential | undefined): string[] {
    if (credential === undefined) {
        return [];
    }
    const secrets = [credential.password, credential.identityToken];
    if (credential.username !== undefined && credential.password !== undefined) {
        secrets.push(basicValue(credential));
    }
    return secrets.filter((secret): secret is string => secret !== undefined && secret !== "");
}

/** The value behind `Basic ` (RFC 7617, UTF-8). */
export function basicValue(credential: Credential): string {
    return Buffer.from(`${credential.username ?? ""}:${credential.password ?? ""}`, "utf8").toString("base64");
}
