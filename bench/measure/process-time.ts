import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second for programs, whatever the kernel's own clock is. */
const MS_PER_TICK = 10;

/** Milliseconds of processor time, user and system, that a process has used so far; undefined where there is no /proc. */
export function processTime(pid: number | undefined): number | undefined {
    try {
        // The name in brackets may hold blanks; user and system time are the 14th and 15th field of all.
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
        return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
    } catch {
        return undefined;
    }
}
