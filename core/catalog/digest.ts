import { digestOf } from "../oci";
import type { Catalog } from "./types";

/**
 * The digest of what a resolved catalogue says, whatever the order of its keys. Left out are the locks and every path:
 * the files of certificates too, which are named relative to the working directory.
 */
export function catalogDigest(
    catalog: Omit<Catalog, "digest" | "lock" | "promotedLock" | "path" | "lockPath">,
): string {
    const registries = Object.fromEntries(
        Object.entries(catalog.registries).map(([name, { ca, clientCert, ...registry }]) => [name, registry]),
    );
    return digestOf(Buffer.from(canonicalJson({ ...catalog, registries })));
}

/** JSON with sorted keys and without white space: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
    if (Array.isArray(value)) {
        return `[${value.map(canonicalJson).join(",")}]`;
    }
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value)
            .filter(([, part]) => part !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
        return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(",")}}`;
    }
    return JSON.stringify(value) ?? "null";
}
