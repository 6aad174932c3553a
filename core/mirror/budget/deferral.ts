import { TransshipError } from "../../errors";
import type { AccountState } from "./pull-plan";

/** The pulls that an image needs. */
export interface ImageNeed {
    readonly needs: number;
    readonly estimated: boolean;
}

/** An image that does not fit into what is left of an account's pulls. */
export interface PullNeed extends ImageNeed {
    readonly account: AccountState;
}

/** Work that is left for later, and no fault of the image: the pull limit has too few pulls, or none. */
export function isDeferral({ code }: { readonly code: string }): boolean {
    return code === "PULL_BUDGET" || code === "PULL_LIMIT";
}

/** Code `PULL_BUDGET`. */
export function pullBudgetError(need: PullNeed): TransshipError {
    return new TransshipError("PULL_BUDGET", describeNeed(need));
}

function describeNeed({ account, needs, estimated }: PullNeed): string {
    const { host, latest, keeps } = account;
    const most = latest === undefined ? Number.POSITIVE_INFINITY : latest.limit - keeps;
    const about = estimated && needs > 1 ? "about " : "";
    if (needs > most) {
        return (
            `it needs ${about}${needs} pulls of ${host}, whose limit is ${latest?.limit} with ${keeps} kept back: it will ` +
            "never fit; give this registry credentials with a higher limit, lower its keepRemaining, or carry fewer platforms"
        );
    }
    return `it needs ${about}${needs} pulls of ${host}, and ${describeLeft(account)}; run it again when more are left`;
}

/** `76 of 100 are left, 20 kept back`. */
export function describeLeft({
    remaining,
    latest,
    keeps,
}: Pick<AccountState, "remaining" | "latest" | "keeps">): string {
    const left = latest === undefined ? "an unknown number" : `${remaining} of ${latest.limit}`;
    return `${left} ${remaining === 1 ? "is" : "are"} left${keeps > 0 ? `, ${keeps} kept back` : ""}`;
}

/**
 * When more pulls are there. The registry tells the window's length, and neither when it opened nor whether it slides:
 * a whole window from now all of them are back, whichever it is.
 */
export function describeWindow(windowSeconds: number, now: Date): string {
    if (windowSeconds === 0) {
        return "run it again later, and it goes on where it stopped";
    }
    const until = new Date(now.getTime() + windowSeconds * 1000);
    return (
        `its window is ${describeSpan(windowSeconds)}, so by ${clockTime(until, now)} at the latest all of them are ` +
        "back; run it again then, or earlier for some, and it goes on where it stopped"
    );
}

function describeSpan(seconds: number): string {
    const units = [
        [3600, "h"],
        [60, "min"],
        [1, "s"],
    ] as const;
    const [size, name] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, "s"];
    return `${seconds / size} ${name}`;
}

/** `18:42`; with the date where that is another day. */
function clockTime(time: Date, now: Date): string {
    const two = (number: number): string => String(number).padStart(2, "0");
    const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
    const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
    return time.toDateString() === now.toDateString() ? clock : `${date} ${clock}`;
}
