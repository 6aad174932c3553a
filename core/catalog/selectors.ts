import { TransshipError } from "../errors";
import { quote } from "../oci";
import type { Place } from "./place";
import type { Problems } from "./problems";
import type { WrittenSelector } from "./schema-tags";
import { parseRange } from "./select-tags";
import { globSource, regexSource } from "./tag-patterns";
import type { TagSelector } from "./types";
import type { Loose } from "./validate";

/** Checks what the form does not tell: ranges and patterns. Undefined where something in it was refused. */
export function readSelector(
    written: Loose<WrittenSelector>,
    place: Place,
    problems: Problems,
): TagSelector | undefined {
    const before = problems.count;
    const { semver, regex, glob, newest, exclude } = written;
    const check = (at: Place, text: string | undefined, parse: (text: string) => unknown): void => {
        try {
            if (text !== undefined) {
                parse(text);
            }
        } catch (error) {
            if (!(error instanceof TransshipError)) {
                throw error;
            }
            problems.report(at, `${quote(text ?? "")} ${error.message}`);
        }
    };
    check(place.at("semver"), semver, parseRange);
    check(place.at("regex"), regex, regexSource);
    check(place.at("glob"), glob, globSource);
    for (const [index, item] of (exclude ?? []).entries()) {
        const at = place.at("exclude", index);
        check(typeof item === "string" ? at : at.at("regex"), typeof item === "string" ? item : item?.regex, (text) =>
            typeof item === "string" ? globSource(text) : regexSource(text),
        );
    }
    const isEmpty = [semver, regex, glob, newest, exclude].every((key) => key === undefined);
    if (isEmpty || problems.count > before || problems.isBroken(place)) {
        return undefined;
    }
    return JSON.parse(JSON.stringify(written)) as TagSelector;
}

/** `{ semver: ">=0.7", newest: 5 }`: as a user writes it, for messages. */
export function describeSelector(selector: TagSelector): string {
    const show = (value: unknown): string => {
        if (Array.isArray(value)) {
            return `[${value.map(show).join(", ")}]`;
        }
        if (typeof value !== "object" || value === null) {
            return JSON.stringify(value);
        }
        return `{ ${Object.entries(value)
            .map(([key, part]) => `${key}: ${show(part)}`)
            .join(", ")} }`;
    };
    return show(selector);
}
