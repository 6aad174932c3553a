import { describeError, TransshipError } from "../../errors";
import type { ImageCarrier, RawManifest } from "../image-carrier";
import type { Registries } from "../observe";
import type { Place } from "../plan";
import { ReadFailure } from "../read-failure";
import { ReferrersJourney } from "./journey";
import { ReferrersLookup } from "./lookup";
import type { CarryWarning } from "./warning";

/** Which referrers an image wants, and from where. */
export interface ReferrersWish {
    /** The authority, then other copies of ours that have the image, for when it cannot be asked. */
    readonly from: readonly Place[];
    /** The authority shows this very image: that it has no referrers is then the last word. */
    readonly sure: boolean;
    /** Replace a digest tag of the target also where it has what the source's lacks. */
    readonly overwrite: boolean;
}

export interface ReferrersOutcome {
    /** Referrers and digest tags that the target did not have. */
    readonly brought: number;
    readonly warnings: readonly CarryWarning[];
}

/**
 * Brings what refers to an image: signatures, SBOMs, attestations, by the referrers API and by tags. What a source said
 * is remembered for the run, so that an image with several targets is asked for once.
 */
export class ReferrersCarrier {
    private readonly lookup: ReferrersLookup;

    constructor(
        private readonly registries: Registries,
        private readonly images: ImageCarrier,
        private readonly signal?: AbortSignal,
    ) {
        this.lookup = new ReferrersLookup(registries);
    }

    /**
     * All that refers to `root`, to its children and to what is brought, is at the target afterwards, or is a warning.
     * The content of `root` has to be there; its tag need not.
     *
     * @param isWhole false where something below it is missing, so that a target may refuse it
     * @throws TransshipError for what passes by itself (an outage, a limit): without its signature no tag should move
     */
    async bring(root: RawManifest, wish: ReferrersWish, to: Place, isWhole = true): Promise<ReferrersOutcome> {
        let failure: unknown;
        let outcome: ReferrersOutcome | undefined;
        for (const from of wish.from) {
            const { registries, images, lookup, signal } = this;
            const tools = { registries, images, lookup, ...(signal && { signal }) };
            const journey = new ReferrersJourney(tools, { root, isWhole, from, to, overwrite: wish.overwrite });
            try {
                await journey.run();
            } catch (error) {
                if (!(error instanceof ReadFailure) || signal?.aborted) {
                    throw this.explain(error);
                }
                failure ??= error.cause;
                continue;
            }
            outcome = { brought: journey.brought, warnings: [...insteadOf(failure, from), ...journey.warnings] };
            if (journey.found > 0 || (wish.sure && failure === undefined)) {
                break;
            }
        }
        if (outcome === undefined && failure !== undefined) {
            throw this.explain(failure);
        }
        return outcome ?? { brought: 0, warnings: [] };
    }

    private explain(cause: unknown): unknown {
        if (this.signal?.aborted || !(cause instanceof TransshipError)) {
            return cause instanceof ReadFailure ? cause.cause : cause;
        }
        const message = `its referrers could not be brought ("referrers: false" carries it without): ${describeError(cause)}`;
        return new TransshipError(cause.code, message, { cause });
    }
}

/** Another copy of ours had its referrers from the same authority, but maybe not the latest. */
function insteadOf(failure: unknown, from: Place): CarryWarning[] {
    if (failure === undefined) {
        return [];
    }
    const message = `its referrers are those of ${from.registry}, since its authority could not be asked: ${describeError(failure)}`;
    return [{ code: "REFERRERS_UNREAD", message }];
}
