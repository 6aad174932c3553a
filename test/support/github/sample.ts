/** As much of JSON Schema, in OpenAPI's manner, as GitHub's description uses for answers. */
export interface Schema {
    readonly type?: string;
    readonly format?: string;
    readonly enum?: readonly unknown[];
    readonly nullable?: boolean;
    readonly minLength?: number;
    readonly required?: readonly string[];
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: boolean | Schema;
    readonly items?: Schema;
    readonly allOf?: readonly Schema[];
    readonly oneOf?: readonly Schema[];
    readonly anyOf?: readonly Schema[];
}

/**
 * What a handler knows, with everything else that GitHub's description requires beside it: a repository has some ninety
 * properties, of which a test looks at ten. Nothing that is given is changed, so that wrong answers are still found.
 */
export function completed(schema: Schema, known: unknown): unknown {
    const variants = schema.oneOf ?? schema.anyOf;
    if (variants !== undefined) {
        if (known === undefined && variants.some(({ type }) => type === "null")) {
            return null;
        }
        const fitting = variants.find((variant) => fits(variant, known)) ?? variants[0];
        const whole = fitting === undefined ? known : completed(fitting, known);
        return schema.properties === undefined
            ? whole
            : completed({ ...schema, oneOf: undefined, anyOf: undefined }, whole);
    }
    if (schema.allOf !== undefined) {
        return schema.allOf.reduce<unknown>((value, part) => completed(part, value), known);
    }
    if (known === undefined) {
        return sampleOf(schema);
    }
    if (Array.isArray(known)) {
        return known.map((entry) => (schema.items === undefined ? entry : completed(schema.items, entry)));
    }
    if (typeof known !== "object" || known === null) {
        return known;
    }
    const result: Record<string, unknown> = { ...known };
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
        if (result[name] !== undefined || schema.required?.includes(name)) {
            result[name] = completed(property, result[name]);
        }
    }
    return result;
}

/** The least that the schema lets through. */
function sampleOf(schema: Schema): unknown {
    if (schema.nullable === true) {
        return null;
    }
    if (schema.enum !== undefined) {
        return schema.enum[0];
    }
    switch (schema.type) {
        case "string":
            return SAMPLES[schema.format ?? ""] ?? "";
        case "integer":
        case "number":
            return 0;
        case "boolean":
            return false;
        case "array":
            return [];
        default:
            return completed(schema, {});
    }
}

const SAMPLES: Readonly<Record<string, string>> = {
    "date-time": "2026-01-01T00:00:00Z",
    date: "2026-01-01",
    uri: "https://github.com/",
    email: "octocat@github.com",
    uuid: "00000000-0000-4000-8000-000000000000",
};

/** Whether a value is of this variant, as far as its type and its enumerations tell. */
function fits(schema: Schema, known: unknown): boolean {
    if (Array.isArray(known) || schema.type === "array") {
        return Array.isArray(known) && schema.type === "array";
    }
    if (typeof known !== "object" || known === null) {
        const isNull = known === null && (schema.nullable === true || schema.type === "null");
        return known === undefined || schema.type === typeof known || isNull;
    }
    return Object.entries(known).every(([name, value]) => {
        const property = schema.properties?.[name];
        return property?.enum === undefined || property.enum.includes(value);
    });
}
