import { nameCopy } from "../catalog";
import { isWell } from "../mirror";
import { diagnose, limitLines, summarize } from "./findings";
import { applyFleet } from "./fleet-apply";
import { type CheckResult, checkFleet, diffFleet } from "./fleet-check";
import { deleteFleet } from "./fleet-delete";
import { diagnoseFindings, lookDeeply, withFindings } from "./fleet-inspect";
import { provenLock } from "./fleet-lock";
import { viewOf } from "./fleet-look";
import { diagnoseSelection, selectedInput, selectFor, withSelection } from "./selection";
import type { Session } from "./session";
import { storedInputs, storedOutputs, wholeInputs, wholeOutputs } from "./state-form";
import { toldPlainly } from "./told-plainly";
import type { FleetInputs, FleetOutputs, FleetState } from "./types";

/** The hooks of `transship:ImageFleetWave`, as the engine calls them. Names and signatures stay forever: old state calls them. */
export function fleetHooks(session: () => Session) {
    const whole = (news: FleetInputs): FleetInputs => wholeInputs(waveOf(news), news, session());
    return {
        check: async (olds: FleetInputs, news: FleetInputs): Promise<CheckResult> => {
            const { inputs, ...rest } = await checkFleet(olds, news, session());
            return { inputs: storedInputs(waveOf(news), inputs, session()), ...rest };
        },

        diff: async (_id: string, olds: FleetState, news: FleetInputs): Promise<{ changes: boolean }> =>
            diffFleet(wholeOutputs(olds), whole(news), session()),

        create: async (inputs: FleetInputs): Promise<{ id: string; outs: FleetState }> => {
            const id = waveOf(inputs);
            return { id, outs: await applyFleet(id, whole(inputs), undefined, session()) };
        },

        update: async (id: string, olds: FleetState, news: FleetInputs): Promise<{ outs: FleetState }> => ({
            outs: await applyFleet(id, whole(news), wholeOutputs(olds), session()),
        }),

        read: (id: string, props: FleetState): Promise<{ id: string; props: FleetState; inputs: FleetInputs }> =>
            toldPlainly(() => readFleet(id, wholeOutputs(props), session())),

        delete: (_id: string, props: FleetState): Promise<void> =>
            toldPlainly(() => deleteFleet(wholeOutputs(props), session())),
    };
}

function waveOf({ fleet, wave }: FleetInputs): string {
    return `${fleet}/wave-${wave}`;
}

/** The look that `refresh` takes: the state shows the drift, the lock stays what was proven. */
async function readFleet(
    id: string,
    props: FleetOutputs,
    session: Session,
): Promise<{ id: string; props: FleetState; inputs: FleetInputs }> {
    const { selected: former, ...rest } = props;
    const selection = await selectFor(props, former, props.fleet, session);
    const chosen: FleetOutputs = { ...rest, ...selectedInput(selection) };
    const view = viewOf(chosen, props, session.now());
    const { judged, findings } = await lookDeeply(view, props, session);
    session.settle(props.fleet, view.catalog, judged, findings);
    session.tell([...limitLines(diagnoseSelection(selection), "images"), ...diagnose(judged)]);
    session.tell(diagnoseFindings(findings));
    const off = judged.filter(({ verdict }) => !isWell(verdict));
    const seen = withSelection(summarize(judged, view.circumstances.carried), selection);
    const observed = withFindings(seen, findings);
    // A tag that left the selection leaves the outputs, too.
    const kept = provenLock(view.catalog, [], props, new Map(), session.now());
    const fresh = storedOutputs({ ...chosen, proven: kept, observed, unproven: off.map(nameCopy) });
    const { proven, attempted, unproven, absent, ...inputs } = fresh;
    return { id, props: fresh, inputs };
}
