import { copyKey } from "../catalog";
import type { JudgedCopy } from "../mirror";
import {
    foreseeReplication,
    isReplicated,
    type Replication,
    type ReplicationProgress,
    replicate,
} from "../replication";
import { count, limitLines } from "./findings";
import { type FleetView, isSelected } from "./fleet-look";
import type { Session } from "./session";
import type { FleetInputs } from "./types";

/** Milliseconds between two lines about one rule: an execution may take hours. */
const TELL_EVERY_MS = 30_000;

/** What other engines carry, before our own work: what they brought is a place to read from. */
export async function replicateFleet(
    { onDrift }: Pick<FleetInputs, "onDrift">,
    { catalog, circumstances }: FleetView,
    judged: readonly JudgedCopy[],
    session: Session,
): Promise<Replication> {
    const done = await replicate(catalog, judged, circumstances, session.registries(catalog), {
        select: (copy) => isSelected(copy, onDrift),
        signal: session.signal,
        logins: session.namedCredentials(),
        onLine: (line) => session.print(line),
        onProgress: progressLines(session),
    });
    if (done.replicated.length > 0) {
        const engines = [...new Set(done.replicated.map(({ by }) => ({ harbor: "Harbor", ecr: "ECR" })[by]))];
        session.print(`${engines.join(" and ")} carried ${count(done.replicated.length, "tag")}, verified by digest`);
    }
    if (done.referrers > 0) {
        session.print(`carried ${count(done.referrers, "referrer")} that it left behind`);
    }
    const notices = done.notices.map(({ message }) => `warning: ${message}`);
    session.tell(limitLines(notices, "warnings"));
    return done;
}

/** What our own carry leaves to other engines: their copies, and what they have failed at, which is told already. */
export function leftToOthers({ catalog }: FleetView, { failures }: Replication): (copy: JudgedCopy) => boolean {
    const failed = new Set(failures.map(({ copy }) => copyKey(copy)));
    return (copy) => failed.has(copyKey(copy)) || (copy.action === "carry" && isReplicated(catalog, copy));
}

/** Which rules an update would run: Harbor's rules are read, and nothing else is asked. */
export async function foreseeFleet(
    { catalog }: FleetView,
    judged: readonly JudgedCopy[],
    onDrift: FleetInputs["onDrift"],
    session: Session,
): Promise<string[]> {
    const lines = await foreseeReplication(catalog, judged, session.registries(catalog), {
        select: (copy) => isSelected(copy, onDrift),
        signal: session.signal,
        logins: session.namedCredentials(),
    });
    return limitLines(lines, "replications");
}

function progressLines(session: Session): (progress: ReplicationProgress) => void {
    const told = new Map<string, { readonly at: number; readonly done: number }>();
    return ({ who, done, total }) => {
        const last = told.get(who);
        const now = session.now().getTime();
        const isDue = last === undefined || (done !== last.done && now - last.at >= TELL_EVERY_MS);
        if (!isDue || total === 0) {
            return;
        }
        told.set(who, { at: now, done });
        session.print(`${who}: ${done} of ${total} done`);
    };
}
