import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A program of the tools' Go module. */
export interface Tool {
    /** The name of its binary. */
    readonly name: string;
    /** Import path of its main package. */
    readonly importPath: string;
    /** Version of the module it comes from, with the leading `v`. */
    readonly version: string;
}

/** What `.ci/tools` asks for: the one place that names programs and their versions. */
export interface ToolsModule {
    /** The folder with go.mod. */
    readonly directory: string;
    readonly tools: readonly Tool[];
    /** Programs from PyPI, by requirements.txt. */
    readonly pythonTools: readonly Tool[];
    /** Changes with any version, so that a cached binary is never older than its go.mod says. */
    readonly key: string;
}

/** Main packages whose last path element says too little to be a command's name. */
const RENAMED: Readonly<Record<string, string>> = { conformance: "oci-conformance", registry: "distribution" };

/** The Pulumi CLI's name among the tools; it lives where Pulumi's own installers put it, not in the tools' cache. */
export const ENGINE = "pulumi";

/** Reads go.mod and tools.go below `root` (the checkout). */
export function readToolsModule(root: string): ToolsModule {
    const directory = join(root, ".ci", "tools");
    const mod = readFileSync(join(directory, "go.mod"), "utf8");
    const sum = readFileSync(join(directory, "go.sum"), "utf8");
    const source = readFileSync(join(directory, "tools.go"), "utf8");
    const requirements = readFileSync(join(directory, "requirements.txt"), "utf8");
    const paths = [...source.matchAll(/^\s*_\s+"([^"]+)"/gm)].flatMap(([, path]) => path ?? []);
    return {
        directory,
        tools: paths.map((importPath) => {
            const last = importPath.slice(importPath.lastIndexOf("/") + 1);
            return { name: RENAMED[last] ?? last, importPath, version: versionOf(importPath, mod) };
        }),
        pythonTools: [...requirements.matchAll(/^([\w-]+)==(\S+)$/gm)].map(([, name = "", version = ""]) => ({
            name,
            importPath: name,
            version,
        })),
        key: createHash("sha256").update(mod).update(sum).update(requirements).digest("hex").slice(0, 16),
    };
}

/** Where the tools of this key are kept: below the user's cache folder (`XDG_CACHE_HOME`, by default `~/.cache`). */
export function toolsBin(module: ToolsModule, env: NodeJS.ProcessEnv = process.env): string {
    return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "transship", "tools", module.key, "bin");
}

/** Pulumi's own place for one version of its CLI, the same for its installer, its npm package and the Automation API. */
export function engineRoot(version: string, env: NodeJS.ProcessEnv = process.env): string {
    return join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions", version.replace(/^v/, ""));
}

function versionOf(importPath: string, mod: string): string {
    const required = [...mod.matchAll(/^\s*(?:require\s+)?(\S+)\s+(v\S+)\s*(?:\/\/.*)?$/gm)]
        .map(([, path = "", version = ""]) => ({ path, version }))
        .filter(({ path }) => importPath === path || importPath.startsWith(`${path}/`))
        .sort((a, b) => b.path.length - a.path.length)[0];
    if (!required) {
        throw new Error(`.ci/tools/tools.go names ${importPath}, which no line of .ci/tools/go.mod requires.`);
    }
    return required.version;
}
