import { type Commit, imageTags } from "../../core/workflows";
import { documentHead, type TagsDocument } from "../documents";
import { EXIT, UsageError } from "../exit-code";
import type { Verb } from "../verb";

/**
 * Prints which tags docker/metadata-action's rules give a commit, a line each, for CI systems where that action does not
 * run. Asks nobody. No tag is no error: whether one is wanted is the caller's matter.
 */
export const tags: Verb = {
    configure(command) {
        command
            .requiredOption(
                "--rules <lines>",
                "docker/metadata-action's rules: type=semver,pattern={{version}}; a line each",
            )
            .option("--flavor <lines>", "its flavor, a line each: latest=false")
            .requiredOption("--commit <sha>", "the whole commit that is built")
            .option("--branch <name>", "the branch that was pushed; empty for none")
            .option("--git-tag <name>", "the git tag that was pushed; empty for none")
            .option("--default-branch <name>", "the repository's default branch")
            .option("--event <name>", "what started the run: schedule is one, all others are none (default: push)");
    },

    async run({ output }, args, options) {
        if (args.length > 0) {
            throw new UsageError(`transship tags takes options only, and no ${JSON.stringify(args[0])}.`);
        }
        const found = imageTags(linesOf(options.rules), linesOf(options.flavor), commitOf(options));
        const document: TagsDocument = { ...documentHead("tags", EXIT.consistent), tags: found };
        output.document(document);
        for (const tag of found) {
            output.line(tag);
        }
        return EXIT.consistent;
    },
};

function commitOf(options: Readonly<Record<string, unknown>>): Commit {
    const sha = String(options.commit);
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) {
        throw new UsageError(`--commit ${JSON.stringify(sha)} is no whole commit: write all 40 digits.`);
    }
    const [branch, tag] = [named(options.branch), named(options.gitTag)];
    if (branch !== undefined && tag !== undefined) {
        throw new UsageError("--branch and --git-tag exclude each other: a run is of one of them.");
    }
    return {
        sha,
        branch,
        tag,
        defaultBranch: named(options.defaultBranch),
        scheduled: options.event === "schedule",
        date: new Date(),
    };
}

/** CI systems leave a variable empty where there is nothing to tell. */
function named(option: unknown): string | undefined {
    return option === undefined || option === "" ? undefined : String(option);
}

function linesOf(option: unknown): string[] {
    return String(option ?? "")
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
}
