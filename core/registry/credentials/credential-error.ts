import type { Endpoint } from "../endpoint";
import { RegistryError } from "../errors";

/** An error about credentials: never about their values. */
export function credentialError(
    code: "CREDENTIALS_MISSING" | "CREDENTIALS_INVALID",
    message: string,
    endpoint: Endpoint,
    cause?: unknown,
): RegistryError {
    return new RegistryError(code, message, {
        host: endpoint.host,
        method: "GET",
        url: `${endpoint.origin}/v2/`,
        ...(cause === undefined ? {} : { cause }),
    });
}
