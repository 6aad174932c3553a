import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What a token allows: `repository:team/app` to its actions. */
export type Grants = Readonly<Record<string, readonly string[]>>;

export interface Claims {
    /** Empty for an anonymous token. */
    readonly user: string;
    readonly grants: Grants;
    /** Milliseconds since 1970. */
    readonly expires: number;
}

/** Makes and reads the tokens of one server. The key is made at the start: a restart ends all tokens. */
export class Tokens {
    private readonly key = randomBytes(32);

    constructor(private readonly now: () => number) {}

    issue(claims: Claims): string {
        const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
        return `${body}.${this.sign(body).toString("base64url")}`;
    }

    /** Undefined for a token that is not ours or is over. */
    read(token: string): Claims | undefined {
        const [body = "", signature = ""] = token.split(".", 2);
        const given = Buffer.from(signature, "base64url");
        const expected = this.sign(body);
        if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
            return undefined;
        }
        const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
        return claims.expires > this.now() ? claims : undefined;
    }

    private sign(body: string): Buffer {
        return createHmac("sha256", this.key).update(body).digest();
    }
}

/**
 * Reads the scopes of a token request: `repository:team/app:pull,push`, several by parameter or by space. What is no
 * scope is passed over, as Docker's token servers do. distribution, docs/spec/auth/scope.md.
 */
export function parseScopes(texts: readonly string[]): Map<string, string[]> {
    const scopes = new Map<string, string[]>();
    for (const scope of texts.flatMap((text) => text.split(" "))) {
        const last = scope.lastIndexOf(":");
        const resource = scope.slice(0, Math.max(last, 0));
        if (/^(repository|registry):./.test(resource)) {
            const actions = scope.slice(last + 1).split(",");
            scopes.set(resource, [...(scopes.get(resource) ?? []), ...actions]);
        }
    }
    return scopes;
}
