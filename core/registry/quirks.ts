import type { RegistryKind } from "../catalog/types";
import type { Pace } from "./http/pacer";

/** Where a kind of registry differs from the distribution specification, or has a limit that it does not tell. */
export interface Quirks {
    /** PATCH is refused, capped or unreliable: blobs go up in one PUT, whatever the caller asked, and start anew. */
    readonly monolithicOnly?: boolean;
    /** Bytes of a chunk where a chunked upload is asked for and no size is given. */
    readonly chunkBytes: number;
    /** The status of an upload (GET of its session) tells one byte more than the registry has. */
    readonly statusCountsOneMore?: boolean;
    /** `n` of the tag listing. */
    readonly tagPageSize: number;
    /** One anonymous token opens every public repository, so that one is asked for and not one for each. */
    readonly sharedAnonymousToken?: boolean;
    /**
     * Repositories that one token request may name: a `scope` parameter for each
     * (distribution.github.io/distribution/spec/auth/token). More make a token that is too long for a header
     * (oras-project/oras-dotnet#385). @default 1
     */
    readonly scopesPerToken?: number;
    /** Answers with Basic; asking first without credentials is a wasted request. */
    readonly basicAtOnce?: boolean;
    /**
     * A mount from the same repository answers 201 where the blob is there already and opens the upload's session where
     * it is not: one request for what otherwise are a HEAD and a POST. False is what nobody has proven.
     */
    readonly mountsFromItself?: boolean;
    /**
     * Proven to hash every blob that it receives and to refuse another than the one that was announced, with
     * DIGEST_INVALID: what goes to such registries alone is not hashed on the way as well, which would be a quarter of
     * all the processor time that a copy of large layers takes. False is what nobody has proven.
     */
    readonly hashesUploads?: boolean;
    /** An upload that was opened can be cancelled by a DELETE of its session. False is what nobody has proven. */
    readonly cancelsUploads?: boolean;
    /** Codes besides the specification's which prove, with a 404, that a manifest or repository is gone. */
    readonly goneCodes: readonly string[];
    /** Repositories are packages of GitHub, with rights of their own that only their page can change. */
    readonly githubPackages?: boolean;
    /** Errors are those of ECR's API in the registry's form: code, words and what to change are AWS's. */
    readonly ecrErrors?: boolean;
    /** Manifests with a parameter in a media type (`…;version=0.2`) are refused with 405, for good. */
    readonly refusesMediaParameters?: boolean;
    /** Requests a second that the registry allows by its own documentation. @default only width and 429 bound them */
    readonly pace?: Pace;
}

const PLAIN: Quirks = { chunkBytes: 16 * 1024 * 1024, tagPageSize: 1000, goneCodes: [] };

/** A token names each repository in some 100 characters, and servers take headers of 8 KiB. */
const SCOPES_PER_TOKEN = 16;

