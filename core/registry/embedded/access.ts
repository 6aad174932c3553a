import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isRepositoryPath } from "../../oci";
import type { EmbeddedAuth } from "./options";
import type { Route } from "./routes";
import { type Grants, parseScopes, Tokens } from "./tokens";
import { WireError } from "./wire-error";

export type Action = "pull" | "push" | "delete";

/** Who asks, and what they may do. */
export interface Caller {
    /** Undefined for the anonymous. */
    readonly user?: string;
    /** @param resource `repository:team/app`, as scopes name it */
    may(action: Action, resource: string): boolean;
}

const EVERYBODY: Caller = { may: () => true };
const SERVICE = "transship-embedded";
const DEFAULT_TOKEN_SECONDS = 300;

/** Decides who a request comes from and whether it may do what it asks. */
export class Access {
    private readonly tokens: Tokens;

    constructor(
        private readonly auth: EmbeddedAuth | undefined,
        private readonly now: () => number,
    ) {
        this.tokens = new Tokens(now);
    }

    /** @throws WireError 401 UNAUTHORIZED with a challenge, 403 DENIED */
    authorize(request: IncomingMessage, route: Route, query: URLSearchParams, origin: string): Caller {
        const needs = needsOf(request.method ?? "", route, query);
        if (this.auth === undefined || needs.length === 0) {
            return EVERYBODY;
        }
        const challenge = (error?: string) => this.challenge(needs, origin, error);
        const caller = this.auth.kind === "basic" ? this.basic(request) : this.bearer(request, challenge);
        if (needs.every(({ action, resource }) => caller.may(action, resource))) {
            return caller;
        }
        const rights = this.rights(caller.user);
        if (caller.user !== undefined && needs.some(({ action }) => !rights.includes(action))) {
            throw new WireError(403, "DENIED", "requested access to the resource is denied");
        }
        throw challenge("insufficient_scope");
    }

    /** Answers `GET /token`. distribution, docs/spec/auth/token.md. @throws WireError 401 for wrong credentials */
    token(request: IncomingMessage, query: URLSearchParams): Record<string, unknown> {
        if (this.auth?.kind !== "bearer") {
            throw new WireError(404, "UNSUPPORTED", "this registry hands out no tokens");
        }
        const user = this.userOf(request);
        const rights = this.rights(user);
        const isPublic = user === undefined && this.auth.publicToken === true;
        const grants: Record<string, readonly string[]> = isPublic ? { [EVERYTHING]: rights } : {};
        for (const [resource, actions] of parseScopes(query.getAll("scope"))) {
            grants[resource] = actions.filter((action) => rights.includes(action));
        }
        const seconds = this.auth.tokenSeconds ?? DEFAULT_TOKEN_SECONDS;
        const token = this.tokens.issue({ user: user ?? "", grants, expires: this.now() + seconds * 1000 });
        const issued = new Date(this.now()).toISOString();
        return { token, access_token: token, expires_in: seconds, issued_at: issued };
    }

    private basic(request: IncomingMessage): Caller {
        const user = this.userOf(request);
        if (user === undefined) {
            // A ping without credentials is refused even where pulls are free: it is where clients learn how to push.
            const rights = this.rights(undefined);
            return { may: (action, resource) => resource !== PING && rights.includes(action) };
        }
        const rights = this.rights(user);
        return { user, may: (action) => rights.includes(action) };
    }

    private bearer(request: IncomingMessage, challenge: (error?: string) => WireError): Caller {
        const header = request.headers.authorization;
        const token = /^bearer +(\S+)$/i.exec(header ?? "")?.[1];
        const claims = token === undefined ? undefined : this.tokens.read(token);
        if (claims === undefined) {
            throw challenge(header === undefined ? undefined : "invalid_token");
        }
        const may = (action: Action, resource: string) => granted(claims.grants, resource).includes(action);
        return claims.user === "" ? { may } : { user: claims.user, may };
    }

    /** Undefined without credentials. @throws WireError 401 for wrong ones */
    private userOf(request: IncomingMessage): string | undefined {
        const header = request.headers.authorization;
        if (header === undefined) {
            return undefined;
        }
        const encoded = /^basic +(\S+)$/i.exec(header)?.[1] ?? "";
        const [, user = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
        if (user === "" && password === "" && encoded !== "") {
            // What containers/image sends when it has no credentials.
            return undefined;
        }
        const users = this.auth?.users ?? {};
        const expected = Object.hasOwn(users, user) ? users[user] : undefined;
        if (expected !== undefined && same(expected, password)) {
            return user;
        }
        throw this.unauthorized(`Basic realm="${SERVICE}"`, "incorrect username or password");
    }

    private rights(user: string | undefined): readonly string[] {
        if (user === undefined) {
            return this.auth?.anonymousPull === true ? ["pull"] : [];
        }
        return this.auth?.readers?.includes(user) ? ["pull"] : ["pull", "push", "delete", "*"];
    }

    private challenge(needs: readonly Need[], origin: string, error: string | undefined): WireError {
        if (this.auth?.kind === "basic") {
            return this.unauthorized(`Basic realm="${SERVICE}"`, "authentication required");
        }
        const scopes = needs.filter(({ resource }) => resource !== PING).map(scopeOf);
        const scope = scopes.length === 0 ? "" : `,scope="${scopes.join(" ")}"`;
        const reason = error === undefined ? "" : `,error="${error}"`;
        const text = `Bearer realm="${origin}/token",service="${SERVICE}"${scope}${reason}`;
        return this.unauthorized(text, "authentication required");
    }

    private unauthorized(challenge: string, message: string): WireError {
        return new WireError(401, "UNAUTHORIZED", message, { "www-authenticate": challenge });
    }
}

/** No resource of a scope is called so. */
const EVERYTHING = "*";
const CATALOG = "registry:catalog";
const PING = "ping";

function granted(grants: Grants, resource: string): readonly string[] {
    if (resource === PING) {
        return ["pull"];
    }
    const actions = (Object.hasOwn(grants, resource) ? grants[resource] : grants[EVERYTHING]) ?? [];
    return actions.includes("*") ? ["pull", "push", "delete"] : actions;
}

interface Need {
    readonly action: Action;
    readonly resource: string;
}

/** What a request needs; nothing where everybody may ask. A mount needs a pull from where it mounts, too. */
function needsOf(method: string, route: Route, query: URLSearchParams): Need[] {
    const action = actionOf(method, route);
    switch (route.kind) {
        case "token":
        case "other":
            return [];
        case "ping":
            return [{ action, resource: PING }];
        case "catalog":
            return [{ action, resource: CATALOG }];
        default: {
            const own: Need = { action, resource: `repository:${route.repository}` };
            const from = method === "POST" && query.has("mount") ? query.get("from") : null;
            return isRepositoryPath(from) ? [own, { action: "pull", resource: `repository:${from}` }] : [own];
        }
    }
}

function actionOf(method: string, route: Route): Action {
    if (method === "GET" || method === "HEAD") {
        return route.kind === "upload" ? "push" : "pull";
    }
    return method === "DELETE" && route.kind !== "upload" ? "delete" : "push";
}

/** Docker's clients ask for both to push; a catalogue has the one action `*`. */
function scopeOf({ action, resource }: Need): string {
    return `${resource}:${resource === CATALOG ? "*" : action === "push" ? "pull,push" : action}`;
}

/** Compares in a time that does not depend on where they differ. */
function same(a: string, b: string): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(a), digest(b));
}
