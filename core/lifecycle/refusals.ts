import { count, MAXIMUM_LINES } from "./findings";

/** Why a gate refuses one copy, or an image whose tags are not decided. */
export interface Refusal {
    readonly image: string;
    readonly line: string;
}

/**
 * As many whole lines as the engine's console can show, and then the names of all other images that are refused: who is
 * held back must find the reason in the message, however many there are.
 */
export function refusalLines(refusals: readonly Refusal[]): string[] {
    const [first, rest] = [refusals.slice(0, MAXIMUM_LINES), refusals.slice(MAXIMUM_LINES)];
    const lines = first.map(({ line }) => line);
    if (rest.length === 0) {
        return lines;
    }
    const told = new Set(first.map(({ image }) => image));
    const others = new Set(rest.map(({ image }) => image).filter((image) => !told.has(image)));
    const whose = others.size === 0 ? "of the same images" : `and these images: ${[...others].join(", ")}`;
    return [...lines, `… and ${count(rest.length, "more copy", "more copies")}, ${whose}`];
}
