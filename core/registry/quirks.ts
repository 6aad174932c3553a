import type { RegistryKind } from "../catalog/types";

/** Where a kind of registry differs from the distribution specification, or has a limit that it does not tell. */
export interface Quirks {
    /** PATCH is refused or capped: blobs go up in one PUT, whatever the caller asked. */
    readonly monolithicOnly?: boolean;
    /** Bytes of a chunk where a chunked upload is asked for and no size is given. */
    readonly chunkBytes: number;
    /** `n` of the tag listing. */
    readonly tagPageSize: number;
    /** One anonymous token opens every public repository, so that one is asked for and not one for each. */
    readonly sharedAnonymousToken?: boolean;
    /** Answers with Basic; asking first without credentials is a wasted request. */
    readonly basicAtOnce?: boolean;
    /**
     * A mount from the same repository answers 201 where the blob is there already and opens the upload's session where
     * it is not: one request for what otherwise are a HEAD and a POST. False is what nobody has proven.
     */
    readonly mountsFromItself?: boolean;
    /** Codes besides the specification's which prove, with a 404, that a manifest or repository is gone. */
    readonly goneCodes: readonly string[];
}

const PLAIN: Quirks = { chunkBytes: 16 * 1024 * 1024, tagPageSize: 1000, goneCodes: [] };

const BY_KIND: Readonly<Partial<Record<RegistryKind, Quirks>>> = {
    // A PATCH above 4 MiB answers 416 (oras-project/rust-oci-client#35, ocx-sh/ocx#237). Anonymous tokens share one
    // bucket for the address, "44000 per 1m0s" (nicholas-fedor/watchtower#2366): one token for all repositories.
    ghcr: { ...PLAIN, monolithicOnly: true, sharedAnonymousToken: true },
    // Basic with user AWS (docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html). Lists 1000 at most
    // (renovatebot/renovate#6885). A layer part is at least 5 MiB but for the last
    // (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html).
    ecr: { ...PLAIN, basicAtOnce: true },
    // The source of a mount may be its target (linkedBlobStore.mount in registry/storage/linkedblobstore.go, 2.8 and 3).
    distribution: { ...PLAIN, mountsFromItself: true },
    // A mount looks for the blob in the target itself, whatever `from` says (CreateBlobUpload in pkg/api/routes.go).
    zot: { ...PLAIN, mountsFromItself: true },
    // n is capped at 100 (google/go-containerregistry#1963). A mount asks for the source's blob and never compares the
    // repositories (_try_to_mount_blob in endpoints/v2/blob.py of quay/quay).
    quay: { ...PLAIN, tagPageSize: 100, mountsFromItself: true },
    // A missing artifact, repository or project is NOT_FOUND (cue-lang/cue#2982, plexsystems/sinker#35). It would mount
    // from itself, but only a HEAD keeps a blob from a garbage collection under way, and says 404 for one that is being
    // deleted (src/server/middleware/blob/head_blob.go): so the HEAD stays.
    harbor: { ...PLAIN, goneCodes: ["NOT_FOUND"] },
};

export function quirksOf(kind: RegistryKind): Quirks {
    return BY_KIND[kind] ?? PLAIN;
}
