import type { RobotAccount } from "../../harbor";
import type { RobotInputs } from "./robot-inputs";

const DAY_MS = 86_400_000;
/** From when on an end is told: this long before it, or in the last quarter of a short life. */
const SOON_DAYS = 14;

/** What every preview tells of a robot that Harbor lets in no longer, or soon will not. */
export function robotWarning(actual: RobotAccount, inputs: RobotInputs, now: Date): string | undefined {
    if (actual.disable === true && inputs.disabled === undefined) {
        return "it is disabled at Harbor, so no secret of it is any good: enable it there, or say disabled: false";
    }
    const duration = inputs.duration ?? actual.duration ?? -1;
    const ends = endOf(actual, duration);
    if (ends === undefined) {
        return undefined;
    }
    const left = ends - now.getTime();
    const day = new Date(ends).toISOString().slice(0, 10);
    const remedy = `give it a longer duration, which Harbor counts from its creation${createdOn(actual)}, or -1 for ever`;
    if (left <= 0) {
        return `it has expired on ${day}, and a new secret does not change that: ${remedy}`;
    }
    const soon = Math.min(SOON_DAYS, duration > 0 ? duration / 4 : SOON_DAYS) * DAY_MS;
    return left <= soon ? `it expires on ${day}: ${remedy}` : undefined;
}

/** As it will be with this duration: Harbor counts another one from the creation on. */
function endOf({ creation_time, duration: has, expires_at }: RobotAccount, duration: number): number | undefined {
    const isOther = has !== undefined && has !== null && has !== duration;
    if (isOther && creation_time) {
        return duration === -1 ? undefined : Date.parse(creation_time) + duration * DAY_MS;
    }
    const ends = expires_at ?? -1;
    return ends > 0 ? ends * 1000 : undefined;
}

function createdOn({ creation_time }: RobotAccount): string {
    return creation_time ? ` on ${creation_time.slice(0, 10)}` : "";
}
