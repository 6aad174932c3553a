import { type Catalog, canonicalHost, kindOfHost, type Registry } from "../catalog";
import { TransshipError } from "../errors";
import { formatReference, parseReference, type Reference } from "../oci";

/** Where a build was pushed, by digest. */
export interface PublishOrigin {
    /** Key in the registries of the catalogue that `withOrigin` gave. */
    readonly registry: string;
    readonly repository: string;
    readonly digest: string;
}

/**
 * Reads `REPOSITORY@DIGEST`. A tag beside the digest is of no interest; a tag alone is refused, since it may be another
 * image by the time that it is carried.
 *
 * @throws InvalidReferenceError, TransshipError DIGEST_NEEDED
 */
export function parseOrigin(text: string): Reference & { readonly digest: string } {
    const reference = parseReference(text);
    const { digest } = reference;
    if (digest === undefined) {
        const name = formatReference(reference);
        throw new TransshipError(
            "DIGEST_NEEDED",
            `${name} names no digest, and a tag may show another image a moment later: write REPOSITORY@sha256:…, which ` +
                'docker/build-push-action gives as its output "digest", and ' +
                `"docker buildx imagetools inspect ${name}" prints.`,
        );
    }
    return { ...reference, digest };
}

/** The same catalogue, with a registry for the origin where none of its own serves that. */
export function withOrigin(catalog: Catalog, from: Reference): Catalog {
    if (registryFor(catalog, from) !== undefined) {
        return catalog;
    }
    const host = canonicalHost(from.registry);
    let name = host;
    while (Object.hasOwn(catalog.registries, name)) {
        name = `origin:${name}`;
    }
    // The same host is reached in the same way, with the same login.
    const sibling = Object.values(catalog.registries).find((one) => one.host === host);
    const registry: Registry = { kind: kindOfHost(host), ...sibling, name, host, prefix: "" };
    return { ...catalog, registries: { ...catalog.registries, [name]: registry } };
}

/** @param catalog as `withOrigin` gave it */
export function originOf(catalog: Catalog, from: Reference & { readonly digest: string }): PublishOrigin {
    const registry = registryFor(catalog, from)?.name ?? canonicalHost(from.registry);
    return { registry, repository: from.repository, digest: from.digest };
}

/** The registry of that host whose path, the longest, begins the repository: it has the credentials for it. */
function registryFor({ registries }: Catalog, { registry, repository }: Reference): Registry | undefined {
    const host = canonicalHost(registry);
    const serves = ({ prefix }: Registry): boolean => prefix === "" || repository.startsWith(`${prefix}/`);
    return Object.values(registries)
        .filter((one) => one.host === host && serves(one))
        .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}
