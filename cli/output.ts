import type { TextOptions } from "../core/report";

export interface OutputOptions {
    readonly json: boolean;
    readonly quiet: boolean;
    /** A row of the matrix for each tag, however many there are. @default false */
    readonly all?: boolean;
}

/** Where a verb speaks: results on standard output, everything about the work on standard error. */
export class Output {
    readonly json: boolean;
    readonly quiet: boolean;
    private readonly all: boolean;

    constructor(options: OutputOptions) {
        this.json = options.json;
        this.quiet = options.quiet;
        this.all = options.all === true;
    }

    get text(): TextOptions {
        const { stdout } = process;
        return {
            colors: wantsColors(process.env, stdout.isTTY === true),
            width: stdout.isTTY ? stdout.columns : undefined,
            all: this.all,
        };
    }

    /** A progress line is for a person at a terminal, never for a log. */
    get showsProgress(): boolean {
        return !this.quiet && process.stderr.isTTY === true && process.env.TERM !== "dumb";
    }

    /** A result that even a quiet run tells: what is wrong, what was done. */
    line(text: string): void {
        if (!this.json) {
            process.stdout.write(`${text}\n`);
        }
    }

    /** A result for a person who asked for nothing less. */
    detail(text: string): void {
        if (!this.quiet) {
            this.line(text);
        }
    }

    /** The one JSON document of a run. */
    document(document: object): void {
        if (this.json) {
            process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
        }
    }

    /** A remark on the run, no result of it. */
    note(text: string): void {
        if (!this.quiet) {
            process.stderr.write(`${text}\n`);
        }
    }
}

/** https://no-color.org, https://force-color.org; a pipe or a file gets none, in CI too. */
export function wantsColors(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
    if (env.NO_COLOR) {
        return false;
    }
    if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") {
        return env.FORCE_COLOR !== "0";
    }
    return isTerminal && env.TERM !== "dumb";
}
