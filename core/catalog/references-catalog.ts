import { TransshipError } from "../errors";
import { parseReference } from "../oci";
import type { CompactCatalog } from "./compact";
import { compactImage } from "./compact";
import { kindOfHost } from "./hosts";
import type { Catalog, ImageTarget, Lock, Registry } from "./types";

/** The one image that a list of references makes. */
const NAME = "references";

/**
 * References that must all show one digest, as a catalogue of one image: the first is the authority, unless one of
 * them names a digest, which then all need. A registry of `base` with the same host lends its settings. Pure.
 */
export function catalogOfReferences(
    references: readonly string[],
    base?: Catalog,
): { readonly compact: CompactCatalog; readonly lock: Lock } {
    const parsed = references.map(parseReference);
    const [first, ...others] = parsed;
    if (first === undefined || others.length === 0) {
        throw new TransshipError("REFERENCES_TOO_FEW", "give at least two references to compare");
    }
    const registries: Record<string, Registry> = {};
    const registryOf = (host: string): string => {
        const known = Object.values(base?.registries ?? {}).find((registry) => registry.host === host);
        registries[known?.name ?? host] = known ?? { name: host, host, prefix: "", kind: kindOfHost(host) };
        return known?.name ?? host;
    };
    const nameOf = ({ tag, digest }: { readonly tag?: string; readonly digest?: string }): string =>
        tag ?? digest ?? "latest";
    const tag = nameOf(first);
    const digests = [...new Set(parsed.flatMap(({ digest }) => digest ?? []))];
    if (digests.length > 1) {
        throw new TransshipError("REFERENCES_DIFFER", `the references name different digests: ${digests.join(", ")}`);
    }
    const targets: ImageTarget[] = others.map((other) => ({
        registry: registryOf(other.registry),
        repository: other.repository,
        tags: [{ from: tag, to: nameOf(other) }],
    }));
    const source = { registry: registryOf(first.registry), repository: first.repository };
    const line = compactImage({
        name: NAME,
        policy: "dual",
        source,
        tags: [tag],
        targets,
        platforms: "all",
        referrers: false,
        foreignLayers: "skip",
        wave: 0,
        critical: false,
    });
    const [digest] = digests;
    return {
        compact: {
            environment: base?.environment ?? "",
            upstream: digest === undefined ? "follow" : "locked",
            onForeignDigest: "refuse",
            registries,
            images: { [NAME]: line },
        },
        lock: digest === undefined ? {} : { [NAME]: { [tag]: { digest } } },
    };
}