/** One row for each kind; its comment cites what it rests on. */
const BY_KIND: Readonly<Record<RegistryKind, Quirks>> = {
    // `library/` belongs to the reference's grammar, the token service (auth.docker.io) is found by the challenge, and
    // the pull limit by its headers. A token for several repositories is what every mount of the Docker engine asks for
    // (docker/docker#20387, docker/hub-feedback#2215).
    // An upload can be cancelled (docs.docker.com/reference/api/registry/latest/operations/CancelBlobUpload).
    dockerhub: { ...PLAIN, cancelsUploads: true, scopesPerToken: SCOPES_PER_TOKEN },
    // A PATCH above 4 MiB answers 416 (oras-project/rust-oci-client#35, ocx-sh/ocx#237). Anonymous tokens share one
    // bucket for the address, "44000 per 1m0s" (nicholas-fedor/watchtower#2366): one token for all repositories.
    ghcr: { ...PLAIN, monolithicOnly: true, sharedAnonymousToken: true, githubPackages: true },
    // Basic with user AWS (docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html). Lists 1000 at most
    // (renovatebot/renovate#6885). Chunks answer 201, and their Range stands still after the first one
    // (aws/containers-roadmap#2831), a PATCH is a layer part, which is at least 5 MiB but for the last
    // (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html), and a session that took a part refuses
    // to begin at 0 again (apple/containerization#790): so one PUT, and a new session after a fault. Sigstore's bundles
    // of version 0.2 have a parameter in their media type (aws/containers-roadmap#2306). The rates are
    // PutImage, InitiateLayerUpload and CompleteLayerUpload (docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html).
    ecr: {
        ...PLAIN,
        basicAtOnce: true,
        monolithicOnly: true,
        ecrErrors: true,
        refusesMediaParameters: true,
        pace: { manifestPuts: 10, uploadStarts: 100, uploadEnds: 100 },
    },
    // The same service behind Bearer tokens (docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html), with
    // lower rates (docs.aws.amazon.com/AmazonECR/latest/public/public-service-quotas.html).
    "ecr-public": {
        ...PLAIN,
        monolithicOnly: true,
        ecrErrors: true,
        refusesMediaParameters: true,
        pace: { manifestPuts: 10, uploadStarts: 10, uploadEnds: 10 },
    },
    // A missing artifact, repository or project is NOT_FOUND (cue-lang/cue#2982, plexsystems/sinker#35). It would mount
    // from itself, but only a HEAD keeps a blob from a garbage collection under way, and says 404 for one that is being
    // deleted (src/server/middleware/blob/head_blob.go): so the HEAD stays. Blobs go to distribution, which hashes them.
    // Its token service reads every scope parameter (parseScopes in src/core/service/token/creator.go).
    harbor: {
        ...PLAIN,
        hashesUploads: true,
        cancelsUploads: true,
        goneCodes: ["NOT_FOUND"],
        scopesPerToken: SCOPES_PER_TOKEN,
    },
    // The source of a mount may be its target (linkedBlobStore.mount in registry/storage/linkedblobstore.go, 2.8 and 3).
    // Every upload is hashed (blobWriter.validateBlob in registry/storage/blobwriter.go).
    // Uploads can be cancelled (distribution.github.io/distribution/spec/api/#canceling-an-upload), and Harbor hands them on.
    // The token service is another program; the specification of tokens is distribution's own, and those that took one
    // scope alone have mended it (cesanta/docker_auth#67, SUSE/Portus#735).
    distribution: {
        ...PLAIN,
        mountsFromItself: true,
        hashesUploads: true,
        cancelsUploads: true,
        scopesPerToken: SCOPES_PER_TOKEN,
    },
    // A mount looks for the blob in the target itself, whatever `from` says (CreateBlobUpload in pkg/api/routes.go). Its
    // refusal of Docker's media types is told in words by http/response-failure.ts.
    // Every upload is hashed (FinishBlobUpload in pkg/storage/imagestore/imagestore.go).
    // Uploads can be cancelled (DeleteBlobUpload in pkg/api/routes.go).
    zot: { ...PLAIN, mountsFromItself: true, hashesUploads: true, cancelsUploads: true },
    // A port connector serves one repository at the root; path-based routing has the repository's name before the image's
    // (help.sonatype.com/en/docker-registry.html), which is the path of the registry's host in the catalogue.
    nexus: PLAIN,
    // "You must use monolithic uploads" (cloud.google.com/artifact-registry/docs/reference/docker-api).
    gar: { ...PLAIN, monolithicOnly: true },
    // A body above 20 MB was refused with 413 (goharbor/harbor#23015), which turns to chunks: these stay below it. A
    // session whose chunk broke is lost (Azure/azure-sdk-for-js#25448). Uploads can be cancelled
    // (learn.microsoft.com/en-us/rest/api/containerregistry/blob/cancel-upload).
    acr: { ...PLAIN, cancelsUploads: true },
    // n is capped at 100 (google/go-containerregistry#1963). In endpoints/v2/blob.py of quay/quay: a mount asks for the
    // source's blob and never compares the repositories (_try_to_mount_blob), and the status of an upload is rendered of
    // byte_count + 1 where a chunk's answer is of byte_count (fetch_existing_upload, upload_chunk). There, too: cancel_upload.
    // generate_registry_jwt in endpoints/v2/v2auth.py reads every scope parameter.
    quay: {
        ...PLAIN,
        cancelsUploads: true,
        tagPageSize: 100,
        mountsFromItself: true,
        statusCountsOneMore: true,
        scopesPerToken: SCOPES_PER_TOKEN,
    },
    other: PLAIN,
};

export function quirksOf(kind: RegistryKind): Quirks {
    return BY_KIND[kind];
}
