import * as v from "valibot";
import { suggestion } from "./nearest";
import { type Path, Place, type WrittenDocument } from "./place";
import type { Problems } from "./problems";
import type { UnknownKey } from "./schema-parts";

type Issue = v.BaseIssue<unknown> & Partial<UnknownKey>;

/** A value of which any part may be missing, since what has the wrong form was told and taken out. */
export type Loose<T> = T extends readonly (infer Item)[]
    ? readonly (Loose<Item> | undefined)[]
    : T extends object
      ? { readonly [K in keyof T]?: Loose<T[K]> }
      : T;

type AnySchema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/**
 * Checks the form of a document, reports everything that is wrong with it, and gives back what is right: checks that
 * need more than form go on with that, so that one look tells all.
 */
export function validate<const S extends AnySchema>(
    schema: S,
    document: WrittenDocument,
    problems: Problems,
): Loose<v.InferOutput<S>> | undefined {
    const result = v.safeParse(schema, document.value, { message: (issue) => describeIssue(issue as Issue) });
    const issues = (result.issues ?? []) as unknown as Issue[];
    for (const issue of issues) {
        reportIssue(issue, document, problems);
    }
    // The output is a copy of the known keys, so taking parts out changes nothing of the user's.
    return prune(result.output, issues) as Loose<v.InferOutput<S>> | undefined;
}

function reportIssue(issue: Issue, document: WrittenDocument, problems: Problems): void {
    const path = pathOf(issue);
    if (issue.input === undefined && document.file !== undefined && !isMissing(issue)) {
        // YAML has no undefined: it stands where the value could not be read, which was told.
        return;
    }
    const parent = new Place(document, path.slice(0, -1));
    if (issue.unknownKey !== undefined) {
        problems.report(parent, issue.message, { on: "key", about: path });
    } else if (isMissing(issue)) {
        problems.report(parent, issue.message, { about: path });
    } else if (isAboutKey(issue)) {
        problems.report(new Place(document, path), issue.message, { on: "key" });
    } else {
        const message = issue.type === "string" ? unquoted(issue, document, path) : undefined;
        problems.report(new Place(document, path), message ?? issue.message);
    }
}

function pathOf(issue: Issue): Path {
    return (issue.path ?? []).map((item) => item.key as string | number);
}

function isAboutKey(issue: Issue): boolean {
    return issue.path?.at(-1)?.origin === "key";
}

/** A required key that is not there; valibot's record has an origin "key" too, where the name itself is wrong. */
function isMissing(issue: Issue): boolean {
    const parent = issue.path?.at(-1)?.input;
    const key = issue.path?.at(-1)?.key;
    return (
        issue.input === undefined &&
        typeof parent === "object" &&
        parent !== null &&
        !Array.isArray(parent) &&
        !Object.hasOwn(parent, String(key))
    );
}

/** YAML reads `1.10` as the number 1.1: said with the text as it stands. */
function unquoted(issue: Issue, document: WrittenDocument, path: Path): string | undefined {
    const written = document.sourceText(path);
    if (written === undefined || written === "" || isSecretive(path)) {
        return undefined;
    }
    const kind = issue.input === null ? "null" : `a ${typeof issue.input}`;
    return `must be text: write "${written}" in quotes, since YAML reads it as ${kind}`;
}

/** Nothing that stands below `credentials` is ever repeated. */
function isSecretive(path: Path): boolean {
    return path.includes("credentials");
}

function describeIssue(issue: Issue): string {
    if (isMissing(issue)) {
        const key = String(issue.path?.at(-1)?.key);
        return `"${key}" is missing${issue.type === "variant" ? `: ${alternatives(issue)}` : ""}`;
    }
    switch (issue.type) {
        case "string":
            return `must be text, not ${shape(issue.input)}`;
        case "boolean":
            return "must be true or false";
        case "number":
        case "safe_integer":
            return "must be a whole number";
        case "min_value":
            return `must be ${String(issue.requirement)} or more`;
        case "array":
            return `must be a list, not ${shape(issue.input)}`;
        case "strict_object":
        case "record":
            return isAboutKey(issue)
                ? `"${String(issue.input)}" cannot be a name`
                : `must be a map of keys and values, not ${shape(issue.input)}`;
        case "variant":
        case "picklist":
            return alternatives(issue);
        default:
            return `must be ${issue.expected ?? "something else"}`;
    }
}

function alternatives(issue: Issue): string {
    const known = [...(issue.expected ?? "").matchAll(/"([^"]+)"/g)].map(([, word]) => word as string);
    const list = `must be one of ${known.join(", ")}`;
    const near = typeof issue.input === "string" ? suggestion(issue.input, known) : "";
    return near.startsWith("; did") ? `${list}${near}` : list;
}

function shape(input: unknown): string {
    if (input === null || input === undefined) {
        return "nothing";
    }
    return Array.isArray(input) ? "a list" : typeof input === "object" ? "a map" : `a ${typeof input}`;
}

/** Takes out what has the wrong form; list items become holes, so that the others keep their index. */
function prune(output: unknown, issues: readonly Issue[]): unknown {
    let root = output;
    for (const issue of issues) {
        const path = pathOf(issue);
        const last = path.at(-1);
        if (issue.unknownKey !== undefined || isMissing(issue) || isAboutKey(issue)) {
            continue;
        }
        if (last === undefined) {
            root = undefined;
            continue;
        }
        const parent = path.slice(0, -1).reduce<unknown>(childOf, root);
        if (typeof parent === "object" && parent !== null && Object.hasOwn(parent, last)) {
            (parent as Record<string | number, unknown>)[last] = undefined;
        }
    }
    return root;
}

function childOf(value: unknown, key: string | number): unknown {
    return typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined;
}
