import type { RegistryRequest } from "./request";

/** `ghcr.io/acme/vault:1.18` or what else the request is about, for a sentence. */
export function describeSubject(request: RegistryRequest, host: string): string {
    const name = `${host}/${request.repository ?? ""}`;
    const reference = request.reference ?? "";
    switch (request.subject) {
        case "manifest":
            return `${name}${reference.includes(":") ? "@" : ":"}${reference}`;
        case "blob":
        case "upload":
            return `the blob ${reference} of ${name}`;
        case "tags":
            return `the tags of ${name}`;
        case "referrers":
            return `the referrers of ${name}@${reference}`;
        case "registry":
            return `the registry ${host}`;
    }
}

const VERBS: Readonly<Record<RegistryRequest["access"], string>> = { pull: "read", push: "push", delete: "delete" };

/** `read`, `push` or `delete`. */
export function describeAccess(request: RegistryRequest): string {
    return VERBS[request.access];
}

/** The first letter in upper case. */
export function sentence(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}
