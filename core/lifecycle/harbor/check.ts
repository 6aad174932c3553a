import { isDeepStrictEqual } from "node:util";
import type { Checked } from "../rotation/types";
import type { Session } from "../session";
import { hasUnknown, UNKNOWN } from "../unknown";
import { linesOf, unasked } from "./differences";
import type { HarborInputs, HarborKind, HarborObserved, Seen, Verdict } from "./kind";
import { assertAdoptable, assertSame, isConflict, isOutage, type Look, lookAt, sentence, titleOf } from "./look";

/**
 * At every preview and every up: what can be wrong with the inputs, then a look at Harbor. `observed` is what the look
 * found; a refusal is a failure without a property, which prints as one sentence.
 */
export async function checkObject<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    olds: Partial<Inputs>,
    news: Inputs,
    session: Session,
): Promise<Checked<Inputs>> {
    const known: Partial<Inputs> = isKept(kind, olds, news) ? keptInputs(kind, olds) : {};
    if (hasUnknown(news)) {
        return { inputs: { ...news, ...known, observed: UNKNOWN as never } };
    }
    const problems = kind.problems(news);
    if (problems.length > 0) {
        return refused(news, problems);
    }
    const isNew = isAnother(kind, olds, news);
    const isWork = isNew || !isDeepStrictEqual(given(kind, olds), given(kind, news));
    const title = titleOf(kind, news);
    const planned = (is: Seen["is"]): Partial<Inputs> => {
        const { inputs, lines } = kind.plan?.(olds, news, { is, now: session.now() }) ?? { inputs: {}, lines: [] };
        session.tell(lines.map((line) => `${title}: ${line}`));
        return inputs;
    };
    try {
        const look = await lookAt(kind, { ...news, ...known }, session, isNew ? undefined : olds);
        if (isNew && look.is === "there") {
            assertAdoptable(kind, news, look.actual);
        }
        if (known.objectId !== undefined && look.is === "there") {
            assertSame(kind, news, look.actual, known.objectId);
        }
        const verdict = await verdictOf(kind, news, look, isWork);
        if (verdict.refusals !== undefined && verdict.refusals.length > 0) {
            return refused(news, verdict.refusals);
        }
        session.tell(verdict.warning === undefined ? [] : [`${title}: ${verdict.warning}`]);
        const lines = [...driftLines(kind, olds, news, look, isNew), ...(verdict.drift ?? [])];
        const isSure = kind.nameless !== "several" || known.objectId !== undefined;
        tell(title, look.is === "absent" && (isSure ? "deleted" : "lost"), lines, isNew, session);
        const observed = observedOf(look.is === "absent" && !isNew, lines);
        const plan = planned(look.is === "absent" ? "absent" : isNew ? "adopted" : "kept");
        const isThere = look.is === "there" && (isNew || isKept(kind, olds, news));
        return { inputs: { ...news, ...plan, ...(isThere ? seenInputs(kind, look.actual) : {}), observed } };
    } catch (error) {
        const line = sentence(error);
        if ((isWork && !isOutage(error)) || isConflict(error)) {
            return refused(news, [line]);
        }
        // A Harbor that this program is about to make answers nobody yet.
        session.tell([`${title}: nothing can be said of it: ${line}`]);
        return { inputs: { ...news, ...known, ...planned("unknown"), observed: { unknown: line } } };
    }
}

/** What earlier checks computed of the same object. */
function keptInputs<Inputs extends HarborInputs, Actual>(
    { computed = [] }: HarborKind<Inputs, Actual>,
    olds: Partial<Inputs>,
): Partial<Inputs> {
    const kept = computed.filter((name) => olds[name] !== undefined).map((name) => [name, olds[name]]);
    const id = olds.objectId === undefined ? {} : { objectId: olds.objectId };
    return { ...Object.fromEntries(kept), ...id };
}

/** What the preview of an update must know of what is there. */
function seenInputs<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    actual: Actual,
): Partial<Inputs> {
    const known = Object.entries(kind.known?.(actual) ?? {}).filter(([name]) => !kind.outputs?.includes(name));
    return { ...(Object.fromEntries(known) as Partial<Inputs>), objectId: kind.idOf(actual) };
}

/** What the program says, without what `check` computes. */
function given<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    inputs: Partial<Inputs>,
): Readonly<Record<string, unknown>> {
    const computed: readonly string[] = kind.computed ?? [];
    return Object.fromEntries(Object.entries(asked(kind, inputs)).filter(([name]) => !computed.includes(name)));
}

/** What an update is for; absent and undefined are the same, as in a state. */
export function asked<Inputs extends HarborInputs, Actual>(
    { outputs = [] }: HarborKind<Inputs, Actual>,
    inputs: Partial<Inputs>,
): Readonly<Record<string, unknown>> {
    const { observed, adopted, objectId, ...rest } = inputs as Record<string, unknown>;
    const kept = Object.entries(rest).filter(([name]) => !outputs.includes(name));
    return JSON.parse(JSON.stringify(Object.fromEntries(kept)));
}

/** Whether the object that is wanted is not the one that the state knows. */
export function isAnother<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    olds: Partial<Inputs>,
    news: Inputs,
): boolean {
    return olds.url !== news.url || olds.project !== news.project || (olds.name !== news.name && !kind.renames);
}

/** Whether an update leaves the object the one that it is; what is not known yet may be another one's. */
function isKept<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    olds: Partial<Inputs>,
    news: Inputs,
): boolean {
    return !isAnother(kind, olds, news) && kind.replaces.every((name) => isDeepStrictEqual(olds[name], news[name]));
}

export function driftLines<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    olds: Partial<Inputs>,
    news: Inputs,
    look: Look<Actual>,
    isNew: boolean,
): string[] {
    if (look.is === "absent") {
        return [];
    }
    const same = (key: string): string => key;
    const found = isNew
        ? look.differences
        : unasked(look.differences, kind.wanted(olds as Inputs, same), kind.wanted(news, same));
    return found.flatMap((one) => linesOf(one, kind.hidden));
}

/** Nothing of an object that is as it should be. */
export function observedOf(isGone: boolean, drift: readonly string[]): HarborObserved {
    return { ...(isGone ? { gone: "deleted at Harbor" } : {}), ...(drift.length === 0 ? {} : { drift }) };
}

async function verdictOf<Inputs extends HarborInputs, Actual>(
    { verify }: HarborKind<Inputs, Actual>,
    news: Inputs,
    look: Look<Actual>,
    isWork: boolean,
): Promise<Verdict> {
    const actual = look.is === "there" ? look.actual : undefined;
    return verify === undefined ? {} : verify(news, actual, isWork || look.is === "absent", look.tools);
}

const ABSENT = {
    deleted: "deleted there: it is made again",
    // It was looked for by what it said: no check has seen its number yet, which an update knows.
    lost: "changed or deleted there: it is put right, or made again",
};

function tell(
    title: string,
    absent: keyof typeof ABSENT | false,
    lines: readonly string[],
    isNew: boolean,
    session: Session,
): void {
    if (absent && !isNew) {
        session.tell([`${title}: ${ABSENT[absent]}`]);
    } else if (isNew && !absent) {
        session.tell([
            `${title}: taken over as it is there${lines.length === 0 ? "" : ", and brought to what is wanted"}`,
        ]);
    }
    session.tell(lines.map((line) => `${title}: ${line}`));
}

function refused<Inputs>(inputs: Inputs, reasons: readonly string[]): Checked<Inputs> {
    return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
}
