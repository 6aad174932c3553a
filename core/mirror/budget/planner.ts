import type { Catalog } from "../../catalog";
import type { Registries } from "../observe";
import type { JudgedCopy } from "../types";
import { planPulls } from "./pull-plan";
import type { PullPlanner } from "./rounds";

/** The planner of one look: what images cost by their size there, what is left by the clients' last answers. */
export function pullPlanner(catalog: Catalog, judged: readonly JudgedCopy[], registries: Registries): PullPlanner {
    return (tasks, known) =>
        planPulls(catalog, tasks, judged, {
            known,
            accountOf: ({ registry, repository }) => registries.client(registry).pullsOf(repository),
        });
}
