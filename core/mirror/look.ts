import type { Catalog, Copy } from "../catalog";
import type { ContentComparer } from "./content-comparer";
import { judge } from "./judge";
import { type ObserveOptions, observe, type Registries } from "./observe";
import { findOrigins } from "./origins";
import type { Circumstances, JudgedCopy, ObservedCopy } from "./types";

export interface LookOptions extends ObserveOptions {
    /**
     * Whether a target whose digest nobody knows is asked what it is a part of: one GET there, only for images with
     * `platforms`. @default true
     */
    readonly ask?: boolean;
    /** What tells the verdict `same-content` from `different`. @default nothing is compared */
    readonly compare?: ContentComparer;
}

/** observe -> judge: one HEAD for each copy, and one verdict on each; GETs only where digests differ. */
export async function look(
    catalog: Catalog,
    copies: readonly Copy[],
    circumstances: Circumstances,
    registries: Registries,
    options: LookOptions = {},
): Promise<JudgedCopy[]> {
    const seen = await observe(copies, registries, options);
    const asked = await findOrigins(catalog, seen.copies, circumstances, registries, options.ask);
    return judgeAndCompare(catalog, asked, circumstances, registries, options.compare);
}

/** One verdict on each, and where that is `different` a second one that knows the content. */
export async function judgeAndCompare(
    catalog: Catalog,
    copies: readonly ObservedCopy[],
    circumstances: Circumstances,
    registries: Registries,
    comparer: ContentComparer | undefined,
): Promise<JudgedCopy[]> {
    const judged = judge(catalog, { copies }, circumstances);
    const compared = (await comparer?.compareAll(catalog, judged, registries)) ?? judged;
    return compared === judged ? judged : judge(catalog, { copies: compared }, circumstances);
}
