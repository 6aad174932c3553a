import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Catalog, type CompactCatalog, compactCatalog, type Registry } from "../../core/catalog";
import { badArgument } from "./arguments";

/**
 * The catalogue as inputs hold it. A certificate authority goes in as its PEM text: it is no secret, and a path would
 * differ from machine to machine, and be read again at every refresh. A client certificate stays a path, absolute,
 * since its key is a secret.
 */
export function compactInput(catalog: Catalog, images: readonly string[]): CompactCatalog {
    const compact = compactCatalog(catalog, images);
    const registries = Object.entries(compact.registries).map(([key, registry]) => [key, withTexts(registry)]);
    return { ...compact, registries: Object.fromEntries(registries) };
}

function withTexts(registry: Registry): Registry {
    const { ca, clientCert } = registry;
    return {
        ...registry,
        ...(ca === undefined ? {} : { ca: readAuthority(registry.name, ca) }),
        ...(clientCert === undefined
            ? {}
            : { clientCert: { cert: resolve(clientCert.cert), key: resolve(clientCert.key) } }),
    };
}

function readAuthority(name: string, path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
        const reason = `the file ${path}, which the registry "${name}" names as its ca, cannot be read (${code})`;
        throw badArgument("catalog", reason);
    }
}
