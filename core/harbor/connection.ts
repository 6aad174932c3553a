import * as v from "valibot";
import { type JsonAnswer, JsonApi, type JsonApiOptions } from "../rest";
import { answeredBadly, HarborError, unanswered } from "./errors";

/** Where a Harbor is and as whom. */
export interface HarborAccess {
    /** `https://harbor.example.com`, without a path. */
    readonly url: string;
    readonly username: string;
    readonly password: string;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What Harbor is to be told of an object; what is undefined is not sent. */
export type Payload = Readonly<Record<string, unknown>>;

/** What is written of an object; unlike `Omit` it keeps the names beside those that nobody knows. */
export type WithoutId<T> = { [Key in keyof T as Key extends "id" ? never : Key]: T[Key] };

const ROOT = "/api/v2.0";
/** The most that Harbor gives. */
const PAGE_SIZE = 100;
/** 10,000 objects: a list that goes on is no list of ours. */
const MOST_PAGES = 100;
/** Paths that take a project's name or its id: without a header `2024` is an id. Those of preheat take names only. */
const NAME_OR_ID = /^\/projects\/[^/]+(?:\/(?!preheat\/)|$)/;
const BY_NAME = { "x-is-resource-name": "true" };

/**
 * One login at one Harbor: what is common to all objects of its API. It asks with Basic authorization and keeps no
 * cookie, so Harbor asks for no CSRF token.
 */
export class HarborConnection {
    readonly host: string;
    readonly username: string;
    private readonly api: JsonApi;
    private readonly authorization: string;

    constructor({ password, url, username }: HarborAccess, options: JsonApiOptions = {}) {
        this.host = new URL(url).host;
        this.username = username;
        this.api = new JsonApi(url.replace(/\/+$/, ""), options);
        this.authorization = basic(username, password);
    }

    close(): Promise<void> {
        return this.api.close();
    }

    /** One object. @param doing what could not be done, in a message: `read the label 7`. @throws HarborError */
    async read<T>(path: string, doing: string, schema: v.GenericSchema<unknown, T>): Promise<T> {
        const answer = await this.ask("GET", path, doing);
        return this.parse(answer, doing, schema);
    }

    /** @returns undefined for one that is proven to be gone, by a 404 and nothing else. @throws HarborError */
    async find<T>(path: string, doing: string, schema: v.GenericSchema<unknown, T>): Promise<T | undefined> {
        return this.read(path, doing, schema).catch((error) => {
            if (error instanceof HarborError && error.code === "HARBOR_NOT_FOUND") {
                return undefined;
            }
            throw error;
        });
    }

    /**
     * All of a list, page by page: as many as `X-Total-Count` says, else while `Link` names a next page, else while pages
     * are full.
     *
     * @throws HarborError `HARBOR_TOO_MANY` beyond 10,000: what is not found in a part of a list is not absent
     */
    async list<T>(path: string, query: Query, doing: string, item: v.GenericSchema<unknown, T>): Promise<T[]> {
        const found: T[] = [];
        for (let page = 1; page <= MOST_PAGES; page++) {
            const given = Object.entries({ ...query, page, page_size: PAGE_SIZE }).filter(
                ([, one]) => one !== undefined,
            );
            const search = new URLSearchParams(given.map(([name, one]) => [name, String(one)] as [string, string]));
            const answer = await this.ask("GET", `${path}?${search}`, doing);
            // An empty list of Harbor's is `null` in some versions.
            const items = this.parse(answer, doing, v.nullable(v.array(item))) ?? [];
            found.push(...items);
            if (items.length === 0 || !hasMore(answer, found.length, items.length)) {
                return found;
            }
        }
        throw new HarborError(
            "HARBOR_TOO_MANY",
            `Could not ${doing}: Harbor at ${this.host} has more than ${MOST_PAGES * PAGE_SIZE} of them: remove what nobody needs.`,
        );
    }

    /** The first hundred of a list. @throws HarborError */
    async page<T>(path: string, query: Query, doing: string, item: v.GenericSchema<unknown, T>): Promise<T[]> {
        const given = Object.entries({ ...query, page: 1, page_size: PAGE_SIZE });
        const search = new URLSearchParams(given.map(([name, one]) => [name, String(one)] as [string, string]));
        const answer = await this.ask("GET", `${path}?${search}`, doing);
        return this.parse(answer, doing, v.nullable(v.array(item))) ?? [];
    }

