import { type Descriptor, isIndexType, isManifestType } from "../../oci";
import { fallbackTag, isGone, type PutResult } from "../../registry";
import type { ImageCarrier, PlacedManifest, RawManifest } from "../image-carrier";
import type { Registries } from "../observe";
import { once } from "../once";
import type { Place } from "../plan";
import { ReadFailure } from "../read-failure";
import { settleAll } from "../settle-all";
import { bringDigestTag } from "./digest-tag-copy";
import { listReferrers, type Referrer } from "./listing";
import type { ReferrersLookup } from "./lookup";
import { type CarryWarning, refusalOf, warningOf } from "./warning";

/** Signatures of signatures of an SBOM are three deep; what goes on longer leads nowhere. */
const MAXIMUM_DEPTH = 8;

export interface JourneyTools {
    readonly registries: Registries;
    readonly images: ImageCarrier;
    readonly lookup: ReferrersLookup;
    readonly signal?: AbortSignal;
}

export interface JourneyPlan {
    readonly root: RawManifest;
    readonly isWhole: boolean;
    readonly from: Place;
    readonly to: Place;
    /** Replace a digest tag of the target also where it has what the source's lacks. */
    readonly overwrite: boolean;
}

/** Brings what refers to one image, to its children and to what was brought, from one place to another. */
export class ReferrersJourney {
    readonly warnings: CarryWarning[] = [];
    /** What the source has. */
    found = 0;
    /** What the target did not have. */
    brought = 0;
    private readonly looked = new Set<string>();
    private readonly placed = new Map<string, Promise<PlacedManifest>>();
    /** `subject digest` of what the target's lists were told of. */
    private readonly listed = new Set<string>();

    constructor(
        private readonly tools: JourneyTools,
        private readonly plan: JourneyPlan,
    ) {}

    async run(): Promise<void> {
        const { root } = this.plan;
        await this.bringAround(root, 0);
        await this.listChildren(root);
    }

    /** What refers to a manifest, or to one below it. */
    private async bringAround(manifest: RawManifest, depth: number): Promise<void> {
        const digests = await this.digestsIn(manifest);
        await settleAll(digests.map((digest) => this.bringOf(digest, depth)));
    }

    private async bringOf(digest: string, depth: number): Promise<void> {
        if (this.looked.has(digest)) {
            return;
        }
        this.looked.add(digest);
        this.tools.signal?.throwIfAborted();
        const { from } = this.plan;
        const found = await this.tools.lookup.find(digest, from);
        for (const failure of found.failures) {
            this.unread(digest, failure);
        }
        const count = found.referrers.length + found.tags.length;
        if (count === 0) {
            return;
        }
        this.found += count;
        if (depth >= MAXIMUM_DEPTH) {
            const message = `what refers to ${digest} was left behind: it is the ${depth + 1}th referrer of a referrer in a row`;
            this.warnings.push({ code: "REFERRERS_TOO_DEEP", message });
            return;
        }
        await this.placeRoot();
        const brought = await settleAll(found.referrers.map((referrer) => this.bringReferrer(referrer, digest, depth)));
        const listed = await this.list(
            digest,
            brought.flatMap((one) => one ?? []),
        );
        // A target that has no lists of its own has this one already, with whatever was in it.
        const tags = found.tags.filter((tag) => listed !== "by-tag" || tag !== fallbackTag(digest));
        await settleAll(tags.map((tag) => this.bringTag(tag, depth)));
    }

    private async bringReferrer(shown: Descriptor, subject: string, depth: number): Promise<Referrer | undefined> {
        const { from, to } = this.plan;
        let placed: PlacedManifest;
        try {
            placed = await once(this.placed, shown.digest, async () => {
                const fresh = await this.tools.images.place(shown.digest, from, to);
                this.brought += fresh.pushed === undefined ? 0 : 1;
                return fresh;
            });
        } catch (error) {
            const kind = shown.artifactType === undefined ? "" : ` (${shown.artifactType})`;
            this.refused(`the referrer ${shown.digest}${kind} of ${subject}`, error);
            return undefined;
        }
        await this.bringAround(placed.manifest, depth + 1);
        return { shown, manifest: placed.manifest, ...(placed.pushed && { pushed: placed.pushed }) };
    }

