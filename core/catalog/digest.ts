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
        // A loop, since this sees every value of the catalogue: entries, filter and map took twice the time.
        let text = "";
        for (const key of Object.keys(value).sort()) {
            const part = (value as Record<string, unknown>)[key];
            if (part !== undefined) {
                text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(part)}`;
            }
        }
        return `{${text}}`;
    }
    return JSON.stringify(value) ?? "null";
}