    /**
     * A new object.
     *
     * @returns its id, from `Location`, in whose place some versions' proxies leave a path of their own
     * @throws HarborError whose `mayBeDone` says whether it may have been made all the same
     */
    async create(path: string, payload: Payload, doing: string): Promise<string> {
        const { headers } = await this.ask("POST", path, doing, payload);
        const id = (headers.location ?? "").replace(/\/+$/, "").split("/").at(-1) ?? "";
        if (id === "") {
            throw unanswered(this.host, doing, new Error("no Location"));
        }
        return decodeURIComponent(id);
    }

    /** A new object of which Harbor's answer tells more than its id. @throws HarborError, as `create` */
    async make<T>(path: string, payload: Payload, doing: string, schema: v.GenericSchema<unknown, T>): Promise<T> {
        return this.parse(await this.ask("POST", path, doing, payload), doing, schema);
    }

    /** A log: who takes JSON, as we do, gets it as one string of that. @throws HarborError */
    async text(path: string, doing: string): Promise<string> {
        const { json, text } = await this.ask("GET", path, doing);
        return typeof json === "string" ? json : text;
    }

    /** A change, which is asked for once. @throws HarborError */
    async change(method: "POST" | "PUT" | "PATCH", path: string, payload: Payload, doing: string): Promise<void> {
        await this.ask(method, path, doing, payload);
    }

    /** What is gone already is deleted. @throws HarborError `HARBOR_PRECONDITION` where something else needs it */
    async remove(path: string, doing: string): Promise<void> {
        await this.ask("DELETE", path, doing).catch((error) => {
            if (!(error instanceof HarborError && error.code === "HARBOR_NOT_FOUND")) {
                throw error;
            }
        });
    }

    /**
     * Harbor takes a wrong password for nobody, who sees the public projects: what such a look does not show is not
     * gone.
     *
     * @throws HarborError `HARBOR_UNAUTHORIZED`, and where nothing could be asked
     */
    async proveLogin(): Promise<void> {
        await this.ask("GET", "/users/current", "log in").catch((error) => {
            // A robot is no user: Harbor knows it, and says so in another way.
            if (!(error instanceof HarborError && error.code === "HARBOR_PRECONDITION")) {
                throw error;
            }
        });
    }

    /** Whether somebody may log in with this: the token service refuses who is nobody, where no scope is asked for. */
    async accepts(username: string, password: string, doing: string): Promise<boolean> {
        const path = "/service/token?service=harbor-registry";
        const asked = this.api.ask("GET", path, basic(username, password));
        const answer = await asked.catch((error) => Promise.reject(unanswered(this.host, doing, error)));
        if (answer.status !== 200 && answer.status !== 401) {
            throw answeredBadly(this.host, doing, answer);
        }
        return answer.status === 200;
    }

    /** @throws HarborError `HARBOR_UNAVAILABLE` where the answer is none of Harbor's API */
    parse<T>({ json }: JsonAnswer, doing: string, schema: v.GenericSchema<unknown, T>): T {
        const parsed = v.safeParse(schema, json);
        if (!parsed.success) {
            throw unanswered(this.host, doing, new Error("unexpected shape"));
        }
        return parsed.output;
    }

    private async ask(
        method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
        path: string,
        doing: string,
        payload?: Payload,
    ): Promise<JsonAnswer> {
        const asked = this.api.ask(
            method,
            `${ROOT}${path}`,
            this.authorization,
            payload,
            NAME_OR_ID.test(path) ? BY_NAME : {},
        );
        const answer = await asked.catch((error) => Promise.reject(unanswered(this.host, doing, error)));
        if (answer.status < 200 || answer.status > 299) {
            throw answeredBadly(this.host, doing, answer);
        }
        return answer;
    }
}

/** A name in a path. */
export function part(name: string | number): string {
    return encodeURIComponent(name);
}

function hasMore({ headers }: JsonAnswer, found: number, page: number): boolean {
    const total = headers["x-total-count"];
    if (total !== undefined && /^\d+$/.test(total)) {
        return found < Number(total);
    }
    return headers.link === undefined ? page === PAGE_SIZE : /rel="?next\b/.test(headers.link);
}

function basic(username: string, password: string): string {
    return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