    private async bringTag(tag: string, depth: number): Promise<void> {
        const { from, to, overwrite } = this.plan;
        try {
            const copy = await bringDigestTag(tag, from, to, overwrite, this.tools);
            if (copy.kept !== undefined) {
                this.warnings.push({ code: "REFERRER_KEPT", message: copy.kept });
                return;
            }
            this.brought += copy.pushed === undefined ? 0 : 1;
            const { subject } = copy.manifest.content;
            if (subject !== undefined) {
                await this.list(subject.digest, [
                    { manifest: copy.manifest, ...(copy.pushed && { pushed: copy.pushed }) },
                ]);
            }
            await this.bringAround(copy.manifest, depth + 1);
        } catch (error) {
            this.refused(`the tag ${tag}`, error);
        }
    }

    /** Has the target's lists name them; what cannot be listed is a warning. */
    private async list(subject: string, referrers: readonly Referrer[]): Promise<"by-registry" | "by-tag" | undefined> {
        const { to } = this.plan;
        for (const { manifest } of referrers) {
            this.listed.add(`${subject} ${manifest.digest}`);
        }
        try {
            const { by, unlisted } = await listReferrers(subject, referrers, to, this.tools.registries);
            for (const digest of unlisted) {
                const message = `the referrer ${digest} of ${subject} names no subject, so that ${to.registry} lists it nowhere`;
                this.warnings.push({ code: "REFERRER_UNLISTED", message });
            }
            return by;
        } catch (error) {
            const what = `the list of what refers to ${subject} was not written at ${to.registry}`;
            this.warnings.push(warningOf("REFERRER_UNLISTED", what, error));
            return undefined;
        }
    }

    /** The image itself, or a child of it, may refer to something: BuildKit's attestations do. */
    private async listChildren(root: RawManifest): Promise<void> {
        for (const digest of await this.digestsIn(root)) {
            const manifest = this.tools.images.known(digest);
            const subject = manifest?.content.subject?.digest;
            if (manifest !== undefined && subject !== undefined && !this.listed.has(`${subject} ${digest}`)) {
                const pushed = digest === root.digest ? await this.placeRoot() : undefined;
                await this.list(subject, [{ manifest, ...(pushed && { pushed }) }]);
            }
        }
    }

    /** What is referred to comes before what refers to it: Harbor ties the two when the second one arrives. No tag yet. */
    private async placeRoot(): Promise<PutResult | undefined> {
        const { root, to, isWhole } = this.plan;
        if (!isWhole) {
            return undefined;
        }
        const placed = await once(this.placed, root.digest, async () => {
            const target = this.tools.registries.client(to.registry);
            try {
                await target.headManifest(to.repository, root.digest);
                return { manifest: root };
            } catch (error) {
                if (!isGone(error)) {
                    throw error;
                }
            }
            const pushed = await target.putManifest(to.repository, root.digest, root.bytes, root.mediaType);
            return { manifest: root, pushed };
        });
        return placed.pushed;
    }

    /** The manifest's own digest, and those of all manifests below it. */
    private async digestsIn(manifest: RawManifest): Promise<string[]> {
        const below = manifest.content.manifests.filter(({ mediaType }) => isManifestType(mediaType));
        const nested = await Promise.all(
            below.map(async ({ digest, mediaType }) =>
                isIndexType(mediaType)
                    ? this.digestsIn(
                          this.tools.images.known(digest) ?? (await this.tools.images.read(digest, this.plan.to)),
                      )
                    : [digest],
            ),
        );
        return [...new Set([manifest.digest, ...nested.flat()])];
    }

    private refused(what: string, error: unknown): void {
        this.warnings.push(warningOf("REFERRER_REFUSED", `${what} was left behind`, error));
    }

    /** What passes by itself is a failure of this source: another place may know. */
    private unread(digest: string, error: unknown): void {
        const { registry } = this.plan.from;
        try {
            refusalOf(error);
        } catch (passing) {
            throw new ReadFailure(passing);
        }
        const what = `${registry} does not say all that refers to ${digest}`;
        this.warnings.push(warningOf("REFERRERS_UNREAD", what, error));
    }
}
