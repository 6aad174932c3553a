import { redactText } from "../registry";

/** What the job service says at the end of every task that failed, whatever the reason. */
const NOTHING_SAID = /got error during the whole transfer period|mark the job failure/;
const ERROR_LINE = /^\S+ \[(?:ERROR|FATAL)\] (?:\[[^\]]*\]:? ?)?(.*)$/;

/**
 * The line of a task's log that tells why an image was not carried: the last error that names it, else the last error
 * that says anything. A task is of a whole repository, so that its last line may be of another tag.
 *
 * @param names `library/app:1`, at the source and at the target
 * @param secrets what must not show
 */
export function errorLineOf(
    log: string,
    names: readonly string[],
    secrets: readonly string[] = [],
): string | undefined {
    const errors = log.split(/\r?\n/).flatMap((line) => ERROR_LINE.exec(line.trim())?.[1] ?? []);
    const telling = errors.filter((line) => !NOTHING_SAID.test(line));
    const own = telling.filter((line) => names.some((name) => isNamedIn(name, line)));
    const found = own.at(-1) ?? telling.at(-1) ?? errors.at(-1);
    return found === undefined ? undefined : redactText(found, secrets);
}

/** `app:1` is not in a line about `app:1.2`. */
function isNamedIn(name: string, line: string): boolean {
    const literal = name.replace(/[^\w/]/g, "\\$&");
    return new RegExp(`(?<![\\w./-])${literal}(?![\\w.-])`).test(line);
}
