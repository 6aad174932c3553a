import type { Catalog } from "../catalog";
import {
    type AccountPlan,
    describeLeft,
    describeWindow,
    type Failure,
    groupBy,
    isDeferral,
    type JudgedCopy,
    plan,
    pullPlanner,
} from "../mirror";
import { isReplicated } from "../replication";
import { count } from "./findings";
import { type FleetView, isSelected } from "./fleet-look";
import type { Session } from "./session";
import type { FleetInputs, Observed } from "./types";

type Pulls = Observed["cost"]["pulls"];

/**
 * What the work that is left costs of pull limits; undefined where nothing does. What is left of a limit is another
 * number every time, so it is told only where there is something to carry: a fleet that is well stays the same.
 */
export function pullsOf(
    view: FleetView,
    judged: readonly JudgedCopy[],
    onDrift: FleetInputs["onDrift"],
    session: Session,
): { readonly pulls?: Pulls; readonly lines: readonly string[] } {
    const { catalog } = view;
    const tasks = plan(
        catalog,
        judged.filter((copy) => isSelected(copy, onDrift) && !isReplicated(catalog, copy)),
    );
    if (tasks.length === 0) {
        return { lines: [] };
    }
    const { accounts } = pullPlanner(catalog, judged, session.registries(catalog))(tasks, () => undefined);
    if (accounts.length === 0) {
        return { lines: [] };
    }
    const entries = accounts.map(({ account, needs, deferred }) => {
        const { host, remaining: left, keeps } = account;
        return [host, { needs, left, keeps, deferred }] as const;
    });
    return { pulls: Object.fromEntries(entries), lines: accounts.map((one) => planLine(one, session.now())) };
}

function planLine({ account, needs, estimated, deferred }: AccountPlan, now: Date): string {
    const what = `pulls of ${account.host}: ${estimated ? "about " : ""}${needs} needed, ${describeLeft(account)}`;
    const window = describeWindow(account.latest?.windowSeconds ?? 0, now);
    return deferred === 0 ? what : `${what}; ${count(deferred, "tag waits", "tags wait")}: ${window}`;
}

/** The failures of an update: those that wait for a pull limit are one sentence for each host. */
export function failureLines(failures: readonly Failure[], { catalog }: FleetView, session: Session): string[] {
    const registries = session.registries(catalog);
    const deferred = groupBy(failures.filter(isDeferral), ({ copy }) => sourceOf(catalog, copy));
    const waits = [...deferred].map(([registry, { length }]) => {
        const { rateLimit, pulls } = registries.client(registry);
        const host = catalog.registries[registry]?.host ?? registry;
        const left = pulls === undefined ? "" : `, of which ${describeLeft(pulls)}`;
        return (
            `PULL_BUDGET: ${count(length, "tag waits", "tags wait")} for the pulls of ${host}${left}; ` +
            describeWindow(rateLimit?.windowSeconds ?? 0, session.now())
        );
    });
    return [...waits, ...failures.filter((one) => !isDeferral(one)).map(({ message }) => message)];
}

function sourceOf(catalog: Catalog, { image, registry }: JudgedCopy): string {
    return catalog.images[image]?.source.registry ?? registry;
}
