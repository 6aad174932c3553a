import { WorkflowError } from "../error";
import type { Commit } from "./commit";

/** What may stand in braces, without arguments, and what it becomes. */
export type Words = Readonly<Record<string, string>>;

const MUSTACHE = /\{\{\s*([\s\S]*?)\s*\}\}/g;
const DATE = /^date\s+'([^']*)'(?:\s+tz='([^']*)')?$/;
/** moment's tokens as far as tags have a use for them. */
const TOKEN = /YYYY|YY|MM|DD|HH|mm|ss|X|[A-Za-z]+/g;

/**
 * A text with `{{words}}` filled in, and `{{date 'YYYYMMDD' tz='Europe/Berlin'}}`, in UTC without a zone.
 *
 * @throws WorkflowError for anything else in braces: docker/metadata-action would leave it empty
 */
export function fillTemplate(text: string, words: Words, date: Date): string {
    return text.replace(MUSTACHE, (whole, inner: string) => {
        const [, format, zone] = DATE.exec(inner) ?? [];
        if (format !== undefined) {
            return formatDate(date, format, zone ?? "UTC", text);
        }
        const value = Object.hasOwn(words, inner) ? words[inner] : undefined;
        if (value === undefined) {
            const known = [...Object.keys(words), "date 'YYYYMMDD'"].map((word) => `{{${word}}}`).join(", ");
            throw new WorkflowError(
                `${whole} in the rule for tags ${JSON.stringify(text)} is not known: take ${known}.`,
            );
        }
        return value;
    });
}

/** What every rule may name. */
export function globalWords({ branch = "", defaultBranch, scheduled, sha, tag = "" }: Commit): Words {
    const isDefault = scheduled || (branch !== "" && branch === defaultBranch);
    return {
        branch,
        tag,
        sha: sha.slice(0, 7),
        is_default_branch: String(isDefault),
        is_not_default_branch: String(!isDefault),
    };
}

function formatDate(date: Date, format: string, zone: string, rule: string): string {
    const parts = partsOf(date, zone, rule);
    return format.replace(TOKEN, (token) => {
        const value = Object.hasOwn(parts, token) ? parts[token] : undefined;
        if (value === undefined) {
            throw new WorkflowError(
                `The date format ${JSON.stringify(format)} has ${token}: take ${Object.keys(parts).join(", ")}.`,
            );
        }
        return value;
    });
}

function partsOf(date: Date, timeZone: string, rule: string): Words {
    const numeric = "2-digit";
    try {
        const format = new Intl.DateTimeFormat("en-US", {
            timeZone,
            hourCycle: "h23",
            year: "numeric",
            month: numeric,
            day: numeric,
            hour: numeric,
            minute: numeric,
            second: numeric,
        });
        const found = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
        const { day = "", hour = "", minute = "", month = "", second = "", year = "" } = found;
        return {
            YYYY: year.padStart(4, "0"),
            YY: year.slice(-2),
            MM: month,
            DD: day,
            HH: hour,
            mm: minute,
            ss: second,
            X: String(Math.floor(date.getTime() / 1000)),
        };
    } catch (cause) {
        if (cause instanceof RangeError) {
            throw new WorkflowError(`${JSON.stringify(rule)} names no time zone: write one such as Europe/Berlin.`);
        }
        throw cause;
    }
}
