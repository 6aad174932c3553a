import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder";
import { type PythonEnvironment, readPythonEnvironments } from "./python-environment";

/** A program of one of the tools' Go modules. */
export interface Tool {
    /** The name of its binary. */
    readonly name: string;
    /** Import path of its main package. */
    readonly importPath: string;
    /** Version of the module it comes from, with the leading `v`. */
    readonly version: string;
    /** The folder of the file that names its version. */
    readonly directory: string;
}

/** A Helm chart that Go's module proxy serves: files without Go. */
export interface Chart {
    readonly name: string;
    readonly module: string;
    readonly version: string;
    /** The folder of the go.mod that names its version. */
    readonly directory: string;
}

/** What `.ci/tools` asks for: the one place that names programs and their versions. */
export interface ToolsModule {
    readonly tools: readonly Tool[];
    /** By lines `// chart NAME: MODULE` of a tools.go. */
    readonly charts: readonly Chart[];
    /** Programs from PyPI, by requirements.txt. */
    readonly pythonTools: readonly Tool[];
    /** Programs from PyPI with packages that they need, by the requirements.txt of a folder. */
    readonly environments: readonly PythonEnvironment[];
    /** Changes with any version, so that a cached binary is never older than its go.mod says. */
    readonly key: string;
}

/** Main packages whose last path element says too little to be a command's name. */
const RENAMED: Readonly<Record<string, string>> = { conformance: "oci-conformance", registry: "distribution" };

/** The Pulumi CLI's name among the tools; it lives where Pulumi's own installers put it, not in the tools' cache. */
export const ENGINE = "pulumi";

/** Reads `.ci/tools` below `root` (the checkout): its own go.mod and tools.go, and those of each folder in it. */
export function readToolsModule(root: string): ToolsModule {
    const directory = join(root, ".ci", "tools");
    const requirements = readFileSync(join(directory, "requirements.txt"), "utf8");
    const modules = readdirSync(directory)
        .sort()
        .map((name) => join(directory, name))
        .filter((folder) => existsSync(join(folder, "go.mod")));
    const key = createHash("sha256");
    const tools = [directory, ...modules].flatMap((folder) => {
        const mod = readFileSync(join(folder, "go.mod"), "utf8");
        key.update(mod).update(readFileSync(join(folder, "go.sum"), "utf8"));
        return toolsOf(folder, mod);
    });
    return {
        tools,
        charts: modules.flatMap(chartsOf),
        pythonTools: [...requirements.matchAll(/^([\w-]+)==(\S+)$/gm)].map(([, name = "", version = ""]) => ({
            name,
            importPath: name,
            version,
            directory,
        })),
        environments: readPythonEnvironments(directory),
        key: key.update(requirements).digest("hex").slice(0, 16),
    };
}

function toolsOf(directory: string, mod: string): Tool[] {
    const source = readFileSync(join(directory, "tools.go"), "utf8");
    return [...source.matchAll(/^\s*_\s+"([^"]+)"/gm)].map(([, importPath = ""]) => {
        const last = importPath.slice(importPath.lastIndexOf("/") + 1);
        return { name: RENAMED[last] ?? last, importPath, version: versionOf(importPath, mod), directory };
    });
}

function chartsOf(directory: string): Chart[] {
    const mod = readFileSync(join(directory, "go.mod"), "utf8");
    const source = readFileSync(join(directory, "tools.go"), "utf8");
    return [...source.matchAll(/^\/\/ chart ([\w-]+): (\S+)$/gm)].map(([, name = "", module = ""]) => ({
        name,
        module,
        version: versionOf(module, mod),
        directory,
    }));
}

/** Where a chart is kept, as a folder that Helm takes. */
export function chartFolder(module: ToolsModule, chart: Chart, env: NodeJS.ProcessEnv = process.env): string {
    return join(cacheFolder(env), module.key, "charts", chart.name);
}

/** Where the tools of this key are kept. */
export function toolsBin(module: ToolsModule, env: NodeJS.ProcessEnv = process.env): string {
    return join(cacheFolder(env), module.key, "bin");
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
        throw new Error(
            `A tools.go below .ci/tools names ${importPath}, which no line of the go.mod beside it requires.`,
        );
    }
    return required.version;
}
