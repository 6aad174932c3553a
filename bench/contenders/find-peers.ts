import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { readToolsModule, toolsBin } from "../../scripts/tools/cache";
import { findProgram } from "../../scripts/tools/find-program";

const CHECKOUT = join(__dirname, "..", "..");

const DEBIAN = new Set(["docker-registry", "skopeo"]);

export interface FoundProgram {
    readonly path: string;
    readonly version: string;
}

/**
 * A program in the cache that `.ci/tools/install` fills, in the version that it names; else on PATH. Debian puts servers
 * where an ordinary user's PATH does not look.
 */
export function findPeer(name: string): FoundProgram | undefined {
    const module = readToolsModule(CHECKOUT);
    const tool = module.tools.find((one) => one.name === name);
    const cached = tool && findProgram(name, toolsBin(module));
    if (tool !== undefined && cached !== undefined) {
        return { path: cached, version: tool.version };
    }
    const path = findProgram(name, [process.env.PATH ?? "", "/usr/sbin", "/sbin"].join(delimiter));
    return path === undefined ? undefined : { path, version: askVersion(path) };
}

export function adviceFor(name: string): string {
    if (readToolsModule(CHECKOUT).tools.some((tool) => tool.name === name)) {
        return `\`.ci/tools/install ${name}\` builds it`;
    }
    return DEBIAN.has(name) ? "install it with the system's packages" : "put it on PATH and it takes part";
}

/** Each of them says it in its own way. */
function askVersion(path: string): string {
    for (const argument of ["version", "--version"]) {
        const { status, stdout, stderr } = spawnSync(path, [argument], { encoding: "utf8", timeout: 10_000 });
        const found = status === 0 && /v?\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`);
        if (found) {
            return found[0];
        }
    }
    return "of an unknown version";
}
