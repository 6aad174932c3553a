import { readFileSync } from "node:fs";
import type { SecureContext } from "node:tls";
import { RegistryError } from "../errors";
import type { Environment, RegistrySettings } from "../settings";

/** One context for all connections: to parse the system's 150 certificates for each would cost 10 ms a time. */
export function secureContextOf(
    settings: RegistrySettings,
    environment: Pick<Environment, "env">,
): { secureContext?: SecureContext } {
    if (settings.insecure || (settings.ca === undefined && settings.clientCert === undefined)) {
        return {};
    }
    const tls = require("node:tls") as typeof import("node:tls");
    const options: { ca?: string[]; cert?: string; key?: string } = {};
    if (settings.ca !== undefined) {
        const text = settings.ca.startsWith("-----BEGIN") ? settings.ca : read(settings, "ca", settings.ca);
        options.ca = [...tls.rootCertificates, text];
        // To name `ca` replaces Node's defaults, those that NODE_EXTRA_CA_CERTS added among them.
        const extra = environment.env.NODE_EXTRA_CA_CERTS;
        if (extra !== undefined && extra !== "") {
            options.ca.push(read(settings, "NODE_EXTRA_CA_CERTS", extra));
        }
    }
    if (settings.clientCert !== undefined) {
        options.cert = read(settings, "clientCert.cert", settings.clientCert.cert);
        options.key = read(settings, "clientCert.key", settings.clientCert.key);
    }
    try {
        return { secureContext: tls.createSecureContext(options) };
    } catch (cause) {
        throw unusable(settings, `The certificate files of the registry ${settings.host} hold no usable PEM`, cause);
    }
}

function read(settings: RegistrySettings, key: string, path: string): string {
    try {
        const text = readFileSync(path, "utf8");
        // OpenSSL reads what is no PEM as no certificates at all, and says nothing.
        if (!text.includes("-----BEGIN ")) {
            throw Object.assign(new Error("no PEM"), { code: "no PEM in it" });
        }
        return text;
    } catch (cause) {
        throw unusable(settings, `The file ${path}, named by "${key}" for ${settings.host}, cannot be used`, cause);
    }
}

function unusable(settings: RegistrySettings, what: string, cause: unknown): RegistryError {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    return new RegistryError("TLS_ERROR", `${what} (${code}): correct the registry's ca or clientCert.`, {
        host: settings.host,
        method: "CONNECT",
        url: `https://${settings.host}`,
        cause,
    });
}
