import { UsageError } from "./exit-code";

const VARIABLE = "TRANSSHIP_CREDENTIALS";

export type Credentials = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/**
 * What `credentials: { from: config, key: … }` finds in a command, which has no stack configuration: the variable
 * holds the same object, `{ "harbor": { "username": "…", "password": "…" } }`.
 */
export function readCredentials(env: NodeJS.ProcessEnv): Credentials {
    const text = env[VARIABLE];
    if (text === undefined || text === "") {
        return {};
    }
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        // The parser's own message would quote the secret.
    }
    if (!isCredentials(value)) {
        throw new UsageError(
            `The environment variable ${VARIABLE} is not a JSON object of { "username": …, "password": … } by key; correct it.`,
        );
    }
    return value;
}

function isCredentials(value: unknown): value is Credentials {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every(
            (entry) => typeof entry?.username === "string" && typeof entry?.password === "string",
        )
    );
}
