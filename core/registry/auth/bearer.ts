import type { Endpoint } from "../endpoint";
import type { Challenge } from "./challenge";

/** A token service, as a Bearer challenge names it. */
export interface TokenService {
    readonly origin: string;
    /** Path and query of the realm. */
    readonly path: string;
    readonly service?: string;
    readonly insecure: boolean;
}

/** `undefined` for a realm that is no http(s) URL. */
export function tokenServiceOf(challenge: Challenge, endpoint: Endpoint): TokenService | undefined {
    let realm: URL;
    try {
        realm = new URL(challenge.parameters.realm ?? "", endpoint.origin);
    } catch {
        return undefined;
    }
    if ((realm.protocol !== "https:" && realm.protocol !== "http:") || challenge.parameters.realm === undefined) {
        return undefined;
    }
    return {
        origin: realm.origin,
        path: realm.pathname + realm.search,
        insecure: realm.protocol === "http:",
        ...(challenge.parameters.service === undefined ? {} : { service: challenge.parameters.service }),
    };
}

/** The path and query of a token request by GET: the realm's own query first. */
export function tokenPath(service: TokenService, scopes: readonly string[]): string {
    const query = new URLSearchParams();
    if (service.service !== undefined) {
        query.set("service", service.service);
    }
    for (const scope of scopes) {
        query.append("scope", scope);
    }
    const text = query.toString();
    return text === "" ? service.path : `${service.path}${service.path.includes("?") ? "&" : "?"}${text}`;
}

/** The form of a token request by POST, for who has a refresh token and no password. */
export function refreshForm(service: TokenService, scopes: readonly string[], refreshToken: string): string {
    const form = new URLSearchParams({
        grant_type: "refresh_token",
        client_id: "transship",
        refresh_token: refreshToken,
    });
    if (service.service !== undefined) {
        form.set("service", service.service);
    }
    form.set("scope", scopes.join(" "));
    return form.toString();
}

export interface TokenAnswer {
    readonly token: string;
    /** Milliseconds that it is good for, less what clocks and the way may take. */
    readonly lifeMs: number;
}

/**
 * `token` or `access_token`, `expires_in` in seconds with a default of 60
 * (distribution.github.io/distribution/spec/auth/token). `undefined` for anything else.
 */
export function readTokenAnswer(body: Buffer): TokenAnswer | undefined {
    let document: unknown;
    try {
        document = JSON.parse(body.toString("utf8"));
    } catch {
        return undefined;
    }
    const { token, access_token, expires_in } = (document ?? {}) as Record<string, unknown>;
    const value = typeof token === "string" && token !== "" ? token : access_token;
    // A line break in a token would be a header of its own.
    if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) {
        return undefined;
    }
    const seconds = typeof expires_in === "number" && expires_in > 0 ? expires_in : 60;
    return { token: value, lifeMs: seconds * 1000 - Math.min(10_000, seconds * 200) };
}
