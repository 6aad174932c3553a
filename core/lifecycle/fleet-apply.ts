import { advanceEntry, type Lock, type LockEntry, lockEntry } from "../catalog";
import { describePlatforms, type JudgedCopy, nameCopy, type Reconciliation, reconcile } from "../mirror";
import { count, limitLines, summarize } from "./findings";
import { carriedBefore, type FleetView, isSelected, lookOrRecall, viewOf } from "./fleet-look";
import { proveTags, type TagProof } from "./proofs";
import type { Session } from "./session";
import type { FleetInputs, FleetOutputs } from "./types";

/** A failure that keeps what was done: the engine writes `properties` to the state and goes on from there next time. */
export class PartialFailure extends Error {
    override readonly name = "PartialFailure";

    constructor(
        readonly id: string,
        readonly properties: FleetOutputs,
        readonly reasons: string[],
        total: number,
    ) {
        super(
            [`${reasons.length} of ${count(total, "copy", "copies")} failed:`, ...limitLines(reasons, "failures")].join(
                "\n  - ",
            ),
        );
    }
}

/** Create and update: carries what is to be carried, looks again, and returns what is now true. */
export async function applyFleet(
    id: string,
    inputs: FleetInputs,
    olds: FleetOutputs | undefined,
    session: Session,
): Promise<FleetOutputs> {
    const view = viewOf(inputs, olds, session.now());
    const before = await lookOrRecall(inputs.fleet, view, session);
    const done = await reconcile(view.catalog, before, view.circumstances, session.registries(view.catalog), {
        select: (copy) => isSelected(copy, inputs.onDrift),
        signal: session.signal,
    });
    session.remember(
        inputs.fleet,
        view.catalog,
        done.judged.map((copy) => ({ copy, planned: false })),
    );
    report(before, done, olds === undefined, session);
    const outputs = await outputsOf(inputs, olds, view, done, session);
    const reasons = [...done.failures.map(({ message }) => message), ...refusedDrift(inputs, before)];
    if (reasons.length > 0) {
        throw new PartialFailure(id, outputs, reasons, view.copies.length);
    }
    return outputs;
}

/** Under `fail`, `check` has refused what it could prove; a copy that only the state knows to be lost is refused here. */
function refusedDrift({ onDrift }: FleetInputs, before: readonly JudgedCopy[]): string[] {
    return onDrift === "fail"
        ? before
              .filter(
                  ({ verdict }) => verdict === "missing" || verdict === "different" || verdict === "locked-mismatch",
              )
              .map((copy) => `${nameCopy(copy)}: ${copy.reason}; onDrift is "fail"`)
        : [];
}

function report(before: readonly JudgedCopy[], done: Reconciliation, first: boolean, session: Session): void {
    const carried = done.results.filter(({ error }) => error === undefined).length;
    const adopted = before.filter(({ role, verdict }) => role === "target" && verdict === "consistent").length;
    if (first && adopted > 0) {
        session.print(
            `adopted ${count(adopted, "copy", "copies")} that ${adopted === 1 ? "was" : "were"} already equal`,
        );
    }
    if (carried > 0) {
        session.print(`carried ${count(carried, "tag")}, verified by digest`);
    }
}

async function outputsOf(
    inputs: FleetInputs,
    olds: FleetOutputs | undefined,
    view: FleetView,
    done: Reconciliation,
    session: Session,
): Promise<FleetOutputs> {
    const proofs = proveTags(done.judged);
    const platforms = await learnPlatforms(proofs, olds, view, done, session);
    return {
        ...inputs,
        observed: summarize(done.judged),
        proven: provenLock(proofs, olds, platforms, session.now()),
        attempted: attemptedLock(proofs, olds, done),
        unproven: done.judged.filter((copy) => !isWell(copy)).map(nameCopy),
        absent: done.judged.filter((copy) => !isWell(copy) && !wasProven(copy, olds)).map(nameCopy),
    };
}

