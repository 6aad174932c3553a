import { isNamedCredentials, type NamedCredentials } from "../core/registry";
import { UsageError } from "./exit-code";

const VARIABLE = "TRANSSHIP_CREDENTIALS";

/**
 * What `credentials: { from: config, key: … }` finds in a command, which has no stack configuration: the variable
 * holds the same object, `{ "harbor": { "username": "…", "password": "…" } }`.
 */
export function readCredentials(env: NodeJS.ProcessEnv): NamedCredentials {
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
    if (!isNamedCredentials(value)) {
        throw new UsageError(
            `The environment variable ${VARIABLE} is not a JSON object of { "username": …, "password": … } by key; correct it.`,
        );
    }
    return value;
}
