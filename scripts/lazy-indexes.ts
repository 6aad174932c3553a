import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/*
 * The last step of the build. A room's index names what the room exports, and Node's require would load all of it for
 * whoever takes one function of it: a third of the files that `transship check` needs. Here each index that does nothing
 * but export is written so that a file is loaded when its first name is used.
 */

const HEAD =
    /^(?:"use strict";|Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);|(?:exports\.\w+ = )+void 0;|)$/;
const IMPORT = /^var (\w+) = require\("(\.[^"]+)"\);$/;
const EXPORT =
    /^Object\.defineProperty\(exports, "\w+", \{ enumerable: true, get: function \(\) \{ return (\w+)\.\w+; \} \}\);$/;

/** The text of an index as the compiler writes it, loading late; undefined for what does anything else than export. */
export function loadLate(text: string): string | undefined {
    const lines = text.split("\n");
    const files = new Map(
        lines.flatMap((line) => {
            const [, name, file] = IMPORT.exec(line) ?? [];
            return name === undefined || file === undefined ? [] : [[name, file] as const];
        }),
    );
    const written = lines.map((line) => {
        const [, imported] = IMPORT.exec(line) ?? [];
        const [, used] = EXPORT.exec(line) ?? [];
        const file = files.get(used ?? "");
        if (imported !== undefined) {
            return `var ${imported};`;
        }
        if (used !== undefined && file !== undefined) {
            return line.replace(`return ${used}.`, `return (${used} ??= require("${file}")).`);
        }
        return HEAD.test(line) ? line : undefined;
    });
    return files.size > 0 && written.every((line) => line !== undefined) ? written.join("\n") : undefined;
}

/** Every index below a folder; returns how many it has written anew. */
export function loadLateBelow(folder: string): number {
    const indexes = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
        /(?:^|[/\\])index\.js$/.test(name),
    );
    let count = 0;
    for (const name of indexes) {
        const file = join(folder, name);
        const late = loadLate(readFileSync(file, "utf8"));
        if (late !== undefined) {
            writeFileSync(file, late);
            count += 1;
        }
    }
    return count;
}

if (require.main === module) {
    loadLateBelow(join(__dirname, "..", "dist", "core"));
}
