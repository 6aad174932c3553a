import type { CatalogImage } from "../catalog";
import { hasCutOver } from "../catalog";
import type { Circumstances, ObservedCopy } from "./types";

/** Which digest every copy of one tag should have, and who says so; or why nobody can say. */
export type Wish =
    | { readonly digest: string; readonly by: "source" | "lock" | "first-target" }
    | {
          readonly digest?: undefined;
          readonly by: "waiting" | "unknown" | "gone";
          readonly why: string;
          readonly cause?: string;
      };

/** The authority of one tag, from the policy, the environment's mode and what was seen. Pure. */
export function decideWish(
    image: CatalogImage,
    tag: string,
    copies: readonly ObservedCopy[],
    circumstances: Circumstances,
): Wish {
    const locked = circumstances.wish(image.name, tag);
    if (circumstances.upstream === "locked") {
        if (locked !== undefined) {
            return { digest: locked, by: "lock" };
        }
        const why = image.policy === "keep" ? undefined : whyItWaits(image.name, tag, circumstances);
        if (why !== undefined) {
            return { by: "waiting", why };
        }
    }
    const authority = hasCutOver(image) ? copies.find((copy) => copy.role === "target") : sourceOf(copies);
    const by = hasCutOver(image) ? "first-target" : "source";
    if (authority?.state.status === "present") {
        return { digest: authority.state.digest, by };
    }
    if (authority?.state.status === "unknown") {
        const why = `its authority ${authority.registry} could not be asked`;
        return { by: "unknown", why, cause: authority.state.message };
    }
    return locked === undefined
        ? {
              by: "gone",
              why: `${authority?.registry ?? "its source"} has no such tag, and no lock names a digest for it`,
          }
        : { digest: locked, by: "lock" };
}

function whyItWaits(image: string, tag: string, { promoteFrom, waits }: Circumstances): string | undefined {
    const named = promoteFrom && `the environment "${promoteFrom}" has not proven a digest for it yet`;
    return waits?.(image, tag) ?? named;
}

export function sourceOf(copies: readonly ObservedCopy[]): ObservedCopy | undefined {
    return copies.find((copy) => copy.role === "source");
}
