import { spawn } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ENGINE, engineRoot, type Tool, type ToolsModule, toolsBin } from "./cache";
import { findProgram, isExecutable } from "./find-program";

/** Where this tool's binary belongs: the engine in Pulumi's own cache, every other one in the tools' cache. */
export function binaryOf(module: ToolsModule, tool: Tool, env: NodeJS.ProcessEnv = process.env): string {
    return tool.name === ENGINE
        ? join(engineRoot(tool.version, env), "bin", ENGINE)
        : join(toolsBin(module, env), tool.name);
}

export interface BuildOptions {
    /** Called with one line when a build begins, each half minute, and at its end. */
    readonly log: (line: string) => void;
    readonly env?: NodeJS.ProcessEnv;
    /** Stops a build that runs. */
    readonly signal?: AbortSignal;
}

/**
 * Builds one tool with Go, unless its binary is there. The binary appears under its name in one step, so that neither
 * an interrupted build nor two at a time leave half of one. Cold, on 2 cores: the engine about 6 minutes, cosign 3, the others
 * seconds each.
 *
 * @returns whether something was built.
 */
export async function buildTool(module: ToolsModule, tool: Tool, options: BuildOptions): Promise<boolean> {
    const env = options.env ?? process.env;
    const binary = binaryOf(module, tool, env);
    if (isExecutable(binary)) {
        return false;
    }
    const go = findProgram("go", env.PATH);
    if (!go) {
        throw new Error(
            `${tool.name} ${tool.version} is built with Go, which is not on PATH: install Go 1.21 or newer (it fetches the toolchain that .ci/tools/go.mod names).`,
        );
    }
    await mkdir(dirname(binary), { recursive: true });
    const part = `${binary}.${process.pid}.part`;
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1000);
    options.log(`building ${tool.name} ${tool.version}`);
    const ticker = setInterval(() => options.log(`still building ${tool.name}, ${seconds()} s so far`), 30_000);
    try {
        await runGo(
            go,
            ["build", "-mod=readonly", "-trimpath", "-ldflags", linkerFlags(tool), "-o", part, tool.importPath],
            {
                ...options,
                env,
                cwd: tool.directory,
            },
        );
        await rename(part, binary);
    } finally {
        clearInterval(ticker);
        await rm(part, { force: true });
    }
    options.log(`built ${tool.name} ${tool.version} in ${seconds()} s`);
    return true;
}

/** Without its version in it the Automation API refuses the engine. */
function linkerFlags(tool: Tool): string {
    return tool.name === ENGINE
        ? `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${tool.version}`
        : "-s -w";
}

function runGo(go: string, args: readonly string[], options: BuildOptions & { readonly cwd: string }): Promise<void> {
    return new Promise((resolve, reject) => {
        const child = spawn(go, args, {
            cwd: options.cwd,
            env: { ...options.env, CGO_ENABLED: "0", GOWORK: "off" },
            signal: options.signal,
            stdio: ["ignore", "ignore", "pipe"],
        });
        let errors = "";
        let downloads = 0;
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            // One line for each of some 300 modules would bury everything else.
            for (const line of text.split("\n")) {
                if (line.startsWith("go: downloading ")) {
                    downloads += 1;
                    if (downloads % 50 === 1) {
                        options.log(`fetching Go modules (${line.slice("go: downloading ".length).split(" ")[0]}, …)`);
                    }
                } else if (line !== "") {
                    errors = `${errors}${line}\n`.slice(-4000);
                }
            }
        });
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) {
                resolve();
            } else {
                reject(new Error(`go build failed (exit code ${code}):\n${errors.trim()}`));
            }
        });
    });
}
