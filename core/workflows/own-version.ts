import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The version of this package, which generated files fetch unless they are told another. */
export function ownVersion(): string {
    const text = readFileSync(join(packageFolder(__dirname), "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
}

/** The nearest folder with a package.json: the source and what is built of it lie at different depths. */
function packageFolder(folder: string): string {
    return existsSync(join(folder, "package.json")) ? folder : packageFolder(dirname(folder));
}
