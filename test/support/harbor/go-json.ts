import type { Schema } from "../swagger";

/** What Go writes for a time that was never set. */
const NO_TIME = "0001-01-01T00:00:00.000Z";

type Definitions = Readonly<Record<string, Schema>>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * An answer as go-swagger's models write it, from what is known: a zero (`""`, `0`, `false`) is left out unless
 * `x-omitempty: false` is beside it, a list that is not there is null, a time that was never set is that of the year 1,
 * and properties come in the order of their names. Whoever compares field by field meets all of these.
 * (https://goswagger.io/go-swagger/faq/faq_model/, `x-omitempty`)
 */
export function asGo(definitions: Definitions, schema: Schema | undefined, value: unknown): unknown {
    if (schema === undefined) {
        return undefined;
    }
    const whole = dereferenced(definitions, schema);
    if (whole.type === "array") {
        return ((value ?? []) as unknown[]).map((entry) => asGo(definitions, whole.items as Schema, entry));
    }
    const properties = whole.properties as Readonly<Record<string, Schema>> | undefined;
    if (properties === undefined || typeof value !== "object" || value === null) {
        return value;
    }
    const described = Object.keys(properties).sort();
    // A field that is not described is left for the validator to find.
    const stray = Object.keys(value).filter((name) => !(name in properties));
    const entries = described.flatMap((name) => {
        const property = { ...dereferenced(definitions, properties[name] ?? {}), ...properties[name] };
        const written = field(definitions, property, (value as Fields)[name]);
        return written === undefined ? [] : [[name, written] as const];
    });
    return Object.fromEntries([...entries, ...stray.map((name) => [name, (value as Fields)[name]] as const)]);
}

function field(definitions: Definitions, property: Schema, value: unknown): unknown {
    const keepsZero = property["x-omitempty"] === false;
    if (property.type === "array") {
        const list = asGo(definitions, property, value) as unknown[];
        return list.length > 0 ? list : property["x-omitempty"] === true ? undefined : (value ?? null);
    }
    const isPointer = property["x-nullable"] === true || property["x-isnullable"] === true;
    if (value === undefined || value === null) {
        return property.format === "date-time" && !isPointer ? NO_TIME : keepsZero ? zero(property) : undefined;
    }
    const written = asGo(definitions, property, value);
    const isMap = property.type === "object" && property.additionalProperties !== undefined;
    const isEmpty = written === "" || written === 0 || written === false || (isMap && isNothing(written));
    return isEmpty && !keepsZero && !isPointer ? undefined : written;
}

function zero({ type }: Schema): unknown {
    return type === "boolean" ? false : type === "integer" ? 0 : type === "string" ? "" : undefined;
}

function isNothing(value: unknown): boolean {
    return Object.keys(value as object).length === 0;
}

function dereferenced(definitions: Definitions, schema: Schema): Schema {
    const name = typeof schema.$ref === "string" ? schema.$ref.split("/").at(-1) : undefined;
    return name === undefined ? schema : dereferenced(definitions, definitions[name] ?? {});
}
