import { nearest } from "../../core/catalog";
import { sealed } from "../../core/workflows";
import { documentHead, type WorkflowDocument } from "../documents";
import { EXIT, UsageError } from "../exit-code";
import { type Written, writeGenerated } from "../generated-file";
import { ownVersion } from "../own-version";
import { addEnvironmentOptions } from "../session";
import type { Verb } from "../verb";
import { generate, isKind, KIND_NAMES } from "../workflow-kinds";
import { addWorkflowOptions } from "../workflow-options";

/** Writes what runs Transship on a schedule or on several machines, from the catalogue. Asks nobody. */
export const workflow: Verb = {
    configure(command) {
        addEnvironmentOptions(command);
        command
            .argument("<kind>", `what it is to do: ${KIND_NAMES.join(", ")}`)
            .option(
                "-o, --output <file>",
                "write it there, as .github/workflows/transship-proof.yml or Jenkinsfile (default: print it)",
            )
            .option("-f, --force", "with --output: overwrite a file that was changed by hand")
            .option("-n, --dry-run", "with --output: say what would be written, and write nothing");
        addWorkflowOptions(command);
    },

    async run({ output }, args, options) {
        const kind = readKind(args);
        const { about, content, secrets, style, variables } = generate(kind, options);
        const command = commandLine(kind, options);
        const text = sealed(
            [...about, `Written by transship ${ownVersion()}; to change it, run this again:`, `  ${command}`],
            content,
            style,
        );
        const file = options.output === undefined ? undefined : String(options.output);
        const dryRun = options.dryRun === true;
        if (file === undefined && (dryRun || options.force === true)) {
            throw new UsageError("--dry-run and --force are for --output: without it nothing is written.");
        }
        const status =
            file === undefined ? "printed" : writeGenerated(file, text, { force: options.force === true, dryRun });
        const document: WorkflowDocument = {
            ...documentHead("workflow", EXIT.consistent),
            kind,
            status,
            dryRun,
            ...(file === undefined ? undefined : { file }),
            secrets,
            variables,
            content: text,
        };
        output.document(document);
        if (file === undefined) {
            output.line(text.trimEnd());
        } else {
            output.detail(told(file, status as Written, dryRun));
            for (const sentence of whatToSet(secrets, variables)) {
                output.detail(sentence);
            }
        }
        return EXIT.consistent;
    },
};

function readKind(args: readonly string[]) {
    const [kind = "", ...more] = args;
    if (!isKind(kind) || more.length > 0) {
        const near = more.length === 0 ? nearest(kind, KIND_NAMES) : undefined;
        const hint = near === undefined ? "" : ` Did you mean ${near}?`;
        throw new UsageError(
            `transship workflow ${args.join(" ")} is not known: write one of ${KIND_NAMES.join(", ")}.${hint}`,
        );
    }
    return kind;
}

function whatToSet(secrets: readonly string[], variables: readonly string[]): string[] {
    const list = (what: string, names: readonly string[]) =>
        names.length === 0 ? [] : [`It reads the ${what} ${names.join(", ")}.`];
    return [...list("secrets", secrets), ...list("variables", variables)];
}

function told(file: string, status: Written, dryRun: boolean): string {
    return status === "unchanged" ? `${file} is as it should be` : `${dryRun ? "Would write" : "Wrote"} ${file}`;
}

/** What a person types to get the same again; where it is written to is not part of it. */
function commandLine(kind: string, options: Readonly<Record<string, unknown>>): string {
    const skipped = ["output", "force", "dryRun", "json", "quiet"];
    const given = Object.entries(options).flatMap(([name, value]) => {
        const isDefault = name === "catalog" && value === "catalog.yaml";
        const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
        if (skipped.includes(name) || isDefault) {
            return [];
        }
        const values: readonly unknown[] = Array.isArray(value) ? value : [value];
        return values.flatMap((one) => (one === true ? [option] : [option, quoted(String(one))]));
    });
    return ["npx transship workflow", kind, ...given].join(" ");
}

/** As a shell reads it. */
function quoted(text: string): string {
    return /^[A-Za-z0-9_./:@,=-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
