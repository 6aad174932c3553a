import { describeError } from "../errors";
import {
    type Cleaned,
    cleanPackages,
    type PackageDeletion,
    type PackageLook,
    replan,
    reportsFor,
    stillRestorable,
} from "../packages";
import { count, limitLines } from "./findings";
import { lookAt, type Remembered, toolsFor, wishOf } from "./packages-look";
import type { PackagesInputs, PackagesOutputs } from "./packages-types";
import type { Session } from "./session";

/** A clean-up that stopped: the engine writes `properties` to the state, so that what was deleted is known for undo. */
export class PackagesFailure extends Error {
    override readonly name = "PackagesFailure";
    id = "";
    readonly reasons: string[];

    constructor(
        readonly properties: PackagesOutputs,
        reasons: readonly string[],
    ) {
        super(reasons.join("\n  - "));
        this.reasons = [...reasons];
    }

    of(id: string): this {
        this.id = id;
        return this;
    }
}

/**
 * Create and update: deletes what is due, by a plan made anew at this moment, looks again and writes what it then saw. A
 * dry run writes what was seen.
 *
 * @param looks what `check` saw a moment ago
 */
export async function applyPackages(
    inputs: PackagesInputs,
    olds: PackagesOutputs | undefined,
    looks: readonly PackageLook[],
    session: Session,
): Promise<PackagesOutputs> {
    const former = stillRestorable(olds?.deletions ?? [], session.now());
    const remembered: Remembered = { deletions: former, refused: {} };
    if (inputs.dryRun || inputs.retention === undefined) {
        return outputsOf(inputs, looks, { deletions: former, refused: olds?.refused ?? {} }, olds);
    }
    const fresh = await lookAt(inputs, remembered, session);
    const cleaned = await cleanPackages(fresh, toolsFor(inputs, session), { atMost: inputs.atMost });
    const now: Remembered = {
        deletions: [...former, ...cleaned.flatMap((one) => one.deletions)],
        refused: refusedIn(cleaned),
    };
    session.tell(limitLines(linesOf(cleaned), "packages"));
    const touched = cleaned.some(({ carried }) => carried.deleted.length > 0);
    const failures = cleaned.flatMap(({ carried }) =>
        carried.error === undefined ? [] : [describeError(carried.error)],
    );
    if (failures.length > 0) {
        throw new PackagesFailure(outputsOf(inputs, fresh, now, olds), [...failures, undoHint(now.deletions)]);
    }
    const after = touched ? await lookAt(inputs, now, session) : fresh;
    return outputsOf(inputs, after, now, olds);
}

function outputsOf(
    inputs: PackagesInputs,
    looks: readonly PackageLook[],
    remembered: Remembered,
    former: PackagesOutputs | undefined,
): PackagesOutputs {
    const known = looks.map((look) => replan(look, wishOf(inputs, remembered)));
    const report = reportsFor(known, former?.report);
    return { ...inputs, observed: { packages: report }, report, ...remembered };
}

function refusedIn(cleaned: readonly Cleaned[]): Record<string, string> {
    const all = cleaned.flatMap(({ carried }) => carried.refused);
    return Object.fromEntries(all.map(({ reason, version }) => [version.digest, reason]));
}

function linesOf(cleaned: readonly Cleaned[]): string[] {
    return cleaned.flatMap(({ carried, look }) => [
        `${look.place.repository}: deleted ${count(carried.deleted.length, "version")}${carried.left > 0 ? `, ${carried.left} left for the next run` : ""}`,
        ...carried.refused.map(({ reason }) => reason),
    ]);
}

function undoHint(deletions: readonly PackageDeletion[]): string {
    return deletions.length === 0
        ? "nothing was deleted"
        : `${count(deletions.length, "deleted version")} can be restored, see the output "deletions"`;
}
