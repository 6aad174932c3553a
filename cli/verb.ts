import type { Command } from "commander";
import type { ExitCode } from "./exit-code";
import type { Output } from "./output";

/** What every verb gets. */
export interface Run {
    readonly output: Output;
    /** Aborts on Ctrl-C. */
    readonly signal: AbortSignal;
}

/** One verb: its options, and what it does. A file of its own each, loaded only when it is named. */
export interface Verb {
    /** Adds arguments and options; `--json` and `--quiet` are there already. */
    configure(command: Command): void;
    run(run: Run, args: readonly string[], options: Readonly<Record<string, unknown>>): Promise<ExitCode>;
}

/** What `transship --help` lists without loading a verb. */
export interface VerbEntry {
    readonly name: string;
    readonly summary: string;
    load(): Verb;
}
