import { TransshipError } from "../../errors";
import { HarborError } from "../../harbor";
import { KeptFailure } from "../rotation/kept-failure";
import type { Session } from "../session";
import { lineOf } from "./differences";
import { type HarborInputs, type HarborKind, type HarborOutputs, type HarborState, type Made, Unsettled } from "./kind";
import { assertAdoptable, assertSame, existsAlready, type Look, lookAt, sentence, titleOf } from "./look";

type State<Inputs> = Inputs & HarborState;

/** @throws HarborError where nothing was made; KeptFailure with what was */
export async function createObject<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    inputs: Inputs,
    session: Session,
): Promise<{ id: string; outs: State<Inputs> }> {
    const below = inputs.project === undefined ? "" : `project/${inputs.project}/`;
    const id = `${new URL(inputs.url).host}/${below}${kind.word}/${inputs.name}`;
    const look = await lookAt(kind, inputs, session);
    if (look.is === "there") {
        assertAdoptable(kind, inputs, look.actual);
        const touched = kind.touched?.(undefined, inputs) ?? [];
        return { id, outs: await bring(kind, id, inputs, look, { adopted: true, outputs: {} }, touched, session) };
    }
    return { id, outs: await make(kind, id, inputs, look, session) };
}

/** Repairs what differs, field by field; what is gone is made again. */
export async function updateObject<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    id: string,
    olds: State<Inputs>,
    news: Inputs,
    session: Session,
): Promise<{ outs: State<Inputs> }> {
    // The one that this stack made, whatever the look before has found.
    const { objectId = news.objectId } = olds;
    const former = await lookAt<Inputs, Actual>(kind, { ...news, objectId }, session, olds);
    // A change of the name whose answer was lost may have been made.
    const look = former.is === "absent" && olds.name !== news.name ? await lookAt(kind, news, session) : former;
    if (look.is === "absent") {
        return { outs: await make(kind, id, news, look, session) };
    }
    const isOther = olds.objectId !== undefined && kind.idOf(look.actual) !== olds.objectId;
    assertSame(kind, news, look.actual, olds.objectId ?? kind.idOf(look.actual));
    const own = {
        adopted: isOther || olds.adopted === true,
        former: former === look ? olds.name : news.name,
        olds: isOther ? undefined : olds,
        outputs: isOther ? {} : outputsOf(kind, olds),
    };
    const touched = kind.touched?.(olds, news) ?? [];
    return { outs: await bring(kind, id, news, look, own, touched, session) };
}

async function make<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    id: string,
    given: Inputs,
    { tools }: Look<Actual>,
    session: Session,
): Promise<State<Inputs>> {
    // One that is gone, or makes room, had another number.
    const inputs = { ...given, objectId: undefined };
    let made: Made | undefined;
    try {
        const created = await kind.create(inputs, tools);
        made = typeof created === "number" ? { objectId: created } : created;
    } catch (error) {
        if (!(error instanceof HarborError)) {
            throw error;
        }
        if (error.code === "HARBOR_CONFLICT") {
            throw existsAlready(kind, inputs);
        }
        if (!error.mayBeDone) {
            throw error;
        }
        await provenMade(kind, id, inputs, error, session);
    }
    // What Harbor leaves out of a creation is in the second look, and is changed then.
    const known = made === undefined ? {} : { ...made.outputs, objectId: made.objectId };
    const look = await lookAt(kind, { ...inputs, ...known }, session).catch((error) => {
        throw new KeptFailure(id, { ...inputs, ...known, observed: { unknown: sentence(error) } }, sentence(error));
    });
    if (look.is === "absent") {
        throw new HarborError(
            "HARBOR_NOT_FOUND",
            `The ${titleOf(kind, inputs)} was made and is gone again: run it again.`,
        );
    }
    return bring(kind, id, inputs, look, { adopted: false, outputs: made?.outputs ?? {} }, [], session);
}

function outputsOf<Inputs extends HarborInputs, Actual>(
    { outputs = [] }: HarborKind<Inputs, Actual>,
    state: State<Inputs>,
): HarborOutputs {
    return Object.fromEntries(Object.entries(state).filter(([name]) => outputs.includes(name)));
}

interface Own<State> {
    readonly adopted: boolean;
    /** Undefined for what was just made or taken over. */
    readonly olds?: State;
    /** What it was called until now. */
    readonly former?: string;
    readonly outputs: HarborOutputs;
}

/** There was no answer: a moment ago it was proven not to be there, so what is there now is what was asked for. */
async function provenMade<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    id: string,
    inputs: Inputs,
    error: HarborError,
    session: Session,
): Promise<void> {
    const look = await lookAt(kind, inputs, session).catch(() => undefined);
    if (look === undefined) {
        const reason = `${error.message} Whether the ${titleOf(kind, inputs)} was made is not known; the next update asks.`;
        throw new KeptFailure(id, { ...inputs, observed: { unknown: reason } }, reason);
    }
    if (look.is === "absent") {
        throw error;
    }
}

/** @throws KeptFailure: the object is there, whatever else failed */
async function bring<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    id: string,
    inputs: Inputs,
    look: Extract<Look<Actual>, { is: "there" }>,
    own: Own<State<Inputs>>,
    touched: readonly string[],
    session: Session,
): Promise<State<Inputs>> {
    const { adopted, former = inputs.name } = own;
    let kept = { ...inputs, ...own.outputs, ...kind.known?.(look.actual), adopted, objectId: kind.idOf(look.actual) };
    const changed = [...new Set([...look.differences.map(({ field }) => field), ...touched])];
    try {
        let { actual } = look;
        if (changed.length > 0) {
            kept = { ...kept, ...(await kind.update(inputs, actual, changed, look.tools)) };
            actual = await provenChanged(kind, { ...inputs, objectId: kept.objectId }, session);
            kept = { ...kept, ...kind.known?.(actual) };
        }
        const outputs = await kind.settle?.(kept, actual, own.olds, own.outputs, look.tools);
        return stated({ ...kept, ...outputs, observed: {} });
    } catch (error) {
        const drift = look.differences.map((one) => lineOf(one, kind.hidden));
        const outputs = error instanceof Unsettled ? error.outputs : {};
        // The next update looks for it under the name that it had.
        throw new KeptFailure(id, stated({ ...kept, ...outputs, name: former, observed: { drift } }), sentence(error));
    }
}

/** @throws TransshipError where a change that Harbor took is not there */
async function provenChanged<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    inputs: Inputs,
    session: Session,
): Promise<Actual> {
    const after = await lookAt(kind, inputs, session);
    const left = after.is === "there" ? after.differences.map((one) => lineOf(one, kind.hidden)) : ["it is gone"];
    if (after.is === "there" && left.length === 0) {
        return after.actual;
    }
    throw new TransshipError(
        "HARBOR_UNCHANGED",
        `Harbor took the change of the ${titleOf(kind, inputs)} and did not make it (${left.join("; ")}): its version may not know this, or somebody changes it at the same time.`,
    );
}

/** A state has no undefined values. */
export function stated<T extends object>(state: T): T {
    return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as T;
}
