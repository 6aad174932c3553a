import { type Catalog, type Copy, type Lock, listCopies, nameCopy } from "../catalog";
import {
    type Circumstances,
    carriedAmong,
    findOrigins,
    isLeftAlone,
    type JudgedCopy,
    judgeAndCompare,
    look,
} from "../mirror";
import { decidedCatalog } from "./selection";
import type { Seen, Session } from "./session";
import type { FleetInputs, FleetOutputs, OnDrift } from "./types";
import { circumstancesFor } from "./wishes";

/** What one hook call works with. */
export interface FleetView {
    readonly catalog: Catalog;
    readonly copies: readonly Copy[];
    readonly circumstances: Circumstances;
}

/** The tags are those of `inputs.selected`. Before the state is known (`check`) there is no history: what is ours is decided in `update`. */
export function viewOf(inputs: FleetInputs, olds: Partial<FleetOutputs> | undefined, now: Date): FleetView {
    const catalog = decidedCatalog(inputs);
    const copies = listCopies(catalog);
    const history: Lock[] = [olds?.proven, olds?.attempted, inputs.lock].filter((lock) => lock !== undefined);
    const options = { history, carried: carriedBefore(olds) };
    const circumstances = circumstancesFor(catalog, inputs, inputs.pinned ?? olds?.pinned, now, options);
    return { catalog, copies, circumstances };
}

/** What was in the last inputs was carried, unless the last look still found it undone, or held back. */
function carriedBefore(olds: Partial<FleetOutputs> | undefined): (copy: Copy) => boolean {
    if (olds?.catalog === undefined || olds.observed?.pending === "all") {
        return () => false;
    }
    const undone = new Set([...(olds.observed?.pending ?? []), ...(olds.observed?.waiting ?? [])]);
    return carriedAmong(
        listCopies(decidedCatalog({ ...olds, catalog: olds.catalog })).filter((copy) => !undone.has(nameCopy(copy))),
    );
}

/**
 * One HEAD for each copy.
 *
 * @param ask whether a target whose digest nobody knows is asked what it is; see `judgeSeen`
 */
export async function lookAfresh(view: FleetView, session: Session, ask = true): Promise<JudgedCopy[]> {
    const options = { signal: session.signal, ask, ...(ask && { compare: session.comparer() }) };
    return look(view.catalog, view.copies, view.circumstances, session.registries(view.catalog), options);
}

/**
 * What was seen, judged with what this view knows. Where it does not know a digest either, the target is asked.
 *
 * @param seen in the order of the view's copies
 */
export async function judgeSeen(view: FleetView, seen: readonly Seen[], session: Session): Promise<JudgedCopy[]> {
    const copies = view.copies.map((copy, index) => {
        const { state, origin, comparison, lacking } = (seen[index] as Seen).copy;
        return { ...copy, state, origin, comparison, lacking };
    });
    const registries = session.registries(view.catalog);
    const asked = await findOrigins(view.catalog, copies, view.circumstances, registries);
    return judgeAndCompare(view.catalog, asked, view.circumstances, registries, session.comparer());
}

/** A look as the session keeps it: what the fleet's own update is about to mend is `planned`. */
export function seenBy(onDrift: OnDrift, judged: readonly JudgedCopy[]): Seen[] {
    const isPlanned = (copy: JudgedCopy): boolean =>
        (copy.action === "carry" || copy.action === "refuse") && isSelected(copy, onDrift);
    return judged.map((copy) => ({ copy, planned: isPlanned(copy) }));
}

/** What an update works on: undone work always, drift only where it is to be repaired, and none that is waived. */
export function isSelected(copy: JudgedCopy, onDrift: OnDrift): boolean {
    return (copy.verdict === "pending" || onDrift === "repair") && !isLeftAlone(copy);
}
