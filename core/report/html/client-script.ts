import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Plain scripts of the browser, in the order in which they lean on each other. */
const FILES = ["data", "details", "filter", "sort", "theme", "main"];

let script: string | undefined;

/** The page's script, as the build made it from client/; nothing in it ends the element that it stands in. */
export function clientScript(): string {
    script ??= `(() => {\n"use strict";\n${FILES.map(readFile).join("")}})();`.replace(/<(?=[/!])/g, "\\x3c");
    return script;
}

function readFile(file: string): string {
    return readFileSync(join(__dirname, "client", `${file}.js`), "utf8").replace(/^"use strict";\n/, "");
}
