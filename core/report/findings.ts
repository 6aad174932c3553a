import type { Finding } from "../mirror";
import { painter, type TextOptions } from "./paint";
import { describeWaived } from "./waived";

const LOOKS = {
    drift: { rank: 0, colour: "red", sign: "✗" },
    unknown: { rank: 1, colour: "yellow", sign: "?" },
    warning: { rank: 2, colour: "yellow", sign: "!" },
} as const;

/** What a finding about no single image has in place of its image and tag: shards that are missing, say. */
export const ALL_IMAGES = "*";

/** One line for each finding, worst first. */
export function renderFindings(findings: readonly Finding[], options: TextOptions = {}): string[] {
    const paint = painter(options);
    return [...findings]
        .sort((a, b) => LOOKS[a.severity].rank - LOOKS[b.severity].rank)
        .map(({ severity, message, waived }) => {
            const { colour, sign } = LOOKS[severity];
            const excuse = waived === undefined ? "" : ` (${describeWaived(waived)})`;
            return `${paint(waived === undefined ? colour : "yellow", sign)} ${message}${excuse}`;
        });
}
