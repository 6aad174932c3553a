/** The media types that a registry of today serves. OCI image-spec 1.1 (media-types.md); Docker image manifest v2.2. */
export const MediaType = {
    ociIndex: "application/vnd.oci.image.index.v1+json",
    ociManifest: "application/vnd.oci.image.manifest.v1+json",
    ociConfig: "application/vnd.oci.image.config.v1+json",
    ociLayer: "application/vnd.oci.image.layer.v1.tar",
    ociLayerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
    ociLayerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
    /** Deprecated in 1.1, still in the wild. Never to be fetched without being asked. */
    ociForeignLayer: "application/vnd.oci.image.layer.nondistributable.v1.tar",
    ociForeignLayerGzip: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    ociForeignLayerZstd: "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
    /** The two bytes `{}`: config of an artifact which has none. */
    ociEmpty: "application/vnd.oci.empty.v1+json",
    /** From a release candidate of 1.1; registries still hold some. */
    ociArtifactManifest: "application/vnd.oci.artifact.manifest.v1+json",
    dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
    dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
    dockerConfig: "application/vnd.docker.container.image.v1+json",
    dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    dockerForeignLayer: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    dockerSchema1: "application/vnd.docker.distribution.manifest.v1+json",
    dockerSchema1Signed: "application/vnd.docker.distribution.manifest.v1+prettyjws",
} as const;

/**
 * The Accept header of every manifest request, HEAD too: without the two list types Docker Hub answers with amd64's
 * digest and others with 404 (opencontainers/distribution-spec#207).
 */
export const MANIFEST_ACCEPT: string = [
    MediaType.dockerList,
    MediaType.dockerManifest,
    MediaType.ociIndex,
    MediaType.ociManifest,
].join(", ");

/** The type alone: without parameters, in lower case. `undefined` for nothing. */
export function bareMediaType(contentType: string | undefined): string | undefined {
    const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
    return type === "" ? undefined : type;
}

/** An OCI index or a Docker manifest list. */
export function isIndexType(mediaType: string | undefined): boolean {
    return mediaType === MediaType.ociIndex || mediaType === MediaType.dockerList;
}

/** A manifest of any kind that can be read, indexes included; what `GET /v2/…/manifests/…` may answer with. */
export function isManifestType(mediaType: string | undefined): boolean {
    return isIndexType(mediaType) || isImageManifestType(mediaType) || mediaType === MediaType.ociArtifactManifest;
}

/** An OCI image manifest or Docker's of schema 2. */
export function isImageManifestType(mediaType: string | undefined): boolean {
    return mediaType === MediaType.ociManifest || mediaType === MediaType.dockerManifest;
}

/** Docker's schema 1, signed or not: its digest is not of its bytes, so it cannot be carried. */
export function isSchema1Type(mediaType: string | undefined): boolean {
    return mediaType === MediaType.dockerSchema1 || mediaType === MediaType.dockerSchema1Signed;
}

/** A config that makes a manifest a container image; any other makes it an artifact (image-spec, manifest.md). */
export function isImageConfigType(mediaType: string): boolean {
    return mediaType === MediaType.ociConfig || mediaType === MediaType.dockerConfig;
}

const FOREIGN = new Set<string>([
    MediaType.dockerForeignLayer,
    MediaType.ociForeignLayer,
    MediaType.ociForeignLayerGzip,
    MediaType.ociForeignLayerZstd,
]);

/** A layer that its publisher keeps elsewhere (Windows base images): the registry need not have it. */
export function isForeignLayerType(mediaType: string): boolean {
    return FOREIGN.has(mediaType);
}
