import { WorkflowError } from "../error";

/** A value as one word of POSIX shell, in which nothing has a meaning. */
export function shellWord(value: string): string {
    if (value.includes("\0")) {
        throw new WorkflowError(`${JSON.stringify(value)} has a NUL in it, which no shell can hold.`);
    }
    return /^[A-Za-z0-9_./:@=,+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** Values as assignments, a line each: `IMAGE=explorer`. */
export function assignments(values: Readonly<Record<string, string>>): string[] {
    return Object.entries(values).map(([name, value]) => `${name}=${shellWord(value)}`);
}
