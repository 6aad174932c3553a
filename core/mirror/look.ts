import type { Catalog, Copy } from "../catalog";
import { judge } from "./judge";
import { type ObserveOptions, observe, type Registries } from "./observe";
import { findOrigins } from "./origins";
import type { Circumstances, JudgedCopy } from "./types";

export interface LookOptions extends ObserveOptions {
    /**
     * Whether a target whose digest nobody knows is asked what it is a part of: one GET there, only for images with
     * `platforms`. @default true
     */
    readonly ask?: boolean;
}

/** observe -> judge: one HEAD for each copy, and one verdict on each. */
export async function look(
    catalog: Catalog,
    copies: readonly Copy[],
    circumstances: Circumstances,
    registries: Registries,
    options: LookOptions = {},
): Promise<JudgedCopy[]> {
    const seen = await observe(copies, registries, options);
    const asked = await findOrigins(catalog, seen.copies, circumstances, registries, options.ask);
    return judge(catalog, { copies: asked }, circumstances);
}
