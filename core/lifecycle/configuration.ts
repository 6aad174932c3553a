import { TransshipError } from "../errors";
import { isNamedCredentials, type NamedCredentials } from "../registry";

/** The part of the engine's configuration that the hooks read; values arrive decrypted. */
export interface EngineConfig {
    get(key: string): unknown;
}

/**
 * `pulumi config set --secret --path 'transship:credentials.harbor.password' …` becomes the entry `harbor`. The
 * project's own namespace works too. Nothing of it goes into inputs, outputs or messages.
 */
export function readCredentials(config: EngineConfig): NamedCredentials {
    const raw = config.get("transship:credentials") ?? config.get("credentials");
    if (raw === undefined || raw === null || raw === "") {
        return {};
    }
    const parsed = typeof raw === "string" ? parse(raw) : raw;
    if (!isNamedCredentials(parsed)) {
        throw malformed();
    }
    return parsed;
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        // The parser's own message would quote the secret.
        throw malformed();
    }
}

function malformed(): TransshipError {
    return new TransshipError(
        "CONFIG_INVALID",
        'the stack configuration "transship:credentials" must be an object of { username, password } by key; set it ' +
            "with: pulumi config set --secret --path transship:credentials.KEY.password …",
    );
}
