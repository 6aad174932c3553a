import { endedWaivers, type Finding, isDrift, isLeftAlone, type JudgedCopy } from "../core/mirror";
import { ALL_IMAGES, count, describeEnded } from "../core/report";
import type { Output } from "./output";
import type { Session } from "./session";

/** The waivers and maintenance windows whose time is over: to be known, since nothing follows from them any more. */
export function endedFindings({ catalog, images }: Session): Finding[] {
    return endedWaivers(catalog, new Date(), images).map((ended) => ({
        code: "WAIVER_ENDED",
        severity: "warning",
        image: ended.image ?? ALL_IMAGES,
        tag: ended.tag ?? ALL_IMAGES,
        ...(ended.registry === undefined ? {} : { registry: ended.registry }),
        message: `${describeEnded(ended)}.`,
    }));
}

/** What a sync works on: all but what is waived, which is to stay as it is. */
export function isWorkedOn(copy: JudgedCopy): boolean {
    return !isLeftAlone(copy);
}

/** Says of a sync how many copies it passes over; their lines say why. */
export function printLeftAlone(judged: readonly JudgedCopy[], output: Output): void {
    const left = judged.filter((copy) => isLeftAlone(copy) && isDrift(copy.verdict)).length;
    if (left > 0) {
        output.detail(`${count(left, "copy is", "copies are")} left alone: the catalogue waives the drift`);
    }
}
