import { listCopies } from "../../core/catalog";
import { observe } from "../../core/mirror";
import { count, painter } from "../../core/report";
import { documentHead, type LockChangeDocument, type LockDocument } from "../documents";
import { EXIT, type ExitCode } from "../exit-code";
import { changesFromLook, changesFromPromotion } from "../lock-changes";
import { writeWishes } from "../lock-file";
import type { Output } from "../output";
import { startProgress } from "../progress";
import { addCatalogOptions, environmentPart, openCatalog, openSession } from "../session";
import type { Run, Verb } from "../verb";

/** Writes the wishes of one environment: what its tags are to be from now on. Touches the lock file and nothing else. */
export const lock: Verb = {
    configure(command) {
        addCatalogOptions(command);
        command.option("-n, --dry-run", "say what would change, and write nothing");
    },

    async run(run, images, options) {
        const dryRun = options.dryRun === true;
        const catalog = openCatalog(options, images);
        const names = images.length === 0 ? Object.keys(catalog.images) : images;
        const changes =
            catalog.promoteFrom === undefined
                ? await lookForWishes(run, images, options)
                : changesFromPromotion(catalog, names, Date.now());
        if (!dryRun) {
            writeWishes(catalog, changes);
        }
        const exitCode = exitCodeOf(changes);
        const document: LockDocument = {
            ...documentHead("lock", exitCode),
            ...environmentPart(catalog),
            dryRun,
            changes,
        };
        run.output.document(document);
        printChanges(changes, dryRun, run.output);
        if (catalog.upstream === "follow") {
            run.output.note(
                `transship: the environment "${catalog.environment}" follows its upstream: its lock is history, and no wish.`,
            );
        }
        return exitCode;
    },
};

/** One HEAD for each tag, at whoever says what it is: its source, or after the cut-over its first target. */
async function lookForWishes(
    { output, signal }: Run,
    images: readonly string[],
    options: Readonly<Record<string, unknown>>,
): Promise<LockChangeDocument[]> {
    const session = openSession(options, images, signal);
    const progress = startProgress("asking", output);
    try {
        const seen = new Set<string>();
        // Copies come source first, and without a source after the cut-over: the first of each tag is its authority.
        const authorities = listCopies(session.catalog, session.images).filter(({ image, tag }) => {
            const isFirst = !seen.has(`${image}\n${tag}`);
            seen.add(`${image}\n${tag}`);
            return isFirst;
        });
        const onProgress = (done: number, total: number) => progress.update(done, total);
        const { copies } = await observe(authorities, session.registries, { signal, onProgress });
        return changesFromLook(session.catalog, copies);
    } finally {
        progress.stop();
        await session.registries.close();
    }
}

/** A tag that is gone cannot be locked: the catalogue is wrong about it. One that waits is as it should be. */
function exitCodeOf(changes: readonly LockChangeDocument[]): ExitCode {
    const has = (kind: LockChangeDocument["change"]) => changes.some(({ change }) => change === kind);
    return has("missing") ? EXIT.drift : has("unknown") ? EXIT.unknown : EXIT.consistent;
}

const SIGNS = { added: "+", moved: "→", unchanged: "✓", waiting: "…", missing: "∅", unknown: "?" } as const;
const COLOURS = {
    added: "green",
    moved: "cyan",
    unchanged: "dim",
    waiting: "dim",
    missing: "red",
    unknown: "yellow",
} as const;

function printChanges(changes: readonly LockChangeDocument[], dryRun: boolean, output: Output): void {
    const paint = painter(output.text);
    for (const { image, tag, change, digest, before, reason } of changes) {
        const what = reason ?? (before === undefined || before === digest ? digest : `${before} -> ${digest}`);
        const text = `${paint(COLOURS[change], SIGNS[change])} ${image}:${tag}: ${what}`;
        if (change === "missing" || change === "unknown") {
            output.line(text);
        } else if (change !== "unchanged") {
            output.detail(text);
        }
    }
    const changed = changes.filter(({ change }) => change === "added" || change === "moved").length;
    const rest = changes.length - changed;
    output.detail(`${count(changed, "tag")} ${dryRun ? "would be locked" : "locked"} anew, ${rest} left as they are`);
}
