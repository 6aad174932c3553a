import type { Descriptor } from "../oci";
import { type Blob, BlobOperations, type GetBlobOptions } from "./blobs";
import type { Credential } from "./credentials/credential";
import { type DigestListing, digestListingOf } from "./digest-listing";
import { type EcrReplicationStatus, ecrReplicationOf } from "./ecr-replication";
import { endpointOf } from "./endpoint";
import { ForeignBlobs } from "./foreign-blobs";
import type { PullAccount, PullReservation } from "./http/pull-account";
import type { RateLimit } from "./http/rate-limit";
import { type RegistryStats, StatsCounter } from "./http/stats";
import { Transport } from "./http/transport";
import { type ManifestInfo, ManifestOperations, type PutResult } from "./manifests";
import { type Quirks, quirksOf } from "./quirks";
import { ReferrersOperations } from "./referrers";
import { ReferrersTag } from "./referrers-tag";
import { type BlobToRead, type ReadBlobOptions, ResumedRead } from "./resumed-read";
import { type ClientEnvironment, type RegistrySettings, resolveEnvironment } from "./settings";
import { SharedHosts } from "./shared-hosts";
import { listTags } from "./tags";
import type { BlobToUpload } from "./upload-session";
import type { OpenSource } from "./upload-source";
import { tryUpload } from "./upload-trial";
import { UploadOperations, type UploadOptions } from "./uploads";

/**
 * One registry, spoken to by the distribution specification 1.1. Every method rejects with a RegistryError; repository
 * is the path below the host (`library/nginx`), reference a tag or a digest.
 */
export class RegistryClient {
    readonly settings: RegistrySettings;
    /** Where the registry's own API tells the digests of several tags at once; see `core/registry/digest-listing`. */
    readonly digestListing: DigestListing | undefined;
    readonly #hosts: SharedHosts;
    readonly #ownsHosts: boolean;
    readonly #transport: Transport;
    readonly #stats: StatsCounter;
    readonly #environment: ClientEnvironment | undefined;
    readonly #manifests: ManifestOperations;
    readonly #blobs: BlobOperations;
    readonly #uploads: UploadOperations;
    readonly #foreign: ForeignBlobs;
    readonly #referrers: ReferrersOperations;
    readonly #referrersTag: ReferrersTag;
    #anonymous: RegistryClient | undefined;

