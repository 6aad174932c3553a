import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach } from "vitest";
import { temporaryFolder } from "../support/embedded";

/** The command as it is installed: built, and run by plain node. */
export const COMMAND = join(__dirname, "..", "..", "dist", "cli", "main.js");

export interface Ended {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

export interface RunOptions {
    /** @default a folder of its own */
    readonly cwd?: string;
    /** Beside PATH and an empty HOME, which is all that there is. */
    readonly env?: Readonly<Record<string, string>>;
    /** What it reads from standard input. @default none */
    readonly stdin?: string;
}

const running = new Set<ChildProcess>();

afterEach(() => {
    for (const child of running) {
        child.kill("SIGKILL");
    }
    running.clear();
});

/** Starts the command; the test waits for its end, or stops it. */
export async function start(args: readonly string[], options: RunOptions = {}) {
    if (!existsSync(COMMAND)) {
        throw new Error("The command is not built: run npm run build first.");
    }
    const home = await temporaryFolder();
    const child = spawn(process.execPath, [COMMAND, ...args], {
        cwd: options.cwd ?? home,
        env: { PATH: process.env.PATH, HOME: home, ...options.env },
        stdio: "pipe",
    });
    child.stdin.end(options.stdin ?? "");
    running.add(child);
    const written = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        written.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
        written.stderr += text;
    });
    const ended = new Promise<Ended>((resolve) => {
        child.once("close", (code) => {
            running.delete(child);
            resolve({ code, ...written });
        });
    });
    return { child, written, ended };
}

export async function transship(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return (await start(args, options)).ended;
}

/** What every failure has to look like: sentences of ours on standard error, and no stack. */
export function isPlain({ stderr }: Ended): boolean {
    return (
        stderr.endsWith("\n") &&
        stderr
            .trimEnd()
            .split("\n")
            .every((line) => line.startsWith("transship: ")) &&
        !/^\s+at .*:\d+:\d+/m.test(stderr)
    );
}
