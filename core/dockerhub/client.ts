import * as v from "valibot";
import { type JsonAnswer, JsonApi, type JsonApiOptions } from "../rest";
import { answeredBadly, unanswered } from "./errors";

/** Where Docker Hub's API is and as whom. */
export interface DockerHubAccess {
    /** `https://hub.docker.com`. */
    readonly url: string;
    readonly username: string;
    /** A password, or an access token. */
    readonly password: string;
}

/** What an organisation's token may reach. (Docker Hub's API, `orgAccessTokenResource`) */
export interface TokenResource {
    readonly type: "TYPE_REPO" | "TYPE_ORG";
    /** `acme/app`, or `acme/*` for all. */
    readonly path: string;
    /** `scope-image-pull`, `scope-image-push`. */
    readonly scopes: readonly string[];
}

/** A token that is to be made: of the account itself, or of an organisation. */
export type TokenWish =
    | { readonly label: string; readonly scopes: readonly string[]; readonly organization?: undefined }
    | { readonly label: string; readonly resources: readonly TokenResource[]; readonly organization: string };

/** What Hub tells of a token; its value only once, when it is made. */
export interface Token {
    readonly id: string;
    readonly label: string;
    readonly active: boolean;
    /** Milliseconds of the Unix clock; undefined for one that never expires. */
    readonly expiresAt?: number;
}

const loginSchema = v.object({ access_token: v.pipe(v.string(), v.minLength(1)) });
const moment = v.optional(v.nullable(v.string()));
const personalSchema = v.object({
    uuid: v.pipe(v.string(), v.minLength(1)),
    token_label: v.string(),
    is_active: v.optional(v.boolean()),
    expires_at: moment,
    token: v.optional(v.string()),
});
const organizationSchema = v.object({
    id: v.pipe(v.string(), v.minLength(1)),
    label: v.string(),
    is_active: v.optional(v.boolean()),
    expires_at: moment,
    token: v.optional(v.string()),
});

/** As much of Docker Hub's API as access tokens need. (https://docs.docker.com/reference/api/hub/latest/) */
export class DockerHubClient {
    private readonly api: JsonApi;
    private bearer: string | undefined;

    constructor(
        readonly access: DockerHubAccess,
        options: JsonApiOptions = {},
    ) {
        this.api = new JsonApi(access.url.replace(/\/+$/, ""), options);
    }

    close(): Promise<void> {
        return this.api.close();
    }

    /** @throws DockerHubError whose `mayBeDone` says whether a token may have been made all the same */
    async createToken(wish: TokenWish): Promise<Token & { readonly token: string }> {
        const { label, organization } = wish;
        const doing = `make the access token ${JSON.stringify(label)}`;
        const body =
            wish.organization === undefined
                ? { token_label: label, scopes: wish.scopes }
                : { label, resources: wish.resources };
        const answer = await this.ask("POST", pathOf(organization), doing, body);
        if (answer.status !== 201 && answer.status !== 200) {
            throw answeredBadly(doing, answer);
        }
        const made = read(answer, doing);
        if (made.token === undefined || made.token === "") {
            throw unanswered(doing, new Error("no token"));
        }
        return { ...made, token: made.token };
    }

    /** @returns undefined for one that is proven to be gone. @throws DockerHubError */
    async token(id: string, organization: string | undefined): Promise<Token | undefined> {
        const doing = `read the access token ${id}`;
        const answer = await this.ask("GET", `${pathOf(organization)}/${encodeURIComponent(id)}`, doing);
        if (answer.status === 404) {
            return undefined;
        }
        if (answer.status !== 200) {
            throw answeredBadly(doing, answer);
        }
        const { token: _redacted, ...found } = read(answer, doing);
        return found;
    }

    /** Nothing is said of one that is gone already. @throws DockerHubError */
    async deleteToken(id: string, organization: string | undefined): Promise<void> {
        const doing = `delete the access token ${id}`;
        const answer = await this.ask("DELETE", `${pathOf(organization)}/${encodeURIComponent(id)}`, doing);
        if (answer.status !== 204 && answer.status !== 200 && answer.status !== 404) {
            throw answeredBadly(doing, answer);
        }
    }

    /** With a bearer token, which lasts ten minutes; a new one where it has ended. */
    private async ask(
        method: "GET" | "POST" | "DELETE",
        path: string,
        doing: string,
        body?: object,
    ): Promise<JsonAnswer> {
        const known = this.bearer !== undefined;
        this.bearer ??= await this.logIn();
        const answer = await this.once(method, path, this.bearer, doing, body);
        if (answer.status !== 401 || !known) {
            return answer;
        }
        this.bearer = await this.logIn();
        return this.once(method, path, this.bearer, doing, body);
    }

    private async once(
        method: "GET" | "POST" | "DELETE",
        path: string,
        bearer: string,
        doing: string,
        body?: object,
    ): Promise<JsonAnswer> {
        return this.api
            .ask(method, path, `Bearer ${bearer}`, body)
            .catch((error) => Promise.reject(unanswered(doing, error)));
    }

    private async logIn(): Promise<string> {
        const { password, username } = this.access;
        const doing = `log in as ${username}`;
        const answer = await this.api
            .ask("POST", "/v2/auth/token", undefined, { identifier: username, secret: password })
            .catch((error) => Promise.reject(unanswered(doing, error)));
        const parsed = v.safeParse(loginSchema, answer.json);
        if (answer.status !== 200) {
            throw answeredBadly(doing, answer);
        }
        if (!parsed.success) {
            throw unanswered(doing, new Error("unexpected shape"));
        }
        return parsed.output.access_token;
    }
}

function pathOf(organization: string | undefined): string {
    return organization === undefined
        ? "/v2/access-tokens"
        : `/v2/orgs/${encodeURIComponent(organization)}/access-tokens`;
}

/** Of an account `uuid` and `token_label`, of an organisation `id` and `label`. */
function read(answer: JsonAnswer, doing: string): Token & { token?: string } {
    const parsed = v.safeParse(v.union([personalSchema, organizationSchema]), answer.json);
    if (!parsed.success) {
        throw unanswered(doing, new Error("unexpected shape"));
    }
    const { output } = parsed;
    const ends = Date.parse(output.expires_at ?? "");
    return {
        id: "uuid" in output ? output.uuid : output.id,
        label: "uuid" in output ? output.token_label : output.label,
        active: output.is_active !== false,
        ...(Number.isFinite(ends) ? { expiresAt: ends } : {}),
        ...(output.token === undefined ? {} : { token: output.token }),
    };
}
