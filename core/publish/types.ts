import type { CarryWarning, RegistryFreight } from "../mirror";
import type { PublishOrigin } from "./origin";

/**
 * What became of one tag at one place.
 *
 * - `unchanged`: it showed the digest already. `moved`: it was set, and seen to show it.
 * - `waiting`: it was not touched: a dry run, or something else failed first.
 * - `refused`: it shows what must not be replaced. `unknown`: it could not be asked; nothing was done.
 * - `put-back`: it was moved, another place failed, and it shows again what it showed before.
 * - `astray`: the same, but it could not be put back: `shows` says what it shows, if that could be asked.
 */
export type TagStatus = "unchanged" | "moved" | "waiting" | "refused" | "unknown" | "put-back" | "astray";

export interface TagResult {
    /** The image's own name for it. */
    readonly tag: string;
    /** Its name at this place. */
    readonly reference: string;
    readonly status: TagStatus;
    /** The digest that it showed before; absent where there was none, or it could not be asked. */
    readonly before?: string;
    /** The tag that holds `before` now. */
    readonly kept?: string;
    /** Only with `astray`: what it shows at the end; absent where it cannot be asked. */
    readonly shows?: string;
}

/** One repository of the image. */
export interface PlaceResult {
    readonly role: "source" | "target";
    /** Key in the catalogue's registries. */
    readonly registry: string;
    readonly repository: string;
    /**
     * The digest there. `origin`: it was built there; `present`: it was there before this run; `carried`; `missing`;
     * `unknown`: could not be asked.
     */
    readonly digest: "origin" | "present" | "carried" | "missing" | "unknown";
    /** Signatures and attestations that it did not have before; absent where they were not asked for. */
    readonly referrers?: number;
    readonly tags: readonly TagResult[];
}

/** Why something could not be published; a full sentence for a person. */
export interface PublishFailure {
    readonly code: string;
    readonly message: string;
    /** Key of the registry that it is about. */
    readonly registry?: string;
    readonly tag?: string;
    /** Nothing is proven wrong: a registry could not be asked, and nothing was done. */
    readonly unasked?: true;
}

export interface PublishResult {
    readonly image: string;
    readonly digest: string;
    readonly origin: Pick<PublishOrigin, "registry" | "repository">;
    /** Source first, then the targets in the catalogue's order. */
    readonly places: readonly PlaceResult[];
    readonly failures: readonly PublishFailure[];
    /** What is to be known and is no failure: referrers that a registry refused, tags that no look asks for. */
    readonly warnings: readonly (CarryWarning | { readonly code: string; readonly message: string })[];
    /** Blob bytes by the target's registry. */
    readonly freight: Readonly<Record<string, RegistryFreight>>;
    /** A signal came while tags moved; what was moved until then was put back. */
    readonly interrupted: boolean;
}
