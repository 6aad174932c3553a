import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const DIST = join(__dirname, "..", "dist");

/** When each file of the built package was last written: another text after a case means that it measured two builds. */
export function buildMark(): string {
    return readdirSync(DIST, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((file) => `${file} ${statSync(file).mtimeMs}`)
        .join("\n");
}
