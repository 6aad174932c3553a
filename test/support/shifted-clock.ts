import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Loaded before everything else of a Node process: its clock, from then on, is so many milliseconds ahead. */
const PRELOAD = (file: string): string => `
    const ahead = Number(require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8"));
    const RealDate = Date;
    globalThis.Date = class Date extends RealDate {
        constructor(...given) {
            super(...(given.length === 0 ? [RealDate.now() + ahead] : given));
        }
        static now() {
            return RealDate.now() + ahead;
        }
    };
`;

/** A clock for the Node processes of others (the engine's provider, say), which starts right. */
export interface ShiftedClock {
    /** Variables for whoever starts these processes. */
    readonly env: { readonly NODE_OPTIONS: string };
    /** How far ahead the clock of the next process is, in milliseconds. */
    set(ahead: number): void;
}

export function shiftedClock(): ShiftedClock {
    const folder = mkdtempSync(join(tmpdir(), "transship-clock-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const [script, ahead] = [join(folder, "clock.cjs"), join(folder, "ahead")];
    writeFileSync(script, PRELOAD(ahead));
    const set = (milliseconds: number): void => writeFileSync(ahead, String(milliseconds));
    set(0);
    return { env: { NODE_OPTIONS: `--require ${script}` }, set };
}
