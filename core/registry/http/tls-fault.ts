/** A TLS handshake or a certificate that will not do, as Node tells of it. */
export interface TlsFault {
    /** `CERT_HAS_EXPIRED`, `EPROTO`, … */
    readonly code: string;
    readonly message: string;
    /** Host and port. */
    readonly where: string;
    /** The registry has a `ca`. */
    readonly customCa: boolean;
}

const CERTIFICATE: Readonly<Record<string, string>> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed",
    SELF_SIGNED_CERT_IN_CHAIN: "is signed by an authority that this machine does not trust",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is signed by an authority that this machine does not trust",
    UNABLE_TO_GET_ISSUER_CERT: "is signed by an authority that this machine does not trust",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is signed by an authority that this machine does not trust",
};

/** A clause: what is wrong, and what to do. `undefined` for what is no matter of TLS. */
export function describeTlsFault({ code, message, where, customCa }: TlsFault): string | undefined {
    const untrusted = CERTIFICATE[code];
    if (untrusted !== undefined) {
        const what = customCa
            ? 'put that authority\'s PEM into the file that "ca" names'
            : 'name its PEM file by the key "ca"';
        return `the certificate of ${where} ${untrusted}; ${what} of this registry`;
    }
    switch (code) {
        case "CERT_HAS_EXPIRED":
            return `the certificate of ${where} has expired; renew it there, or name the authority of another by the key "ca"`;
        case "CERT_NOT_YET_VALID":
            return `the certificate of ${where} is not valid yet; check the clocks of both machines`;
        case "ERR_TLS_CERT_ALTNAME_INVALID":
        case "UND_ERR_PRX_TLS":
            return `the certificate of ${where} is for another host; use the name it was made for, the key "ca" does not help here`;
        case "ERR_SSL_WRONG_VERSION_NUMBER":
        case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
            return noTls(where);
    }
    const isHandshake = /^(EPROTO|ERR_SSL)/.test(code);
    if (isHandshake && /wrong version number|packet length too long|http request/i.test(message)) {
        return noTls(where);
    }
    if (isHandshake && /certificate required|handshake failure|bad certificate/i.test(message)) {
        return `${where} refused our side of the TLS handshake (${code}); it may want a "clientCert"`;
    }
    return /^(EPROTO|ERR_SSL|ERR_TLS|CERT_|CRL_|INVALID_CA|UNABLE_TO|HOSTNAME_)/.test(code)
        ? `TLS with ${where} failed (${code}); check its certificate and the keys "ca" and "clientCert"`
        : undefined;
}

function noTls(where: string): string {
    return `${where} does not speak TLS; if it is meant to speak plain HTTP, set "insecure: true"`;
}
