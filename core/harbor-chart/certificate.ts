import { createPrivateKey, X509Certificate } from "node:crypto";
import { chartError } from "./error";
import { hostOf } from "./expose";

/**
 * Refuses a certificate that clients would refuse: of another host, ended, or with another key.
 *
 * @throws HarborChartError which has no line of the key
 */
export function checkCertificate(url: string, pem: string, key: string | undefined, now: Date): void {
    const { hostname } = hostOf(url);
    const certificate = readCertificate(pem);
    if (certificate.checkHost(hostname) === undefined) {
        const names = certificate.subjectAltName?.replaceAll("DNS:", "") ?? "none";
        throw chartError(`"tls.certificate" is for ${names}, and not for ${hostname}: clients would refuse it.`);
    }
    if (new Date(certificate.validTo) <= now) {
        throw chartError(`"tls.certificate" ended at ${certificate.validTo}: clients would refuse it.`);
    }
    if (key !== undefined && !certificate.checkPrivateKey(readKey(key))) {
        throw chartError('"tls.key" is not the key of "tls.certificate".');
    }
}

function readCertificate(pem: string): X509Certificate {
    try {
        return new X509Certificate(pem);
    } catch {
        throw chartError('"tls.certificate" is no certificate: give it as PEM, the server\'s own first.');
    }
}

function readKey(pem: string) {
    try {
        return createPrivateKey(pem);
    } catch {
        throw chartError('"tls.key" is no private key: give it as PEM, without a passphrase.');
    }
}
