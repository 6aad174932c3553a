import { nameCopy } from "../catalog";
import type { BlobCarrier } from "./blob-carrier";
import { countForeignLayers, ForeignLayerCarrier, type ForeignLayersReport } from "./foreign-layers";
import type { BroughtManifest, ImageCarrier } from "./image-carrier";
import type { Registries } from "./observe";
import type { CarryTask, Place } from "./plan";
import { ReferrersCarrier } from "./referrers/referrers-carrier";
import type { CarryWarning } from "./referrers/warning";

/** What went along with an image. */
export interface Companions {
    /** Referrers and digest tags that the target did not have before. */
    readonly referrers: number;
    /** What did not go along; full sentences. */
    readonly warnings: readonly CarryWarning[];
    readonly foreignLayers: ForeignLayersReport;
}

/** Brings what an image's digest does not name, or names and need not be there: referrers, non-distributable layers. */
export class CompanionCarrier {
    private readonly referrers: ReferrersCarrier;
    private readonly foreign: ForeignLayerCarrier;

    constructor(
        registries: Registries,
        private readonly images: ImageCarrier,
        blobs: BlobCarrier,
        signal?: AbortSignal,
    ) {
        this.referrers = new ReferrersCarrier(registries, images, signal);
        this.foreign = new ForeignLayerCarrier(registries, images, blobs);
    }

    /** Before the manifests, which some targets take only when all their layers are there. */
    async bringLayers({ foreignLayers, to }: CarryTask, digest: string, from: Place): Promise<void> {
        if (foreignLayers === "carry") {
            await this.foreign.bring(digest, from, to);
        }
    }

    /** After the manifests and before the tag: who verifies signatures must never see it without them. */
    async bring({ foreignLayers, referrers, to }: CarryTask, manifest: BroughtManifest): Promise<Companions> {
        const whole = withoutMissing(manifest);
        const count = await countForeignLayers(whole, to, this.images);
        const { brought, warnings } =
            referrers === undefined
                ? { brought: 0, warnings: [] }
                : await this.referrers.bring(whole, referrers, to, manifest.missing.length === 0);
        return {
            referrers: brought,
            warnings: warnings.map(({ code, message }) => ({ code, message: `${nameCopy(to)}: ${message}` })),
            foreignLayers: { count, carried: foreignLayers === "carry" },
        };
    }
}

/** The same bytes; what its source does not have is not looked into. */
function withoutMissing(manifest: BroughtManifest): BroughtManifest {
    const missing = new Set(manifest.missing.map(({ digest }) => digest));
    const manifests = manifest.content.manifests.filter(({ digest }) => !missing.has(digest));
    return missing.size === 0 ? manifest : { ...manifest, content: { ...manifest.content, manifests } };
}
