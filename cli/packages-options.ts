import type { Command } from "commander";
import type { WrittenRules } from "../core/retention";
import { UsageError } from "./exit-code";
import { readNumber } from "./read-options";

type Options = Readonly<Record<string, unknown>>;

/** Where deletions are written to for undo, unless `--record` says another file. */
export const RECORD_FILE = "transship-deletions.json";
const MOST_VERSIONS = 10_000;

export function addPackagesOptions(command: Command): void {
    command
        .option("--clean", "plan a clean-up, and show it: what no tag leads to goes")
        .option("--delete", "with --clean: delete what is due; without it nothing is deleted")
        .option("-n, --dry-run", "with --clean: delete nothing, which is the default; it wins over --delete")
        .option("--tagged", "with --clean: tagged versions go too, unless something keeps them")
        .option("--newest <n>", "with --clean: keep so many tagged versions, those that changed last")
        .option("--keep <pattern>", "with --clean: keep tags that fit this glob; again for more", collect, [])
        .option("--keep-semver <range>", "with --clean: keep tags that are versions in this range")
        .option("--younger-than <time>", "with --clean: keep what changed since, as 12h or 30d (default: 1d)")
        .option("--keep-digest <digest>", "with --clean: keep this, and what it leads to; again for more", collect, [])
        .option("--orphans", "with --clean: signatures of images that the package does not have go, too")
        .option("--at-most <n>", "with --delete: delete so many versions at most (default: 500)")
        .option("--record <file>", "where deletions are written to for --restore", RECORD_FILE)
        .option(
            "--restore <file|id>",
            "bring back what such a file lists, or of --record the version with this id, within 30 days",
        )
        .option("--repository <owner/name>", "say where a package is not linked to this repository");
}

function collect(one: string, before: readonly string[]): string[] {
    return [...before, one];
}

const OF_CLEAN: Readonly<Record<string, string>> = {
    delete: "--delete",
    tagged: "--tagged",
    newest: "--newest",
    keepSemver: "--keep-semver",
    youngerThan: "--younger-than",
    orphans: "--orphans",
    atMost: "--at-most",
    dryRun: "--dry-run",
};

/** The rules of `--clean`; undefined without it. @throws UsageError */
export function readCleanRules(options: Options): WrittenRules | undefined {
    const keep = options.keep as string[];
    const digests = options.keepDigest as string[];
    if (options.clean !== true) {
        const stray = Object.keys(OF_CLEAN).find((name) => options[name] !== undefined);
        const option =
            OF_CLEAN[stray ?? ""] ?? (keep.length > 0 ? "--keep" : digests.length > 0 ? "--keep-digest" : "");
        if (option !== "" && options.restore === undefined) {
            throw new UsageError(`${option} is for --clean: write both.`);
        }
        return undefined;
    }
    if (options.restore !== undefined) {
        throw new UsageError("--clean and --restore undo each other: write one of them.");
    }
    const tags = [
        ...keep.map((glob) => ({ glob })),
        ...(options.keepSemver === undefined ? [] : [{ semver: String(options.keepSemver) }]),
    ];
    return {
        clean: options.tagged === true ? "all" : "untagged",
        orphans: options.orphans === true ? "delete" : "keep",
        keep: {
            ...(options.newest !== undefined && { newest: readNumber("--newest", options.newest, 1, MOST_VERSIONS) }),
            ...(tags.length > 0 && { tags }),
            ...(options.youngerThan !== undefined && { youngerThan: String(options.youngerThan) }),
            ...(digests.length > 0 && { digests }),
        },
    };
}

export function readAtMost({ atMost }: Options): number | undefined {
    return atMost === undefined ? undefined : readNumber("--at-most", atMost, 1, MOST_VERSIONS);
}
