import { type Catalog, decideCatalog, type SelectedTags } from "../catalog";
import { chooseTags, type SelectionFailure, type TagSelection } from "../mirror";
import { expandedCatalog } from "./expanded-catalog";
import type { Session } from "./session";
import type { FleetInputs, Observed } from "./types";

/** The part of a fleet's or a gate's inputs which says what its tags are. */
export type SelectionSource = Pick<FleetInputs, "catalog" | "lock" | "promoted" | "selected">;

/** The catalogue of these inputs, with the tags that the last look chose. Asks nobody. */
export function decidedCatalog({ catalog, selected }: Pick<SelectionSource, "catalog" | "selected">): Catalog {
    return decideCatalog(expandedCatalog(catalog), selected ?? {});
}

/**
 * Chooses the tags of images with selectors: under `follow` one listing for each repository and process, under `locked`
 * from the lock, at no request.
 *
 * @param key under which it is remembered: the fleet's name
 * @param previous what the state has, which stands in where a listing fails
 */
export async function selectFor(
    inputs: SelectionSource,
    previous: SelectedTags | undefined,
    key: string,
    session: Session,
): Promise<TagSelection> {
    const catalog = expandedCatalog(inputs.catalog);
    const former = (image: string) => (previous !== undefined && Object.hasOwn(previous, image) ? previous[image] : []);
    const selection = await chooseTags(catalog, {
        listTags: (place) => session.listTags(catalog, place),
        lock: inputs.lock,
        waits: inputs.promoted || catalog.promoteFrom !== undefined,
        previous: (image) => former(image) ?? [],
        signal: session.signal,
    });
    session.rememberSelection(key, rulesOf(inputs, catalog), selection);
    return selection;
}

/** What was chosen in this process by the same rules (a gate takes what its fleet chose), or nothing. */
export function recallSelection(inputs: SelectionSource, key: string, session: Session): TagSelection | undefined {
    return session.recallSelection(key, rulesOf(inputs, expandedCatalog(inputs.catalog)));
}

/** Each image with selectors, and all that its choice depends on but the registry's listing. */
function rulesOf({ catalog, lock }: SelectionSource, expanded: Catalog): Map<string, string> {
    const { upstream } = catalog;
    return new Map(
        Object.values(expanded.images).flatMap(({ name, selectors }) => {
            const names = upstream === "locked" ? Object.keys(lock[name] ?? {}) : [];
            const rule = JSON.stringify([upstream, catalog.images[name], names]);
            return selectors === undefined ? [] : [[name, rule] as const];
        }),
    );
}

/** The computed input; absent where nothing was chosen, as in a catalogue without selectors. */
export function selectedInput({ selected }: TagSelection): { readonly selected?: SelectedTags } {
    return Object.keys(selected).length === 0 ? {} : { selected };
}

/** What was found about the copies, with what was found about the tags. Unknowns by their code only, as for copies. */
export function withSelection(observed: Observed, { selected, failures }: TagSelection): Observed {
    const of = (status: SelectionFailure["status"]) => failures.filter((failure) => failure.status === status);
    const name = ({ image, registry }: SelectionFailure): string => `${image}@${registry}`;
    const add = (lines: readonly string[] | undefined, more: readonly string[]): readonly string[] | undefined =>
        more.length === 0 ? lines : [...(lines ?? []), ...new Set(more)];
    const drift = add(
        observed.drift,
        of("empty").map(({ message }) => message),
    );
    const unknown = add(
        observed.unknown,
        of("unknown").map((failure) => `${name(failure)}: ${failure.code}`),
    );
    const undone = of("unknown")
        .filter(({ image }) => !Object.hasOwn(selected, image))
        .map(name);
    const pending = observed.pending === "all" ? ("all" as const) : add(observed.pending, undone);
    const waiting = add(observed.waiting, of("waiting").map(name));
    return {
        ...observed,
        ...(drift === undefined ? {} : { drift }),
        ...(unknown === undefined ? {} : { unknown }),
        ...(pending === undefined ? {} : { pending }),
        ...(waiting === undefined ? {} : { waiting }),
    };
}

/** What a look says of them on standard error. */
export function diagnoseSelection({ failures }: TagSelection): string[] {
    const words = { empty: "drift", unknown: "unknown", waiting: "waiting" };
    return failures.map(({ status, message }) => `${words[status]}: ${message}`);
}

/**
 * What ends an update: tags of which it is proven that there are none, and those that were never known. Where former
 * ones stand in for an outage their proofs stand, as for a copy that cannot be asked.
 */
export function standingSelection({ selected, failures }: TagSelection): string[] {
    return failures
        .filter(({ status, image }) => status === "empty" || (status === "unknown" && !Object.hasOwn(selected, image)))
        .map(({ message }) => message);
}
