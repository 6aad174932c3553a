import { DUMP_SCHEMA, dump, realMapTag } from "js-yaml";

/** Quotes whatever any reader of YAML, old or new, would take for something else than text: tags mostly. */
const SCHEMA = DUMP_SCHEMA.withTags(realMapTag);

/** YAML in blocks, with lines of any length. A `Map` keeps its order; an object puts the keys 9 and 10 before all others. */
export function yamlText(value: unknown): string {
    return dump(value, { schema: SCHEMA, lineWidth: -1, quoteStyle: "double" });
}
