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

/** JSON with its keys in one order and without white space: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
    return JSON.stringify(inOrder(value)) ?? "null";
}

/** A sorted copy and the engine's own writer take half the time of a writer in JavaScript. */
function inOrder(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(inOrder);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    // Without a prototype, so that the key `__proto__` is one like any other.
    const copy: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(value).sort()) {
        copy[key] = inOrder((value as Record<string, unknown>)[key]);
    }
    return copy;
}
