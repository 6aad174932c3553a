import { isDeepStrictEqual } from "node:util";
import { plainInputs } from "./state-form";
import type { FleetInputs, GateInputs, Observed } from "./types";

/** Whether anything was asked for that was not asked for before; what a look found is judged by itself. */
export function inputsDiffer<T extends FleetInputs | GateInputs>(olds: T, news: T): boolean {
    const keys = Object.keys(INPUTS) as (keyof T)[];
    const differ = (one: T, other: T): boolean => keys.some((key) => !isDeepStrictEqual(one[key], other[key]));
    return differ(olds, news) && differ(plainInputs(olds), plainInputs(news));
}

/** Every input of a fleet and of a gate; the compiler refuses a list that is not whole. */
const INPUTS: Record<Exclude<keyof FleetInputs | keyof GateInputs, "observed">, true> = {
    fleet: true,
    wave: true,
    catalog: true,
    onDrift: true,
    onUnknown: true,
    deleteOnDestroy: true,
    lock: true,
    promoted: true,
    depth: true,
    signatures: true,
    anonymous: true,
    selected: true,
    pinned: true,
};

/** Whether a look left something to do. */
export function isUneven(observed: Observed | undefined): boolean {
    return observed?.drift !== undefined || observed?.pending !== undefined || observed?.findings !== undefined;
}

/** Whether other drift is waived than the state says: an update has nothing to carry, but the state to put right. */
export function isWaivedAnew(observed: Observed | undefined, former: Observed | undefined): boolean {
    const lines = (one: Observed | undefined): string[] => [...(one?.waived ?? [])].sort();
    return !isDeepStrictEqual(lines(observed), lines(former));
}
