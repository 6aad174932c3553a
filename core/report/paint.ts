import { createColors } from "picocolors";
import type { Colour } from "./verdicts";

/** How text is to look; nothing here looks at the process or its terminal. */
export interface TextOptions {
    /** @default false */
    readonly colors?: boolean;
    /** Columns of the terminal; lines may be longer where a table cannot be made narrower. @default unlimited */
    readonly width?: number;
    /** A row for each tag, however many there are. @default false */
    readonly all?: boolean;
}

export type Paint = (colour: Colour | "bold", text: string) => string;

export function painter(options: TextOptions): Paint {
    const colors = createColors(options.colors ?? false);
    return (colour, text) => colors[colour](text);
}

/** `1 copy`, `2 copies`. */
export function count(number: number, one: string, many: string = `${one}s`): string {
    return `${number} ${number === 1 ? one : many}`;
}
