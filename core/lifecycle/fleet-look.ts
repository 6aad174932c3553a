import { type Catalog, expandCatalog, type Lock } from "../catalog";
import {
    type Circumstances,
    type Copy,
    carriedAmong,
    circumstancesOf,
    type JudgedCopy,
    judge,
    listCopies,
    nameCopy,
    observe,
} from "../mirror";
import type { Seen, Session } from "./session";
import type { FleetInputs, FleetOutputs, OnDrift } from "./types";
import { resolveWishes } from "./wishes";

/** What one hook call works with. */
export interface FleetView {
    readonly catalog: Catalog;
    readonly copies: readonly Copy[];
    readonly circumstances: Circumstances;
}

/** Before the state is known (`check`) there is no history: what is ours is decided in `update`. */
export function viewOf(inputs: FleetInputs, olds: Partial<FleetOutputs> | undefined, now: Date): FleetView {
    const catalog = expandCatalog(inputs.catalog);
    const copies = listCopies(catalog);
    const wishes =
        catalog.upstream === "locked" ? resolveWishes(catalog, inputs, inputs.pinned ?? olds?.pinned, now) : {};
    const history: Lock[] = [olds?.proven, olds?.attempted, inputs.lock].filter((lock) => lock !== undefined);
    return {
        catalog,
        copies,
        circumstances: circumstancesOf(catalog, { wishes, history, carried: carriedBefore(olds) }),
    };
}

/** What was in the last inputs was carried, unless the last look still found it undone. */
export function carriedBefore(olds: Partial<FleetOutputs> | undefined): (copy: Copy) => boolean {
    if (olds?.catalog === undefined || olds.observed?.pending === "all") {
        return () => false;
    }
    const pending = new Set(olds.observed?.pending ?? []);
    return carriedAmong(listCopies(expandCatalog(olds.catalog)).filter((copy) => !pending.has(nameCopy(copy))));
}

/** One HEAD for each copy. */
export async function lookAfresh(view: FleetView, session: Session): Promise<JudgedCopy[]> {
    const observation = await observe(view.copies, session.registries(view.catalog), { signal: session.signal });
    return judge(view.catalog, observation, view.circumstances);
}

/** What `check` saw a moment ago in this process, judged with all that is known now; else a look of its own. */
export async function lookOrRecall(fleet: string, view: FleetView, session: Session): Promise<JudgedCopy[]> {
    const seen = session.recall(fleet, view.catalog, view.copies);
    if (seen === undefined) {
        return lookAfresh(view, session);
    }
    const copies = view.copies.map((copy, index) => ({ ...copy, state: (seen[index] as Seen).copy.state }));
    return judge(view.catalog, { copies }, view.circumstances);
}

/** What an update works on: undone work always, drift only where it is to be repaired. */
export function isSelected(copy: JudgedCopy, onDrift: OnDrift): boolean {
    return copy.verdict === "pending" || onDrift === "repair";
}
