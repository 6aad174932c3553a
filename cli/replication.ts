import type { Catalog } from "../core/catalog";
import type { JudgedCopy } from "../core/mirror";
import type { Replication, ReplicationOptions } from "../core/replication";
import { readCredentials } from "./credentials";
import type { Output } from "./output";
import { startProgress } from "./progress";
import type { Session } from "./session";
import { isWorkedOn } from "./waivers";

type Room = typeof import("../core/replication");

/** The clients of other engines are loaded only where the catalogue names one. */
function room({ images }: Catalog): Room | undefined {
    const isNamed = Object.values(images).some(({ targets }) => targets.some((one) => one.replicateWith !== undefined));
    return isNamed ? (require("../core/replication") as Room) : undefined;
}

/** Whether another engine carries this copy. */
export function isLeftToOthers(catalog: Catalog): (copy: JudgedCopy) => boolean {
    const found = room(catalog);
    return found === undefined ? () => false : (copy) => found.isReplicated(catalog, copy);
}

/** What other engines carry, and how the copies stand after it; undefined where the catalogue names none. */
export async function replicateCopies(
    session: Session,
    judged: readonly JudgedCopy[],
    output: Output,
): Promise<Replication | undefined> {
    const { catalog, circumstances, registries } = session;
    const found = room(catalog);
    if (found === undefined) {
        return undefined;
    }
    const progress = startProgress("others carry", output);
    const parts = new Map<string, { readonly done: number; readonly total: number }>();
    try {
        return await found.replicate(catalog, judged, circumstances, registries, {
            ...optionsOf(session),
            onLine: (line) => output.note(`transship: ${line}.`),
            onProgress: ({ who, done, total }) => {
                parts.set(who, { done, total });
                const all = [...parts.values()];
                progress.update(sum(all.map((one) => one.done)), sum(all.map((one) => one.total)));
            },
        });
    } finally {
        progress.stop();
    }
}

/** Which rules a sync would run. */
export async function foreseeOthers(session: Session, judged: readonly JudgedCopy[], output: Output): Promise<void> {
    const lines = await room(session.catalog)?.foreseeReplication(
        session.catalog,
        judged,
        session.registries,
        optionsOf(session),
    );
    for (const line of lines ?? []) {
        output.note(`transship: ${line}.`);
    }
}

function optionsOf({ signal }: Session): ReplicationOptions {
    return { signal, select: isWorkedOn, logins: readCredentials(process.env) };
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}
