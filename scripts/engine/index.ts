import { dirname, join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { TransshipError } from "../../core/errors";
import { buildTool } from "../tools/build";
import { ENGINE, readToolsModule } from "../tools/cache";
import { findProgram } from "../tools/find-program";
import type { EngineDecision } from "./decide";
import { downloadEngine } from "./download";
import { placeDynamicProvider } from "./dynamic-provider";
import { locateEngine } from "./locate";

export { type EngineEnvironmentOptions, engineEnvironment } from "./environment";
export { locateEngine } from "./locate";

/** A Pulumi CLI that is there and new enough. */
export interface Engine {
    /** The folder whose `bin/` holds the CLI; for one on PATH the folder above its own. */
    readonly root: string;
    /** Absolute path of the CLI. */
    readonly command: string;
    /** Without a leading `v`. */
    readonly version: string;
    readonly how: "path" | "cache" | "download" | "built";
}

export interface EnsureEngineOptions {
    /** Gets one line at a time: why something takes long, and how far it is. */
    readonly log: (line: string) => void;
    readonly signal?: AbortSignal;
    /** The parts that reach outside, for tests. */
    readonly parts?: Partial<EngineParts>;
}

export interface EngineParts {
    locate(): EngineDecision;
    /** Why the download failed, or undefined. */
    download(): Promise<string | undefined>;
    /** Path of the `go` command. */
    go(): string | undefined;
    build(): Promise<unknown>;
}

/**
 * Finds the Pulumi CLI or gets it: on PATH; in Pulumi's cache; by the npm package's own download; built with Go.
 *
 * @throws TransshipError `ENGINE_MISSING` where none of them is possible.
 */
export async function ensureEngine(options: EnsureEngineOptions): Promise<Engine> {
    const { log } = options;
    const parts = { ...realParts(options), ...options.parts };
    const found = parts.locate();
    if (found.how !== "acquire") {
        return describe(found, found.how);
    }
    log(`Getting the Pulumi CLI, since ${found.why}.`);
    const failure = await parts.download();
    const downloaded = parts.locate();
    if (downloaded.how !== "acquire") {
        return describe(downloaded, "download");
    }
    options.signal?.throwIfAborted();
    const reason = failure ?? "the download left no usable program";
    if (!parts.go()) {
        throw new TransshipError(
            "ENGINE_MISSING",
            `The Pulumi CLI is needed, but ${found.why}, it could not be downloaded (${reason}), and there is no Go to ` +
                "build it with: install it from https://www.pulumi.com/docs/install/ or install Go, and run this again.",
        );
    }
    log(
        `The Pulumi CLI could not be downloaded (${reason}): building it with Go, once, in about 6 minutes on 2 cores.`,
    );
    await parts.build();
    const built = parts.locate();
    if (built.how === "acquire") {
        throw new TransshipError("ENGINE_MISSING", `The Pulumi CLI was built, but it cannot be used: ${built.why}.`);
    }
    return describe(built, "built");
}

/** The Automation API's handle on this engine. */
export async function engineCommand(engine: Engine): Promise<PulumiCommand> {
    // Loaded here: the SDK costs a second, which finding the engine must not.
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    // One on PATH may sit in a folder that is not called bin, where the API would not find it by its root.
    return PulumiCommand.get(engine.how === "path" ? undefined : { root: engine.root });
}

function describe(found: EngineDecision & { how: "path" | "cache" }, how: Engine["how"]): Engine {
    const { command, version } = found.cli;
    if (how !== "path") {
        placeDynamicProvider(dirname(command));
    }
    return { root: dirname(dirname(command)), command, version, how };
}

function realParts({ log, signal }: EnsureEngineOptions): EngineParts {
    return {
        locate: () => locateEngine(),
        download: () => downloadEngine({ log, signal }),
        go: () => findProgram("go"),
        build: async () => {
            const module = readToolsModule(join(__dirname, "..", ".."));
            const tool = module.tools.find(({ name }) => name === ENGINE);
            await (tool && buildTool(module, tool, { log, signal }));
        },
    };
}
