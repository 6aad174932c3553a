import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A Harbor of the user's own, and an administrator of it. */
export interface Place {
    readonly url: string;
    readonly username: string;
    readonly password: string;
    /** What every name that is made there begins with. */
    readonly prefix: string;
}

/** Undefined where none is said. */
export function placeOfUser(): Place | undefined {
    const { TRANSSHIP_HARBOR_PASSWORD, TRANSSHIP_HARBOR_URL, TRANSSHIP_HARBOR_USERNAME = "admin" } = process.env;
    return TRANSSHIP_HARBOR_URL && TRANSSHIP_HARBOR_PASSWORD
        ? {
              url: TRANSSHIP_HARBOR_URL.replace(/\/+$/, ""),
              username: TRANSSHIP_HARBOR_USERNAME,
              password: TRANSSHIP_HARBOR_PASSWORD,
              prefix: `transship-try-${randomBytes(4).toString("hex")}`,
          }
        : undefined;
}

export interface Answer {
    readonly status: number;
    // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect
    readonly json: any;
    readonly text: string;
}

/** Asks as any program would, with none of our clients between. @param path below `/api/v2.0`. */
export async function ask(place: Place, method: string, path: string, body?: unknown): Promise<Answer> {
    const basic = Buffer.from(`${place.username}:${place.password}`).toString("base64");
    const answer = await fetch(`${place.url}/api/v2.0${path}`, {
        method,
        headers: {
            authorization: `Basic ${basic}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = text !== "" && answer.headers.get("content-type")?.startsWith("application/json");
    return { status: answer.status, json: isJson ? JSON.parse(text) : undefined, text };
}

/** What must be done. @throws Error with Harbor's own words */
export async function byHand(place: Place, method: string, path: string, body?: unknown): Promise<Answer["json"]> {
    const { json, status, text } = await ask(place, method, path, body);
    if (status >= 300) {
        throw new Error(`${method} ${path} by hand: ${status} ${text}`);
    }
    return json;
}

// biome-ignore lint/suspicious/noExplicitAny: Harbor's own objects
export type Row = Record<string, any>;

/** All pages of a list. */
export async function listed(place: Place, path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let page = 1; ; page++) {
        const more: Row[] =
            (await byHand(place, "GET", `${path}${path.includes("?") ? "&" : "?"}page=${page}&page_size=100`)) ?? [];
        rows.push(...more);
        if (more.length < 100) {
            return rows;
        }
    }
}

/** The one of that name in a list. @throws Error where there is none */
export async function named(place: Place, path: string, name: string): Promise<Row> {
    const found = (await listed(place, path)).find((row) => row.name === name);
    if (found === undefined) {
        throw new Error(`There is no ${name} in ${path}.`);
    }
    return found;
}

/** A new object. @returns its number, as `Location` ends with it */
export async function madeByHand(place: Place, path: string, body: Row, list = path): Promise<number> {
    await byHand(place, "POST", path, body);
    const found = await named(place, list, body.name ?? body.project_name);
    return found.project_id ?? found.id;
}

/** @throws Error with what was last seen */
export async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 120): Promise<T> {
    for (let turn = 0; turn < seconds * 2; turn++) {
        const found = await look();
        if (found !== undefined) {
            return found;
        }
        await sleep(500);
    }
    throw new Error(`Not within ${seconds} s: ${what}.`);
}

const isOurs = (place: Place) => (row: Row) => String(row.name ?? row.username).includes(place.prefix);

/** @returns what there is of names with the prefix, as `projects transship-try-…` */
export async function leftovers(place: Place): Promise<string[]> {
    const lists = ["/replication/policies", "/projects", "/registries", "/labels?scope=g", "/p2p/preheat/instances"];
    const found = await Promise.all(
        [...lists, "/robots", "/users"].map(async (path) =>
            (await listed(place, path))
                .filter(isOurs(place))
                .map((row) => `${path.replace(/\?.*/, "").slice(1)} ${row.name ?? row.username}`),
        ),
    );
    return found.flat();
}

/** Removes whatever a test that failed has left, and nothing but that. */
export async function clean(place: Place): Promise<void> {
    const ours = async (path: string) => (await listed(place, path)).filter(isOurs(place));
    for (const { id } of await ours("/replication/policies")) {
        await ask(place, "DELETE", `/replication/policies/${id}`);
    }
    for (const { name } of await ours("/projects")) {
        for (const policy of await listed(place, `/projects/${name}/preheat/policies`)) {
            await ask(place, "DELETE", `/projects/${name}/preheat/policies/${policy.name}`);
        }
        for (const rule of await listed(place, `/projects/${name}/immutabletagrules`)) {
            await ask(place, "DELETE", `/projects/${name}/immutabletagrules/${rule.id}`);
        }
        for (const repository of await listed(place, `/projects/${name}/repositories`)) {
            const below = encodeURIComponent(encodeURIComponent(repository.name.slice(name.length + 1)));
            await ask(place, "DELETE", `/projects/${name}/repositories/${below}`);
        }
        await ask(place, "DELETE", `/projects/${name}`);
    }
    for (const [list, key] of [
        ["/registries", "id"],
        ["/labels?scope=g", "id"],
        ["/robots", "id"],
        ["/p2p/preheat/instances", "name"],
        ["/users", "user_id"],
    ] as const) {
        for (const row of await ours(list)) {
            await ask(place, "DELETE", `${list.replace(/\?.*/, "")}/${row[key]}`);
        }
    }
}
