import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The package's own version. */
export function ownVersion(): string {
    // dist/cli/version.js: the package's file is two folders up.
    const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
}
