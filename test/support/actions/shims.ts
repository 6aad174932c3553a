import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CHECKOUT = join(__dirname, "..", "..", "..");

/** `npx` as our workflows call it: it knows this package in this version, and runs what is built. */
const NPX = `#!/usr/bin/env bash
set -euo pipefail
while [ $# -gt 0 ]; do
    case $1 in
        --package=transship@VERSION | --package=@aws-sdk/* | --yes | --no) shift ;;
        *) break ;;
    esac
done
case $1 in
    transship | transship@VERSION) shift ;;
    *) echo "npx: no package $1" >&2; exit 127 ;;
esac
exec "NODE" "MAIN" "$@"
`;

/** \`npm ci\` fails without its two files, and installs nothing here. */
const NPM = `#!/usr/bin/env bash
[ "$1" = ci ] && [ -e package.json ] && [ -e package-lock.json ]
`;

/** Writes them and returns their folder, for PATH. */
export function writeShims(folder: string): string {
    const { version } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { version: string };
    const npx = NPX.replaceAll("VERSION", version)
        .replace("NODE", process.execPath)
        .replace("MAIN", join(CHECKOUT, "dist", "cli", "main.js"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "npx"), npx, { mode: 0o755 });
    writeFileSync(join(folder, "npm"), NPM, { mode: 0o755 });
    return folder;
}
