import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { catalogSchema } from "../core/catalog/schema";

/** Where the package ships it, and where editors look for it. */
export const SCHEMA_FILE = join(__dirname, "..", "catalog.schema.json");

/** catalog.schema.json, as it follows from the schema that the loader itself checks by. */
export function catalogJsonSchema(): string {
    const { $schema, ...schema } = toJsonSchema(catalogSchema, { errorMode: "throw" });
    const head = { $schema, title: "Transship catalogue, version 1" };
    return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}

if (require.main === module) {
    writeFileSync(SCHEMA_FILE, catalogJsonSchema());
    console.log("catalog.schema.json is current");
}
