import type { Outcome } from "./summary";
import type { Colour } from "./verdicts";

/** What a person sees for the outcome of a whole look. */
export interface OutcomeLook {
    readonly sign: string;
    readonly colour: Colour;
    /** A sentence without a full stop. */
    readonly words: string;
}

export const OUTCOMES: Readonly<Record<Outcome, OutcomeLook>> = {
    consistent: { sign: "✓", colour: "green", words: "Every copy is the image that it should be" },
    drift: { sign: "✗", colour: "red", words: "Something is proven to be wrong" },
    unknown: { sign: "?", colour: "yellow", words: "Nothing is proven wrong, but not everything could be asked" },
};
