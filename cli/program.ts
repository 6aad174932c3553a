import { Command, CommanderError } from "commander";
import { errorDocument } from "./documents";
import { EXIT, type ExitCode, exitCodeOfError } from "./exit-code";
import { watchSignals } from "./interrupt";
import { Output } from "./output";
import { sentences } from "./sentences";
import type { VerbEntry } from "./verb";

/**
 * Runs the command line and returns the exit code. Only a verb that the line names is loaded: help costs commander
 * alone, and `check` never loads what `serve` needs.
 *
 * @param argv without the program and its file
 */
export async function runCommandLine(
    argv: readonly string[],
    verbs: readonly VerbEntry[],
    version: string,
): Promise<ExitCode> {
    let exitCode: ExitCode = EXIT.consistent;
    const program = new Command("transship")
        .description("Carries container images between registries, and proves by digest that all copies are the same.")
        .version(version, "-V, --version", "print the version")
        .helpOption("-h, --help", "print this help")
        .showHelpAfterError(false)
        .exitOverride()
        .configureOutput({ outputError: (text, write) => write(asSentence(text)) });
    for (const entry of verbs) {
        const command = program.command(entry.name).description(entry.summary);
        if (argv.includes(entry.name)) {
            const verb = entry.load();
            command.option("--json", "print one JSON document (transship/report.schema.json) on standard output");
            command.option("-q, --quiet", "print only what is wrong, and nothing where nothing is");
            verb.configure(command);
            command.action(async () => {
                exitCode = await runVerb(
                    entry.name,
                    (run) => verb.run(run, command.args, command.opts()),
                    command.opts(),
                );
            });
        }
    }
    try {
        await program.parseAsync([...argv], { from: "user" });
        return exitCode;
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? EXIT.consistent : EXIT.usage;
        }
        throw error;
    }
}

type Runner = (run: { output: Output; signal: AbortSignal }) => Promise<ExitCode>;

interface OutputFlags {
    readonly json?: boolean;
    readonly quiet?: boolean;
    readonly all?: boolean;
}

async function runVerb(name: string, runner: Runner, { json, quiet, all }: OutputFlags): Promise<ExitCode> {
    const output = new Output({ json: json === true, quiet: quiet === true, all: all === true });
    const interruption = watchSignals();
    try {
        return await runner({ output, signal: interruption.signal });
    } catch (thrown) {
        // Whatever an aborted request made of it, the reason is the signal.
        const error = interruption.signal.aborted ? interruption.signal.reason : thrown;
        const exitCode = exitCodeOfError(error);
        output.document(errorDocument(name, exitCode, error));
        process.stderr.write(`${sentences(error).join("\n")}\n`);
        return exitCode;
    } finally {
        interruption.release();
    }
}

/** Commander's `error: unknown option '--x'` and its suggestion on a second line, as one sentence of ours. */
function asSentence(text: string): string {
    const words = text
        .replace(/^error: /, "")
        .trim()
        .replace(/\n\s*/g, " ");
    return `transship: ${words}; "transship --help" lists what there is.\n`;
}
