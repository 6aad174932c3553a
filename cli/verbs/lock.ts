import { type Catalog, decideCatalog, listCopies } from "../../core/catalog";
import { chooseTags, observe, type TagSelection } from "../../core/mirror";
import { count, painter, renderSelectionFailures, selectionDocuments } from "../../core/report";
import { documentHead, type LockChangeDocument, type LockDocument } from "../documents";
import { EXIT, type ExitCode } from "../exit-code";
import { changesFromLook, changesFromPromotion, removals } from "../lock-changes";
import { writeWishes } from "../lock-file";
import type { Output } from "../output";
import { startProgress } from "../progress";
import { imagesOfPurpose } from "../purposes";
import { addCatalogOptions, decideTags, environmentPart, openCatalog, openSession } from "../session";
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
        const found =
            catalog.promoteFrom === undefined
                ? await lookForWishes(run, images, options)
                : await promote(catalog, imagesOfPurpose(catalog, options, images));
        const { changes, selection } = found;
        if (!dryRun) {
            writeWishes(catalog, changes);
        }
        const exitCode = exitCodeOf(found);
        const document: LockDocument = {
            ...documentHead("lock", exitCode),
            ...environmentPart(catalog),
            dryRun,
            changes,
            selections: selectionDocuments(selection),
        };
        run.output.document(document);
        printChanges(found, dryRun, run.output);
        if (catalog.upstream === "follow") {
            run.output.note(
                `transship: the environment "${catalog.environment}" follows its upstream: its lock is history, and no wish.`,
            );
        }
        return exitCode;
    },
};

interface Found {
    readonly changes: readonly LockChangeDocument[];
    readonly selection: TagSelection;
}

/** From the environment before: its lock says which tags there are, too. Nobody is asked. */
async function promote(catalog: Catalog, images: readonly string[]): Promise<Found> {
    const names = images.length === 0 ? Object.keys(catalog.images) : images;
    const { promotedLock: lock } = catalog;
    const listTags = async () => [];
    const selection = await chooseTags(catalog, { by: "lock", lock, waits: true, listTags }, names);
    const decided = decideCatalog(catalog, selection.selected);
    return {
        changes: [...changesFromPromotion(decided, names, Date.now()), ...removals(catalog, selection)],
        selection,
    };
}

/** One HEAD for each tag, at whoever says what it is: its source, or after the cut-over its first target. */
async function lookForWishes(
    { output, signal }: Run,
    images: readonly string[],
    options: Readonly<Record<string, unknown>>,
): Promise<Found> {
    const session = openSession(options, images, signal);
    const progress = startProgress("asking", output);
    try {
        const selection = await decideTags(session, { by: "listing" });
        const catalog = decideCatalog(session.catalog, selection.selected);
        const seen = new Set<string>();
        // Copies come source first, and without a source after the cut-over: the first of each tag is its authority.
        const authorities = listCopies(catalog, session.images).filter(({ image, tag }) => {
            const isFirst = !seen.has(`${image}\n${tag}`);
            seen.add(`${image}\n${tag}`);
            return isFirst;
        });
        const onProgress = (done: number, total: number) => progress.update(done, total);
        const { copies } = await observe(authorities, session.registries, { signal, onProgress });
        const changes = [...changesFromLook(catalog, copies), ...removals(session.catalog, selection)];
        return { changes, selection };
    } finally {
        progress.stop();
        await session.registries.close();
    }
}

/** A tag that is gone cannot be locked: the catalogue is wrong about it. One that waits is as it should be. */
function exitCodeOf({ changes, selection }: Found): ExitCode {
    const has = (kind: LockChangeDocument["change"]) => changes.some(({ change }) => change === kind);
    const isOpen = (kind: "empty" | "unknown") => selection.failures.some(({ status }) => status === kind);
    return has("missing") || isOpen("empty")
        ? EXIT.drift
        : has("unknown") || isOpen("unknown")
          ? EXIT.unknown
          : EXIT.consistent;
}

const SIGNS = {
    added: "+",
    moved: "→",
    unchanged: "✓",
    waiting: "…",
    missing: "∅",
    unknown: "?",
    removed: "-",
} as const;
const COLOURS = {
    added: "green",
    moved: "cyan",
    unchanged: "dim",
    waiting: "dim",
    missing: "red",
    unknown: "yellow",
    removed: "cyan",
} as const;

function printChanges({ changes, selection }: Found, dryRun: boolean, output: Output): void {
    const paint = painter(output.text);
    for (const line of renderSelectionFailures(selection.failures, output.text)) {
        output.line(line);
    }
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
    const removed = changes.filter(({ change }) => change === "removed").length;
    const rest = changes.length - changed - removed;
    const left = removed === 0 ? "" : `, ${removed} ${dryRun ? "would be removed" : "removed"}`;
    output.detail(
        `${count(changed, "tag")} ${dryRun ? "would be locked" : "locked"} anew, ${rest} left as they are${left}`,
    );
}
