import { type CompactLock, compactCatalog, compactLock, expandLock, type Lock, wishesOf, withPast } from "../catalog";
import { expandedCatalog } from "./expanded-catalog";
import type { Session } from "./session";
import type { FleetInputs, FleetOutputs, FleetState } from "./types";
import { hasUnknown } from "./unknown";

/*
 * State holds each digest once. A wave's inputs are in it twice, as what was asked for and beside the outputs: so they
 * keep of a lock what is wished for, and what was before that is in `proven`, in its compact form. The whole lock reaches
 * `check` from the program; the other hooks of that run take it from the session.
 */

/** The part of a fleet's and a gate's inputs that is kept in another form. */
type LockInput = Pick<FleetInputs, "lock" | "promoted">;

/** Inputs as state keeps them; the whole lock is remembered for the hooks that follow. */
export function storedInputs<T extends LockInput>(owner: string, inputs: T, session: Session): T {
    // What another resource has yet to say, in a preview; and what makes no sense was refused before.
    if (!isLock(inputs.lock)) {
        return inputs;
    }
    session.rememberLock(owner, inputs.lock);
    return { ...inputs, lock: wishesOf(inputs.lock, inputs.promoted) };
}

/** Inputs with the past of their wishes, as far as `check` of this run was given it. */
export function wholeInputs<T extends LockInput>(owner: string, inputs: T, session: Session): T {
    const known = session.recallLock(owner);
    return known === undefined || !isLock(inputs.lock) ? inputs : { ...inputs, lock: withPast(inputs.lock, known) };
}

export function storedOutputs(outputs: FleetOutputs): FleetState {
    const { proven, attempted, ...rest } = outputs;
    const lock = wishesOf(outputs.lock, outputs.promoted);
    return { ...rest, lock, proven: compactLock(proven), attempted: compactLock(attempted) };
}

/** Outputs of this release or an older one. */
export function wholeOutputs(state: FleetState): FleetOutputs {
    const { proven, attempted } = state;
    const whole = (lock: CompactLock | Lock | undefined): Lock => expandLock(lock ?? {});
    return { ...state, proven: whole(proven), attempted: whole(attempted) };
}

/** Inputs without what two releases write in two ways. */
export function plainInputs<T extends LockInput & Pick<FleetInputs, "catalog">>(inputs: T): T {
    const expanded = expandedCatalog(inputs.catalog);
    const { images } = compactCatalog(expanded, Object.keys(expanded.images));
    return { ...inputs, catalog: { ...inputs.catalog, images }, lock: wishesOf(inputs.lock, inputs.promoted) };
}

function isLock(value: unknown): value is Lock {
    return typeof value === "object" && value !== null && !hasUnknown(value);
}