function isWell({ verdict }: JudgedCopy): boolean {
    return verdict === "consistent" || verdict === "moved-upstream";
}

/** References stay pinned to the digest that was proven: a moved tag does not take it away, and the gate is there to stop. */
function wasProven(copy: JudgedCopy, olds: FleetOutputs | undefined): boolean {
    const known = olds !== undefined && lockEntry(olds.proven, copy.image, copy.tag) !== undefined;
    return known && !olds.absent.includes(nameCopy(copy)) && carriedBefore(olds)(copy);
}

function provenLock(
    proofs: readonly TagProof[],
    olds: FleetOutputs | undefined,
    platforms: ReadonlyMap<string, LockEntry["platforms"]>,
    now: Date,
): Lock {
    const lock: Record<string, Record<string, LockEntry>> = {};
    for (const { image, tag, digest, proven } of proofs) {
        const old = olds === undefined ? undefined : lockEntry(olds.proven, image, tag);
        const entry = proven ? advanceEntry(old, digest, now) : old;
        if (entry !== undefined) {
            const known = platforms.get(entry.digest) ?? entry.platforms;
            lock[image] = { ...lock[image], [tag]: { ...entry, ...(known === undefined ? {} : { platforms: known }) } };
        }
    }
    return lock;
}

/** What was pushed somewhere, but is not the same everywhere: still ours, so that the next run may replace it. */
function attemptedLock(proofs: readonly TagProof[], olds: FleetOutputs | undefined, done: Reconciliation): Lock {
    const open = new Set(proofs.filter(({ proven }) => !proven).map(({ image, tag }) => `${image}\n${tag}`));
    const lock: Record<string, Record<string, LockEntry>> = {};
    const keep = (image: string, tag: string, digests: readonly string[]): void => {
        const before = lock[image]?.[tag];
        const all = [
            ...new Set([...digests, ...(before === undefined ? [] : [before.digest, ...(before.history ?? [])])]),
        ];
        const [digest, ...history] = all.slice(0, 6);
        if (open.has(`${image}\n${tag}`) && digest !== undefined) {
            lock[image] = { ...lock[image], [tag]: { digest, ...(history.length > 0 ? { history } : {}) } };
        }
    };
    for (const [image, tags] of Object.entries(olds?.attempted ?? {})) {
        for (const [tag, entry] of Object.entries(tags)) {
            keep(image, tag, [entry.digest, ...(entry.history ?? [])]);
        }
    }
    for (const { task, error } of done.results) {
        if (error === undefined) {
            keep(task.to.image, task.to.tag, [task.digest]);
        }
    }
    return lock;
}

/** Each new digest's platforms, read once from a copy that was just proven (never from the source's pull limit). */
async function learnPlatforms(
    proofs: readonly TagProof[],
    olds: FleetOutputs | undefined,
    view: FleetView,
    done: Reconciliation,
    session: Session,
): Promise<Map<string, LockEntry["platforms"]>> {
    const known = new Map<string, LockEntry["platforms"]>();
    const fresh = proofs.filter(({ image, tag, digest, proven }) => {
        const old = olds === undefined ? undefined : lockEntry(olds.proven, image, tag);
        return proven && !(old?.digest === digest && old.platforms !== undefined);
    });
    const registries = session.registries(view.catalog);
    const learn = async ({ image, tag, digest }: TagProof): Promise<void> => {
        const copies = done.judged.filter(
            (copy) =>
                copy.image === image && copy.tag === tag && copy.verdict === "consistent" && copy.role === "target",
        );
        const place = copies[0];
        if (place !== undefined) {
            // Platforms are a convenience for `imageUri`; a registry that fails here takes nothing from the proof.
            known.set(digest, await describePlatforms(digest, place, registries).catch(() => undefined));
        }
    };
    await Promise.all(fresh.map(learn));
    return known;
}
