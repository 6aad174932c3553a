import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../../scripts/tools/find-program";

/** A program as a user would start it. */
export interface Command {
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    /** A file that it reads as its standard input. */
    readonly stdin?: string;
}

/** What one run cost. */
export interface Cost {
    /** Milliseconds from its start to its end. */
    readonly wallMs: number;
    /** Milliseconds of processor time, user and system, of the program and all that it started. */
    readonly cpuMs: number;
    /** Bytes of the largest process among them; unknown without GNU time. */
    readonly peakBytes?: number;
}

export interface MeasuredRun {
    readonly cost: Cost;
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

/**
 * Runs a command and measures it. Its output goes to files, so that nobody who reads takes part in the race. GNU time
 * tells processor time and memory; where it is absent bash's `time` does, without memory.
 *
 * @param directory for the files; one run at a time
 */
export async function runMeasured(command: Command, directory: string): Promise<MeasuredRun> {
    const files = {
        stdout: join(directory, "stdout"),
        stderr: join(directory, "stderr"),
        cost: join(directory, "cost"),
    };
    const stdio = [
        command.stdin === undefined ? ("ignore" as const) : openSync(command.stdin, "r"),
        openSync(files.stdout, "w"),
        openSync(files.stderr, "w"),
    ];
    const { program, args } = timed(command, files.cost);
    const started = performance.now();
    const child = spawn(program, args, { cwd: command.cwd, env: { ...command.env }, stdio });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    const wallMs = performance.now() - started;
    for (const file of stdio) {
        if (typeof file === "number") {
            closeSync(file);
        }
    }
    const [stdout, stderr, cost] = await Promise.all(
        [files.stdout, files.stderr, files.cost].map((file) => readFile(file, "utf8")),
    );
    if (code === null) {
        throw new Error(`${command.program} was ended by ${signal}.`);
    }
    return { cost: { wallMs, ...parseCost(cost ?? "") }, exitCode: code, stdout: stdout ?? "", stderr: stderr ?? "" };
}

/** The last line of the form `user system [kilobytes]`: GNU time tells a failed command in a line before. */
export function parseCost(text: string): Omit<Cost, "wallMs"> {
    const last = text.trim().split("\n").at(-1) ?? "";
    const [user = Number.NaN, system = Number.NaN, kilobytes] = last.split(" ").map(Number);
    if (Number.isNaN(user + system)) {
        throw new Error(`No processor time in ${JSON.stringify(text)}.`);
    }
    return {
        cpuMs: Math.round((user + system) * 1000),
        ...(kilobytes === undefined ? undefined : { peakBytes: kilobytes * 1024 }),
    };
}

function timed({ program, args }: Command, costFile: string): { program: string; args: readonly string[] } {
    const gnu = findProgram("time");
    if (gnu !== undefined) {
        return { program: gnu, args: ["-f", "%U %S %M", "-o", costFile, program, ...args] };
    }
    // The braces' own standard error is the report; the command keeps its own on descriptor 3.
    const script = `cost=$1; shift; TIMEFORMAT="%3U %3S"; { time "$@" 2>&3; } 3>&2 2>"$cost"`;
    return { program: "bash", args: ["-c", script, "bash", costFile, program, ...args] };
}
