import { isDeepStrictEqual } from "node:util";
import { parseDuration } from "../../catalog";
import type { Rotation, RotationInputs } from "./types";

export interface Scheduled {
    readonly rotation: Rotation;
    /** Why there is a new secret now; undefined where there is none, and for the first. */
    readonly why?: string;
    /** The reason is the time alone: it may wait a while longer. */
    readonly mayWait: boolean;
}

/** Which secret is wanted now: the one that there is, or the next one. Pure; the clock is given. */
export function schedule(olds: Partial<RotationInputs>, news: RotationInputs, now: Date): Scheduled {
    const last = olds.rotation;
    if (last === undefined) {
        return { rotation: begun(1, news, now), mayWait: false };
    }
    if (!isDeepStrictEqual(olds.rotate, news.rotate)) {
        const rotation = begun(last.number + 1, news, now);
        return { rotation, why: "a new secret is asked for by `rotate`", mayWait: false };
    }
    const due = dueAt(last.since, news.rotateAfter);
    if (due !== undefined && Date.parse(due) <= now.getTime()) {
        return { rotation: begun(last.number + 1, news, now), why: `rotation due since ${due}`, mayWait: true };
    }
    return { rotation: standing(last, news), mayWait: false };
}

/** The same secret; when the next is due follows from what the program says now. */
export function standing({ number, since }: Rotation, news: RotationInputs): Rotation {
    const due = dueAt(since, news.rotateAfter);
    return { number, since, ...(due === undefined ? {} : { due }) };
}

function begun(number: number, news: RotationInputs, now: Date): Rotation {
    return standing({ number, since: toSecond(now) }, news);
}

function dueAt(since: string, rotateAfter: string | undefined): string | undefined {
    const after = rotateAfter === undefined ? undefined : parseDuration(rotateAfter);
    return after === undefined ? undefined : toSecond(new Date(Date.parse(since) + after));
}

export function toSecond(moment: Date): string {
    return `${moment.toISOString().slice(0, 19)}Z`;
}
