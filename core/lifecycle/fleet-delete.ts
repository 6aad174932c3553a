import { lockEntry } from "../catalog";
import { describeError, TransshipError } from "../errors";
import type { Registries } from "../mirror";
import { type Copy, nameCopy, observeCopy } from "../mirror";
import { viewOf } from "./fleet-look";
import type { Session } from "./session";
import type { FleetOutputs } from "./types";

/**
 * `destroy` leaves every image where it is. With `deleteOnDestroy` the targets' tags go, those that still show the
 * digest which this fleet proved: what somebody else has put there since is theirs.
 */
export async function deleteFleet(props: FleetOutputs, session: Session): Promise<void> {
    if (!props.deleteOnDestroy) {
        return;
    }
    const view = viewOf(props, props, session.now());
    const registries = session.registries(view.catalog);
    // Another resource of this run writes it: the image went to another wave, and its copies are not to go.
    const targets = view.copies
        .filter(({ role }) => role === "target")
        .filter((copy) => !session.isClaimed(view.catalog, copy));
    const outcomes = await Promise.allSettled(targets.map((copy) => deleteCopy(copy, props, registries, session)));
    const failures = outcomes.flatMap((outcome, index) =>
        outcome.status === "rejected" ? [`${nameCopy(targets[index] as Copy)}: ${describeError(outcome.reason)}`] : [],
    );
    if (failures.length > 0) {
        throw new TransshipError("DELETE_FAILED", `these copies could not be deleted: ${failures.join("; ")}`);
    }
}

async function deleteCopy(copy: Copy, props: FleetOutputs, registries: Registries, session: Session): Promise<void> {
    const state = await observeCopy(copy, registries);
    if (state.status === "missing") {
        return;
    }
    if (state.status === "unknown") {
        throw new TransshipError(state.code, state.message);
    }
    if (state.digest !== lockEntry(props.proven, copy.image, copy.tag)?.digest) {
        session.print(
            `left ${nameCopy(copy)} in place: it shows ${state.digest}, which is not the digest that was proven`,
        );
        return;
    }
    // By tag, never by digest: other tags may show the same manifest.
    await registries.client(copy.registry).deleteManifest(copy.repository, copy.reference);
}
