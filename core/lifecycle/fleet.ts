import { nameCopy } from "../catalog";
import { isWell } from "../mirror";
import { diagnose, limitLines, summarize } from "./findings";
import { applyFleet } from "./fleet-apply";
import { type CheckResult, checkFleet, diffFleet } from "./fleet-check";
import { deleteFleet } from "./fleet-delete";
import { provenLock } from "./fleet-lock";
import { lookAfresh, viewOf } from "./fleet-look";
import { diagnoseSelection, selectedInput, selectFor, withSelection } from "./selection";
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
    const { selected: former, ...rest } = props;
    const selection = await selectFor(props, former, props.fleet, session);
    const chosen: FleetOutputs = { ...rest, ...selectedInput(selection) };
    const view = viewOf(chosen, props, session.now());
    const judged = await lookAfresh(view, session);
    session.rememberSettled(props.fleet, view.catalog, judged);
    session.tell([...limitLines(diagnoseSelection(selection), "images"), ...diagnose(judged)]);
    const off = judged.filter(({ verdict }) => !isWell(verdict));
    const observed = withSelection(summarize(judged, view.circumstances.carried), selection);
    // A tag that left the selection leaves the outputs, too.
    const kept = provenLock(view.catalog, [], props, new Map(), session.now());
    const fresh = { ...chosen, proven: kept, observed, unproven: off.map(nameCopy) };
    const { proven, attempted, unproven, absent, ...inputs } = fresh;
    return { id, props: fresh, inputs };
}
