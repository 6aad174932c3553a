import { WorkflowError } from "../error";

/** What neither YAML nor an editor shows; a line feed and a tab are text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/u;

/**
 * Values that a script reads.
 *
 * @throws WorkflowError for the first that no file of a pipeline can hold as it is
 */
export function checkTexts(values: Readonly<Record<string, string>>): void {
    const bad = Object.values(values).find((value) => UNPRINTABLE.test(value));
    if (bad !== undefined) {
        throw new WorkflowError(`${JSON.stringify(bad)} has a control character: write it without.`);
    }
}

/** A value as one word of POSIX shell, in which nothing has a meaning. */
export function shellWord(value: string): string {
    return /^[A-Za-z0-9_./:@=,+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** Values as assignments, a line each: `IMAGE=explorer`. */
export function assignments(values: Readonly<Record<string, string>>): string[] {
    return Object.entries(values).map(([name, value]) => `${name}=${shellWord(value)}`);
}
