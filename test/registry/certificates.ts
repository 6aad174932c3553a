import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificates {
    /** Of the authority. */
    readonly ca: string;
    /** A server's for 127.0.0.1, signed by it. */
    readonly good: { readonly cert: string; readonly key: string };
    /** The same for ninety days. */
    readonly lasting: { readonly cert: string; readonly key: string };
    readonly selfSigned: { readonly cert: string; readonly key: string };
    readonly expired: { readonly cert: string; readonly key: string };
    readonly otherHost: { readonly cert: string; readonly key: string };
    readonly client: { readonly cert: string; readonly key: string };
    read(path: string): string;
    remove(): void;
}

/** Certificates made for this run by openssl; nothing secret is committed. */
export function makeCertificates(): Certificates {
    const folder = mkdtempSync(join(tmpdir(), "transship-tls-"));
    const file = (name: string): string => join(folder, name);
    const openssl = (...args: string[]): void => {
        execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    };
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl(
        "req",
        "-x509",
        ...newKey,
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-days",
        "2",
        "-subj",
        "/CN=test authority",
    );
    const pair = (name: string): { cert: string; key: string } => ({
        cert: file(`${name}.pem`),
        key: file(`${name}.key`),
    });
    const signed = (name: string, san: string, dates: string[]): { cert: string; key: string } => {
        openssl(
            "req",
            ...newKey,
            "-keyout",
            `${name}.key`,
            "-out",
            `${name}.csr`,
            "-subj",
            `/CN=${name}`,
            "-addext",
            `subjectAltName=${san}`,
        );
        openssl(
            "x509",
            "-req",
            "-in",
            `${name}.csr`,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            `${name}.pem`,
            "-copy_extensions",
            "copy",
            ...dates,
        );
        return pair(name);
    };
    openssl(
        "req",
        "-x509",
        ...newKey,
        "-keyout",
        "self.key",
        "-out",
        "self.pem",
        "-days",
        "2",
        "-subj",
        "/CN=self",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    );
    return {
        ca: file("ca.pem"),
        good: signed("good", "IP:127.0.0.1", ["-days", "2"]),
        lasting: signed("lasting", "IP:127.0.0.1", ["-days", "90"]),
        selfSigned: pair("self"),
        expired: signed("expired", "IP:127.0.0.1", ["-days", "-1"]),
        otherHost: signed("other", "DNS:registry.example.com", ["-days", "2"]),
        client: signed("client", "DNS:client", ["-days", "2"]),
        read: (path) => readFileSync(path, "utf8"),
        remove: () => rmSync(folder, { recursive: true, force: true }),
    };
}
