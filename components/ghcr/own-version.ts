/** The version of this package: the one that generated workflows run. */
export function ownVersion(): string {
    const { version } = require("transship/package.json") as { readonly version: string };
    return version;
}
