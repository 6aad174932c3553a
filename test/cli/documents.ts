import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { expect } from "vitest";
import type { Ended } from "./command";

export const SCHEMA = JSON.parse(readFileSync(join(__dirname, "..", "..", "docs", "report.schema.json"), "utf8"));
export const validate = new Ajv({ allErrors: true }).compile(SCHEMA);
export const validateStrictly = new Ajv({ allErrors: true }).compile(closed(SCHEMA));

/** The schema with every object closed: what is printed and not described is then an error. */
function closed(schema: unknown): object {
    const walk = (value: unknown): unknown => {
        if (Array.isArray(value)) {
            return value.map(walk);
        }
        if (typeof value !== "object" || value === null) {
            return value;
        }
        const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
        const isObjectSchema = copy.type === "object" && copy.additionalProperties === undefined;
        return isObjectSchema ? { ...copy, additionalProperties: false } : copy;
    };
    return walk(schema) as object;
}

/** The one document of a run, as the schema has it, with the exit code of its process. */
export function documentOf({ code, stdout }: Ended): Record<string, unknown> {
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expectValid(validate, document);
    expectValid(validateStrictly, document);
    expect(document.exitCode).toBe(code);
    return document;
}

export function expectValid(validator: ValidateFunction, document: unknown): void {
    validator(document);
    expect(validator.errors ?? []).toEqual([]);
}
