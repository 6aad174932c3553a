import type { PullAccount, PullReservation } from "../../registry";
import type { RawManifest } from "../image-carrier";
import type { ManifestCache } from "../manifest-cache";
import type { Registries } from "../observe";
import type { Place } from "../plan";
import { ReadFailure } from "../read-failure";
import { type ImageNeed, type PullNeed, pullBudgetError } from "./deferral";
import { ManifestReader } from "./manifest-reader";

const UNEXPECTED: ImageNeed = { needs: 1, estimated: true };

/** One image that is being read at one account, for all the tasks that want it. */
interface Share {
    readonly account: PullAccount;
    readonly reservation: PullReservation;
    readers: number;
    /** The index did not fit once it was known: no child is read. */
    refused?: PullNeed;
}

/**
 * What a run spends of pull limits. An image is begun only where all the pulls that it needs are free, and they are set
 * aside for it; when its index turns out larger than thought, more are, or it is left before a child is read. Below
 * `keepRemaining` nothing goes in any case: the registry's client sees to that.
 */
export class PullBudget {
    readonly reader: ManifestReader;
    private readonly shares = new Map<string, Share>();
    /** Manifest -> who pays for it. */
    private readonly payers = new Map<string, Share>();

    private readonly expected = new Map<string, ImageNeed>();

    constructor(
        private readonly registries: Registries,
        signal?: AbortSignal,
        before?: ManifestCache,
    ) {
        this.reader = new ManifestReader(registries, signal, before);
    }

    /** What an image will cost, as far as that is known before it is read. @default 1 */
    expectNeed(digest: string, need: ImageNeed): void {
        this.expected.set(digest, need);
    }

    /** Sets aside what an image needs before any is begun; false where it does not fit. */
    setAside(digest: string, from: Place): boolean {
        const account = this.accountOf(from);
        return account === undefined || this.share(digest, account) !== undefined;
    }

    /** Gives back what is set aside for images that nobody reads. */
    giveBack(): void {
        for (const [key, share] of this.shares) {
            if (share.readers === 0) {
                share.reservation.release();
                this.shares.delete(key);
            }
        }
    }

    /** Does what reads an image, with its pulls set aside. Rejects with a ReadFailure of PULL_BUDGET where they are not free. */
    async whole<T>(digest: string, from: Place, work: () => Promise<T>): Promise<T> {
        const account = this.accountOf(from);
        if (account === undefined) {
            return work();
        }
        const share = this.share(digest, account);
        if (share === undefined) {
            throw new ReadFailure(pullBudgetError({ account, ...this.needOf(digest) }));
        }
        share.readers += 1;
        try {
            return await work();
        } finally {
            share.readers -= 1;
            if (share.readers === 0) {
                share.reservation.release();
                this.shares.delete(`${account.key} ${digest}`);
            }
        }
    }

    /**
     * Reads a manifest; of an index, makes sure of its children's pulls before they are read.
     *
     * @param childrenOf the children that will be read. @default all
     */
    async read(
        digest: string,
        from: Place,
        childrenOf?: (manifest: RawManifest) => Iterable<string>,
    ): Promise<RawManifest> {
        const payer = this.payers.get(digest);
        const manifest = await this.reader.read(digest, from, payer?.reservation);
        this.reader.choose(digest, childrenOf?.(manifest));
        if (payer !== undefined) {
            this.expect(manifest, payer);
        }
        return manifest;
    }

    /** Pulls that an image still needs. */
    private needOf(digest: string): ImageNeed {
        const needs = this.reader.unread(digest);
        return needs === undefined ? (this.expected.get(digest) ?? UNEXPECTED) : { needs, estimated: false };
    }

    private expect(manifest: RawManifest, share: Share): void {
        const children = this.reader.childrenOf(manifest).filter((child) => this.payers.get(child) !== share);
        if (children.length > 0 && share.refused === undefined) {
            this.payFor(manifest.digest, children, share);
        }
        if (share.refused !== undefined) {
            throw new ReadFailure(pullBudgetError(share.refused));
        }
    }

    /** The estimate becomes what it is: the children that were not read yet, and what nested indexes still hold. */
    private payFor(digest: string, children: readonly string[], share: Share): void {
        const needs = this.reader.unread(digest) ?? 0;
        const isRoot = this.shares.get(`${share.account.key} ${digest}`) === share;
        const pulls = isRoot ? needs : share.reservation.left + needs;
        if (!share.reservation.resize(pulls)) {
            share.refused = { account: share.account, needs: pulls, estimated: false };
            return;
        }
        for (const child of children) {
            this.payers.set(child, share);
        }
    }

    private share(digest: string, account: PullAccount): Share | undefined {
        const key = `${account.key} ${digest}`;
        const known = this.shares.get(key);
        if (known !== undefined) {
            return known;
        }
        const reservation = account.reserve(this.needOf(digest).needs);
        if (reservation === undefined) {
            return undefined;
        }
        const share: Share = { account, reservation, readers: 0 };
        this.shares.set(key, share);
        this.payers.set(digest, share);
        return share;
    }

    private accountOf({ registry, repository }: Place): PullAccount | undefined {
        return this.registries.client(registry).pullsOf(repository);
    }
}
