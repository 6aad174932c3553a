import { type Descriptor, isForeignLayerType, isManifestType, type Manifest } from "../../oci";
import type { Repository } from "./repository";

/**
 * Digests that a manifest names and its repository lacks: children, config and layers. A subject may be missing (OCI
 * distribution-spec 1.1, "Pushing Manifests with Subject"), and so may what its publisher keeps elsewhere.
 */
export function missingContent(manifest: Manifest, repository: Repository): string[] {
    const config = manifest.config === undefined ? [] : [manifest.config];
    const blobs = [...config, ...manifest.layers].filter((blob) => !isElsewhere(blob) && !has(repository, blob));
    const children = manifest.manifests.filter((child) => !hasChild(repository, child));
    return [...blobs, ...children].map(({ digest }) => digest);
}

function has(repository: Repository, { digest }: Descriptor): boolean {
    return repository.blobs.has(digest);
}

/** A child of an index need not be a manifest (image-spec, image-index.md): then it is a blob. */
function hasChild(repository: Repository, child: Descriptor): boolean {
    return repository.manifests.has(child.digest) || (!isManifestType(child.mediaType) && has(repository, child));
}

function isElsewhere({ mediaType, urls }: Descriptor): boolean {
    return isForeignLayerType(mediaType) || (urls !== undefined && urls.length > 0);
}
