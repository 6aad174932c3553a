import { isDeepStrictEqual } from "node:util";
import type { Checked } from "../rotation/types";
import type { Session } from "../session";
import { toldPlainly } from "../told-plainly";
import { hasUnknown } from "../unknown";
import { createObject, stated, updateObject } from "./apply";
import { asked, checkObject, driftLines, isAnother, observedOf } from "./check";
import type { HarborInputs, HarborKind, HarborObserved, HarborState } from "./kind";
import { lookAt, remade, sentence, titleOf } from "./look";
import { toolsFor } from "./tools";

export interface HarborDiff {
    readonly changes: boolean;
    readonly replaces?: string[];
    readonly deleteBeforeReplace?: boolean;
}

/** The hooks of one kind of object, as the engine calls them. Names and signatures stay forever: old state calls them. */
export function harborHooks<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    session: () => Session,
) {
    type State = Inputs & HarborState;
    return {
        check: (olds: Partial<Inputs>, news: Inputs): Promise<Checked<Inputs>> =>
            checkObject(kind, olds, news, session()),

        diff: (_id: string, olds: State, news: Inputs): Promise<HarborDiff> =>
            toldPlainly(() => diffObject(kind, olds, news, session())),

        create: (inputs: Inputs): Promise<{ id: string; outs: State }> => createObject(kind, inputs, session()),

        update: (id: string, olds: State, news: Inputs): Promise<{ outs: State }> =>
            updateObject(kind, id, olds, news, session()),

        read: (id: string, props: State): Promise<{ id: string; props: State; inputs: Inputs }> =>
            toldPlainly(() => readObject(kind, id, props, session())),

        delete: (_id: string, props: State): Promise<void> => toldPlainly(() => deleteObject(kind, props, session())),
    };
}

/** Asks only of outputs: of the object `check` has just asked, and at a refresh `read` has. */
async function diffObject<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    olds: Inputs & HarborState,
    news: Inputs,
    session: Session,
): Promise<HarborDiff> {
    const replaces = [...(kind.renames ? [] : ["name"]), "url", "project", ...kind.replaces].filter(
        (name) =>
            !hasUnknown(news[name as keyof Inputs]) && !isSame(olds[name as keyof Inputs], news[name as keyof Inputs]),
    );
    if (replaces.length > 0) {
        // Under one name there is one object: the old one makes room for the new one.
        return { changes: true, replaces, deleteBeforeReplace: !isAnother(kind, olds, news) };
    }
    const isUnmade = olds.objectId === undefined;
    const isOther = news.objectId !== undefined && news.objectId !== olds.objectId;
    const isDrift = isUneven(olds.observed) || isUneven(news.observed);
    // What a look could not tell, and the first one did not know yet, is as it was.
    const untold = (kind.computed ?? []).filter((name) => news[name] === undefined);
    const before = Object.entries(asked(kind, olds)).filter(([name]) => !untold.some((one) => one === name));
    const isSameWish = isSame(Object.fromEntries(before), asked(kind, news));
    if (hasUnknown(news) || isUnmade || isOther || isDrift || !isSameWish) {
        return { changes: true };
    }
    const lines = news.observed?.unknown === undefined ? await staleLines(kind, { ...olds, ...news }, session) : [];
    return { changes: lines.length > 0 };
}

/** Only what is proven counts. */
async function staleLines<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    state: Inputs & HarborState,
    session: Session,
): Promise<string[]> {
    if (kind.stale === undefined) {
        return [];
    }
    const title = titleOf(kind, state);
    try {
        const line = await kind.stale(state, await toolsFor(state, session));
        session.tell(line === undefined ? [] : [`${title}: ${line}`]);
        return line === undefined ? [] : [line];
    } catch (error) {
        session.tellOnce(`${title}: ${sentence(error)}`);
        return [];
    }
}

function isUneven(observed: HarborObserved | undefined): boolean {
    return observed?.drift !== undefined || observed?.gone !== undefined;
}

function isSame(one: unknown, other: unknown): boolean {
    return isDeepStrictEqual(one ?? undefined, other ?? undefined);
}

/** An id that is empty tells the engine that the object is gone; what cannot be asked stays as it was. */
async function readObject<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    id: string,
    props: Inputs & HarborState,
    session: Session,
): Promise<{ id: string; props: Inputs & HarborState; inputs: Inputs }> {
    const title = titleOf(kind, props);
    try {
        const look = await lookAt(kind, props, session, props);
        if (look.is === "absent") {
            return { id: "", props, inputs: inputsOf(kind, props) };
        }
        const isOther = props.objectId !== undefined && kind.idOf(look.actual) !== props.objectId;
        const lines = isOther ? [remade(kind, props).message] : driftLines(kind, props, props, look, false);
        session.tell(lines.map((line) => `${title}: ${line}`));
        const seen = isOther ? props : { ...props, ...kind.known?.(look.actual) };
        const stale = isOther ? [] : await staleLines(kind, seen, session);
        const fresh = stated({ ...seen, observed: observedOf(false, [...lines, ...stale]) });
        return { id, props: fresh, inputs: inputsOf(kind, fresh) };
    } catch (error) {
        session.tell([`${title}: nothing can be said of it: ${sentence(error)}`]);
        return { id, props, inputs: inputsOf(kind, props) };
    }
}

function inputsOf<Inputs extends HarborInputs, Actual>(
    { outputs = [] }: HarborKind<Inputs, Actual>,
    { adopted, ...props }: Inputs & HarborState,
): Inputs {
    const inputs = Object.entries(props).filter(([name]) => !outputs.includes(name));
    return Object.fromEntries(inputs) as unknown as Inputs;
}

/** Only what this stack made is its to delete. */
async function deleteObject<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    props: Inputs & HarborState,
    session: Session,
): Promise<void> {
    const title = titleOf(kind, props);
    if (props.adopted === true) {
        session.tell([`${title}: it was there before this stack, and stays`]);
        return;
    }
    const look = await lookAt(kind, props, session, props);
    if (look.is === "absent") {
        return;
    }
    if (kind.idOf(look.actual) !== props.objectId) {
        session.tell([`${title}: it is not known to be the one that this stack made, and stays`]);
        return;
    }
    await kind.delete(look.actual, look.tools);
}
