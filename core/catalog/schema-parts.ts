import * as v from "valibot";
import { quote } from "../oci";
import { suggestion } from "./nearest";

/*
 * valibot's own schemas, so that types and JSON Schema follow from them, each with one rule of ours about how it runs:
 * a user is told all unknown keys and not the first, a list is not taken for a map, and of several forms the one that
 * was meant is checked, so that the sentence is about that form.
 */

type AnySchema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;
type Dataset = Parameters<AnySchema["~run"]>[0];
type Config = Parameters<AnySchema["~run"]>[1];

/** What an issue about an unknown key says of it. */
export interface UnknownKey {
    readonly unknownKey: string;
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keyItem(input: Record<string, unknown>, key: string): v.IssuePathItem {
    return { type: "object", origin: "key", input, key, value: input[key] } as v.IssuePathItem;
}

function addIssue(context: AnySchema, label: string, dataset: object, config: Config, other?: object): void {
    // biome-ignore lint/suspicious/noExplicitAny: valibot's internal signature is not for other schemas' contexts
    v._addIssue(context as any, label, dataset as any, config as any, other as any);
}

/**
 * A map with these keys and no other.
 *
 * @param hints for keys that are known elsewhere: what to do instead.
 */
export function map<const E extends v.ObjectEntries>(
    entries: E,
    hints: Readonly<Record<string, string>> = {},
): v.StrictObjectSchema<E, undefined> {
    const base = v.strictObject(entries);
    const known = Object.keys(entries);
    return {
        ...base,
        "~run"(dataset: Dataset, config: Config) {
            const input = dataset.value;
            if (!isMap(input)) {
                addIssue(base, "type", dataset, config);
                return dataset;
            }
            const unknown = Object.keys(input).filter((key) => !Object.hasOwn(entries, key));
            const rest = known.filter((key) => Object.hasOwn(input, key)).map((key) => [key, input[key]] as const);
            const result = base["~run"]({ ...dataset, value: Object.fromEntries(rest) }, config);
            for (const key of unknown) {
                addIssue(base, "key", result, config, { input: key, expected: "never", path: [keyItem(input, key)] });
                const hint = Object.hasOwn(hints, key) ? `: ${hints[key]}` : suggestion(key, known);
                Object.assign(result.issues?.at(-1) ?? {}, {
                    unknownKey: key,
                    message: `unknown key ${quote(key)}${hint}`,
                });
            }
            return result;
        },
    } as v.StrictObjectSchema<E, undefined>;
}

/** Names that code should not have to fear, though they are letters only. */
const RESERVED = new Set(["__proto__", "prototype", "constructor"]);

export function isReserved(name: string): boolean {
    return RESERVED.has(name);
}

/**
 * A map from names to values of one kind. Runs by itself: valibot's record leaves out some keys without a word, and a
 * tag may be called `constructor`.
 */
export function named<const K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>, const V extends AnySchema>(
    key: K,
    value: V,
    options: { readonly refuseReserved?: boolean } = {},
): v.RecordSchema<K, V, undefined> {
    const base = v.record(key, value);
    return {
        ...base,
        "~run"(dataset: Dataset, config: Config) {
            const input = dataset.value;
            if (!isMap(input)) {
                addIssue(base, "type", dataset, config);
                return dataset;
            }
            const result = {
                typed: true,
                value: {} as unknown,
                issues: undefined as v.BaseIssue<unknown>[] | undefined,
            };
            const take = (issues: readonly v.BaseIssue<unknown>[] | undefined, name: string, origin: string) => {
                for (const issue of issues ?? []) {
                    Object.assign(issue, { path: [{ ...keyItem(input, name), origin }, ...(issue.path ?? [])] });
                    result.typed = false;
                    result.issues = result.issues ?? [];
                    result.issues.push(issue);
                }
            };
            const entries: [string, unknown][] = [];
            for (const [name, part] of Object.entries(input)) {
                const keyResult = key["~run"]({ value: name } as Dataset, config);
                take(keyResult.issues, name, "key");
                if (options.refuseReserved === true && isReserved(name) && keyResult.issues === undefined) {
                    addIssue(base, "key", result, config, { input: name, path: [keyItem(input, name)] });
                    result.typed = false;
                }
                const valueResult = value["~run"]({ value: part } as Dataset, config);
                take(valueResult.issues, name, "value");
                entries.push([name, valueResult.value]);
            }
            // Own properties only, whatever their names.
            result.value = Object.fromEntries(entries);
            return result;
        },
    } as v.RecordSchema<K, V, undefined>;
}

/** One of several forms; `pick` tells by the look of the input which of them was meant. */
export function choose<const O extends v.UnionOptions>(
    options: O,
    pick: (input: unknown) => keyof O & number,
): v.UnionSchema<O, undefined> {
    const base = v.union(options);
    return {
        ...base,
        "~run"(dataset: Dataset, config: Config) {
            const option = options[pick(dataset.value)] as AnySchema;
            return option["~run"](dataset, config);
        },
    } as v.UnionSchema<O, undefined>;
}

/** For `choose`: the second form is the one that is no scalar. */
export const byShape = (input: unknown): 0 | 1 => (typeof input === "object" && input !== null ? 1 : 0);
