import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { engineRoot } from "../tools/cache";
import { isExecutable } from "../tools/find-program";
import { decideEngine, type EngineDecision, type FoundCli } from "./decide";

const CHECKOUT = join(__dirname, "..", "..");

/** The version of the CLI that the devDependency `pulumi` (the npm wrapper) stands for. */
export function pinnedVersion(): string {
    const manifest = readFileSync(join(CHECKOUT, "node_modules", "pulumi", "package.json"), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
}

/** Looks on PATH and in Pulumi's cache; runs `pulumi version` of what it finds (a fraction of a second each). */
export function locateEngine(env: NodeJS.ProcessEnv = process.env): EngineDecision {
    const cached = join(engineRoot(pinnedVersion(), env), "bin", "pulumi");
    return decideEngine({
        onPath: commandsOnPath(env.PATH ?? "").map(ask),
        cached: isExecutable(cached) ? ask(cached) : undefined,
    });
}

/** Every `pulumi` on PATH but npm's wrapper, which npm itself puts there and which downloads when it is only asked. */
export function commandsOnPath(path: string): string[] {
    return path
        .split(delimiter)
        .filter((directory) => directory !== "")
        .map((directory) => join(directory, "pulumi"))
        .filter((command) => isExecutable(command) && !isNpmWrapper(command));
}

function isNpmWrapper(command: string): boolean {
    return realpathSync(command).includes(`${sep}node_modules${sep}`);
}

function ask(command: string): FoundCli {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const answer = spawnSync(command, ["version"], { encoding: "utf8", timeout: 20_000, env });
    const version = answer.status === 0 ? answer.stdout.trim().replace(/^v/, "") : "";
    return version === "" ? { command } : { command, version };
}
