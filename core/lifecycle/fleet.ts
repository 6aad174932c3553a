import { nameCopy } from "../catalog";
import { isWell } from "../mirror";
import { diagnose, summarize } from "./findings";
import { applyFleet } from "./fleet-apply";
import { type CheckResult, checkFleet, diffFleet } from "./fleet-check";
import { deleteFleet } from "./fleet-delete";
import { lookAfresh, viewOf } from "./fleet-look";
import type { Session } from "./session";
import { toldPlainly } from "./told-plainly";
import type { FleetInputs, FleetOutputs } from "./types";

/** The hooks of `transship:ImageFleetWave`, as the engine calls them. Names and signatures stay forever: old state calls them. */
export function fleetHooks(session: () => Session) {
    return {
        check: (olds: FleetInputs, news: FleetInputs): Promise<CheckResult> => checkFleet(olds, news, session()),

        diff: async (_id: string, olds: FleetOutputs, news: FleetInputs): Promise<{ changes: boolean }> =>
            diffFleet(olds, news, session()),

        create: async (inputs: FleetInputs): Promise<{ id: string; outs: FleetOutputs }> => {
            const id = `${inputs.fleet}/wave-${inputs.wave}`;
            return { id, outs: await applyFleet(id, inputs, undefined, session()) };
        },

        update: async (id: string, olds: FleetOutputs, news: FleetInputs): Promise<{ outs: FleetOutputs }> => ({
            outs: await applyFleet(id, news, olds, session()),
        }),

        read: (id: string, props: FleetOutputs): Promise<{ id: string; props: FleetOutputs; inputs: FleetInputs }> =>
            toldPlainly(() => readFleet(id, props, session())),

        delete: (_id: string, props: FleetOutputs): Promise<void> => toldPlainly(() => deleteFleet(props, session())),
    };
}

/** The look that `refresh` takes: the state shows the drift, the lock stays what was proven. */
async function readFleet(
    id: string,
    props: FleetOutputs,
    session: Session,
): Promise<{ id: string; props: FleetOutputs; inputs: FleetInputs }> {
    const view = viewOf(props, props, session.now());
    const judged = await lookAfresh(view, session);
    session.rememberSettled(props.fleet, view.catalog, judged);
    session.tell(diagnose(judged));
    const off = judged.filter(({ verdict }) => !isWell(verdict));
    const observed = summarize(judged, view.circumstances.carried);
    const fresh = { ...props, observed, unproven: off.map(nameCopy) };
    const { proven, attempted, unproven, absent, ...inputs } = fresh;
    return { id, props: fresh, inputs };
}
