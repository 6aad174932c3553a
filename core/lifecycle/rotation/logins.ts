import { TransshipError } from "../../errors";
import type { NamedCredentials } from "../../registry";

export interface Login {
    readonly username: string;
    readonly password: string;
}

/**
 * Who works at a service: the stack's configuration by a key, else two variables of the environment. It is never an
 * input.
 *
 * @param prefix of the variables: `HARBOR` for HARBOR_USERNAME and HARBOR_PASSWORD
 * @param purpose what it is to do, in the message
 * @throws TransshipError `CREDENTIALS_MISSING` with both ways to give it
 */
export function loginFor(
    key: string,
    prefix: string,
    credentials: NamedCredentials,
    purpose = "make the secret anew",
    env: Readonly<Record<string, string | undefined>> = process.env,
): Login {
    if (Object.hasOwn(credentials, key)) {
        return credentials[key] as Login;
    }
    const { [`${prefix}_USERNAME`]: username = "", [`${prefix}_PASSWORD`]: password = "" } = env;
    if (username === "" || password === "") {
        throw new TransshipError(
            "CREDENTIALS_MISSING",
            `There is no login that may ${purpose}: set it with pulumi config set --secret --path 'transship:credentials["${key}"].password' (and .username), or ${prefix}_USERNAME and ${prefix}_PASSWORD in the environment.`,
        );
    }
    return { username, password };
}