    /**
     * @param hosts shared connections; only a pool passes them
     * @param stats of a client whose requests these are, too
     */
    constructor(settings: RegistrySettings, env?: ClientEnvironment, hosts?: SharedHosts, stats = new StatsCounter()) {
        const environment = resolveEnvironment(env);
        this.settings = settings;
        this.#environment = env;
        this.#stats = stats;
        this.#ownsHosts = hosts === undefined;
        this.#hosts = hosts ?? new SharedHosts(environment);
        this.#transport = new Transport({
            settings,
            endpoint: endpointOf(settings.host, settings.insecure),
            quirks: quirksOf(settings.kind),
            environment,
            link: this.#hosts.link(settings),
            identity: this.#hosts.identity(settings),
            stats: this.#stats,
        });
        this.#manifests = new ManifestOperations(this.#transport);
        this.#blobs = new BlobOperations(this.#transport);
        this.#uploads = new UploadOperations(this.#transport);
        this.#foreign = new ForeignBlobs(this.#hosts, environment, this.#stats);
        this.#referrersTag = new ReferrersTag(this.#transport, this.#manifests);
        this.#referrers = new ReferrersOperations(this.#transport, this.#referrersTag);
        this.digestListing = digestListingOf(this.#transport);
    }

    /** Where this registry's kind differs from the specification; see `core/registry/quirks.ts`. */
    get quirks(): Quirks {
        return this.#transport.options.quirks;
    }

    /** Requests sent so far, tokens, retries and redirects included. */
    get stats(): RegistryStats {
        return this.#stats;
    }

    /** The same registry as somebody without credentials and certificate sees it; its requests count as this one's. */
    get anonymous(): RegistryClient {
        const { clientCert: _, ...settings } = this.settings;
        const nobody = { from: "anonymous" } as const;
        this.#anonymous ??= new RegistryClient(
            { ...settings, credentials: { pull: nobody, push: nobody } },
            this.#environment,
            this.#hosts,
            this.#stats,
        );
        return this.#anonymous;
    }

    /** Docker Hub's latest word on the pull limit; `undefined` where none was said, which means unlimited. */
    get rateLimit(): RateLimit | undefined {
        return this.pulls?.latest;
    }

    /** The account whose pulls this client's answers told of; clients of one account share it. */
    get pulls(): PullAccount | undefined {
        return this.#transport.options.identity.pulls.account;
    }

    /** The same, for one repository: `undefined` where its pulls are known not to count. */
    pullsOf(repository: string): PullAccount | undefined {
        return this.#transport.options.identity.pulls.accountOf(repository);
    }

    /** Repositories that are about to be read, so that they may share tokens; costs nothing. */
    expect(repositories: Iterable<string>): void {
        this.#transport.options.identity.pull.shared.expect(repositories);
    }

    /** What is there, for one HEAD. A missing manifest rejects with an error for which `isGone` is true. */
    headManifest(repository: string, reference: string): Promise<ManifestInfo> {
        return this.#manifests.head(repository, reference);
    }

    /**
     * The raw bytes, digest checked; 16 MiB at most. Counts as a pull, and rejects with PULL_BUDGET where that would go
     * below `keepRemaining`.
     *
     * @param reservation what it is paid from first
     */
    getManifest(
        repository: string,
        reference: string,
        reservation?: PullReservation,
    ): Promise<ManifestInfo & { readonly bytes: Buffer }> {
        return this.#manifests.get(repository, reference, reservation);
    }

    /** Writes bytes as they are; the registry's digest is compared with theirs. */
    putManifest(repository: string, reference: string, bytes: Uint8Array, mediaType: string): Promise<PutResult> {
        return this.#manifests.put(repository, reference, bytes, mediaType);
    }

    deleteManifest(repository: string, reference: string): Promise<void> {
        return this.#manifests.delete(repository, reference);
    }

    /** `undefined` when the registry does not have it. */
    headBlob(repository: string, digest: string): Promise<{ readonly size: number } | undefined> {
        return this.#blobs.head(repository, digest);
    }

    /** The body must be read to its end or left; see `Blob`. */
    getBlob(repository: string, digest: string, options?: GetBlobOptions): Promise<Blob> {
        return this.#blobs.get(repository, digest, options);
    }

    /** As `getBlob`, and where the connection breaks it goes on by a `Range` request; the digest is that of it all. */
    readBlob(repository: string, blob: BlobToRead, options?: ReadBlobOptions): Promise<AsyncIterableIterator<Buffer>> {
        return new ResumedRead(this.#transport, this.#blobs, repository, blob, options).open();
    }

    /** A blob from an address that its descriptor names, without credentials; only `https:`, else INVALID_ARGUMENT. */
    getForeignBlob(url: string, digest: string, options: GetBlobOptions = {}): Promise<Blob> {
        return this.#foreign.get(url, digest, options);
    }

    /**
     * Mounts or uploads a blob. `source` gives its bytes from an offset on; it is called again where it breaks off, and
     * with 0 where the registry makes us start anew.
     */
    uploadBlob(
        repository: string,
        blob: BlobToUpload,
        source: OpenSource,
        options?: UploadOptions,
    ): Promise<"mounted" | "uploaded"> {
        return this.#uploads.upload(repository, blob, source, options);
    }

    /** Opens an upload and cancels it: proves the right to push, and leaves nothing behind. See `upload-trial.ts`. */
    tryUpload(repository: string): Promise<"cancelled" | "left"> {
        return tryUpload(this.#transport, repository);
    }

    deleteBlob(repository: string, digest: string): Promise<void> {
        return this.#blobs.delete(repository, digest);
    }

    /** Page by page as the loop goes on. */
    listTags(repository: string): AsyncIterable<string> {
        return listTags(this.#transport, repository);
    }

    /** By the referrers API, else by the fallback tag; empty for an image without any. */
    referrers(repository: string, digest: string, artifactType?: string): Promise<Descriptor[]> {
        return this.#referrers.list(repository, digest, artifactType);
    }

    /** By the referrers API alone; `undefined` where the registry has none, which is asked once. */
    referrersByApi(repository: string, digest: string): Promise<readonly Descriptor[] | undefined> {
        return this.#referrers.listByApi(repository, digest);
    }

    /** By the fallback tag alone; counts as a pull where there is one. */
    referrersByTag(repository: string, digest: string): Promise<readonly Descriptor[]> {
        return this.#referrersTag.list(repository, digest);
    }

    /** Adds to the list under the fallback tag, for a registry that keeps none itself; says whether anything was new. */
    addReferrers(repository: string, subject: string, referrers: readonly Descriptor[]): Promise<boolean> {
        return this.#referrersTag.add(repository, subject, referrers);
    }

    /** Who pushes here, for an API of the registry's own; undefined for nobody. */
    async pushLogin(): Promise<Credential | undefined> {
        return (await this.#transport.options.identity.push.credentials.get()).credential;
    }

    /** How far ECR's own replication of an image is, at each of its destinations; the registry is its source. */
    ecrReplication(repository: string, digest: string): Promise<EcrReplicationStatus[]> {
        return ecrReplicationOf(this.#transport, repository, digest);
    }

    /** `GET /v2/`: the registry is there and takes our credentials. */
    async ping(): Promise<void> {
        await this.#transport.send({
            method: "GET",
            path: "/v2/",
            subject: "registry",
            access: "pull",
            maxBody: 65536,
        });
    }

    /** Ends its connections. A pool's client leaves that to the pool. */
    async close(): Promise<void> {
        if (this.#ownsHosts) {
            await this.#hosts.close();
        }
    }
}
