import { ADMIN, type LocalHarbor } from "./server";

export interface Asking {
    /** Undefined for nobody. @default the administrator */
    readonly login?: { readonly username: string; readonly password: string };
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    /** @default "/api/v2.0" */
    readonly root?: string;
}

export interface Asked {
    readonly status: number;
    // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect
    readonly json: any;
    readonly text: string;
    readonly headers: Headers;
}

/** As any program would ask, with none of our clients between. */
export async function ask(
    harbor: LocalHarbor,
    method: string,
    path: string,
    body?: unknown,
    asking: Asking = {},
): Promise<Asked> {
    const { headers, root = "/api/v2.0", signal } = asking;
    const login = "login" in asking ? asking.login : ADMIN;
    const basic = login && Buffer.from(`${login.username}:${login.password}`).toString("base64");
    const answer = await fetch(`${harbor.url}${root}${path}`, {
        method,
        signal,
        headers: {
            ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = text !== "" && answer.headers.get("content-type")?.startsWith("application/json");
    return { status: answer.status, json: isJson ? JSON.parse(text) : undefined, text, headers: answer.headers };
}

/** Status and the first error, as Harbor has both. */
export function told({ json, status }: Asked): [number, string | undefined, string | undefined] {
    return [status, json?.errors?.[0]?.code, json?.errors?.[0]?.message];
}

/** What must be made. */
export async function post(harbor: LocalHarbor, path: string, body: unknown): Promise<Asked> {
    const made = await ask(harbor, "POST", path, body);
    if (made.status !== 201) {
        throw new Error(`POST ${path} was answered ${made.status}: ${made.text}`);
    }
    return made;
}
