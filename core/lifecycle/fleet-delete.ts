import { type Copy, digestAt, lockEntry, nameCopy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { observeCopy } from "../mirror";
import { isGone, type RegistryClient, RegistryError } from "../registry";
import { limitLines } from "./findings";
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
    const outcomes = await Promise.allSettled(
        targets.map((copy) => deleteCopy(copy, targets, props, registries.client(copy.registry), session)),
    );
    const failures = outcomes.flatMap((outcome, index) =>
        outcome.status === "rejected" ? [`${nameCopy(targets[index] as Copy)}: ${describeError(outcome.reason)}`] : [],
    );
    if (failures.length > 0) {
        const told = limitLines(failures, "copies").join("; ");
        throw new TransshipError(
            "DELETE_FAILED",
            `these copies could not be deleted: ${told}; mend that, or set deleteOnDestroy to false and update first`,
        );
    }
}

async function deleteCopy(
    copy: Copy,
    targets: readonly Copy[],
    props: FleetOutputs,
    client: RegistryClient,
    session: Session,
): Promise<void> {
    const state = await observeCopy(copy, { client: () => client });
    if (state.status === "missing") {
        return;
    }
    if (state.status === "unknown") {
        throw new TransshipError(state.code, state.message);
    }
    const { digest } = state;
    const proven = lockEntry(props.proven, copy.image, copy.tag);
    if (proven === undefined || digest !== digestAt(proven, copy)) {
        session.print(`left ${nameCopy(copy)} in place: it shows ${digest}, which is not the digest that was proven`);
        return;
    }
    try {
        await client.deleteManifest(copy.repository, copy.reference);
    } catch (error) {
        if (!knowsNoTags(error)) {
            throw error;
        }
        await deleteUnshared(copy, digest, targets, client);
    }
}

/** Distribution before version 3 deletes by digest only, and says so in ways of its own. */
function knowsNoTags(error: unknown): boolean {
    return error instanceof RegistryError && error.code !== "TAG_IMMUTABLE" && [400, 405].includes(error.status ?? 0);
}

/** By digest where no tag but the fleet's own shows it: one listing, and one HEAD for each other tag there. */
async function deleteUnshared(
    copy: Copy,
    digest: string,
    targets: readonly Copy[],
    client: RegistryClient,
): Promise<void> {
    const { registry, repository } = copy;
    const own = targets.filter((other) => other.registry === registry && other.repository === repository);
    const ours = new Set(own.map(({ reference }) => reference));
    const others: string[] = [];
    for await (const tag of client.listTags(repository)) {
        if (!ours.has(tag)) {
            others.push(tag);
        }
    }
    const shown = await Promise.all(others.map((tag) => client.headManifest(repository, tag).catch(ignoreGone)));
    const sharing = others.filter((_, index) => shown[index]?.digest === digest);
    if (sharing.length > 0) {
        const tags = limitLines(sharing, "tags").join(", ");
        const why = `its registry deletes by digest only, and ${tags} there show the same manifest`;
        throw new TransshipError("TAG_SHARED", why);
    }
    await client.deleteManifest(repository, digest).catch(ignoreGone);
}

function ignoreGone(error: unknown): undefined {
    if (!isGone(error)) {
        throw error;
    }
}
