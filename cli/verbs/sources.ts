import { mergeHistories, rankRegions, summarizeHistory } from "../../core/availability";
import type { Catalog } from "../../core/catalog";
import { ALL_IMAGES, count, outcomeOf } from "../../core/report";
import { type MirrorsOptions, mirrorsPart, renderMirrors, type Standing } from "../../core/report/markdown-pages";
import type { SourcesDocument } from "../availability-documents";
import { documentHead } from "../documents";
import { exitCodeOf, UsageError } from "../exit-code";
import { readIfThere, writeNamed } from "../files";
import { addInspectionOptions, inspectCopies, inspectionWishes } from "../inspection";
import { bytesBeside, replaceMarkedPart } from "../marked-part";
import { imagesOfPurpose } from "../purposes";
import { readStanding } from "../read-standing";
import { addCatalogOptions, environmentPart, look, openCatalog, openSession } from "../session";
import { standingPart } from "../standing";
import type { Run, Verb } from "../verb";
import { readHistory } from "./availability";

/** Bytes of a page that GitHub still shows whole, and some room. */
const PAGE = 500_000;
const TIMES = ["minute", "day", "none"] as const;

/** Writes the page that says where to pull from. Asks one HEAD for each copy, or nobody where a document is named. */
export const sources: Verb = {
    configure(command) {
        addCatalogOptions(command);
        addInspectionOptions(command);
        command
            .option(
                "--from <document...>",
                "what `transship check --json` printed, also of shards, instead of a look of its own",
            )
            .option("--availability <file>", "what `transship availability` collected of the regions")
            .option("--output <file>", "the page to write, or to replace the marked part of (default: standard output)")
            .option("--time <precision>", "minute, day or none: how exactly the page says when it was proven", "day");
    },

    async run(run, images, options) {
        const time = readTime(options.time);
        checkWishes(options);
        const page = options.output === undefined ? undefined : String(options.output);
        const before = page === undefined ? undefined : readIfThere(page);
        // A page that cannot take the list is told before anybody is asked.
        replaceMarkedPart(page ?? "", before, "");
        const history = options.availability === undefined ? undefined : readHistory(String(options.availability));
        const catalog = openCatalog(options, images);
        const standing = await stand(run, catalog, images, options);
        const summaries = summarizeHistory(mergeHistories([history ?? { results: [] }]));
        const part = mirrorsPart(standing, catalog, summaries, rankRegions(summaries));
        const exitCode = exitCodeOf(part.outcome);
        const document: SourcesDocument = {
            ...documentHead("sources", exitCode),
            ...environmentPart(catalog),
            ...part,
        };
        const text = renderMirrors(part, { time, limit: PAGE - bytesBeside(before) });
        const whole = replaceMarkedPart(page ?? "", before, text);
        const { output } = run;
        output.document(document);
        if (page === undefined) {
            output.line(whole.trimEnd());
        } else {
            if (whole !== before) {
                writeNamed(page, whole);
            }
            const done = whole === before ? "is as it was" : "is written";
            output.detail(`${page} ${done}: ${count(part.images.length, "image")}, ${part.outcome}.`);
        }
        return exitCode;
    },
};

async function stand(
    { output, signal }: Run,
    catalog: Catalog,
    images: readonly string[],
    options: Readonly<Record<string, unknown>>,
): Promise<Standing> {
    if (options.from !== undefined) {
        const standing = readStanding(options.from as string[], catalog);
        const chosen = imagesOfPurpose(catalog, options, images);
        return chosen.length === 0 ? standing : only(standing, new Set(chosen));
    }
    const session = openSession(options, images, signal);
    try {
        const { judged: seen, selection } = await look(session, output);
        const { judged, findings } = await inspectCopies(session, seen, inspectionWishes(options), output);
        return { ...environmentPart(catalog), ...standingPart(session, judged, selection, findings) };
    } finally {
        await session.registries.close();
    }
}

/** What is to be seen beside the digests is up to whoever looks. @throws UsageError */
function checkWishes(options: Readonly<Record<string, unknown>>): void {
    const { depth, signatures, anonymous } = inspectionWishes(options);
    if (options.from !== undefined && (depth === "blobs" || signatures || anonymous)) {
        throw new UsageError(
            "--from takes what was seen as it is: give --depth, --signatures and --anonymous to the check that writes it.",
        );
    }
}

/** Some images of a document that is about more. */
function only(standing: Standing, images: ReadonlySet<string>): Standing {
    const chosen = <T extends { readonly image: string }>(all: readonly T[]) =>
        all.filter(({ image }) => images.has(image) || image === ALL_IMAGES);
    const [copies, findings] = [chosen(standing.copies), chosen(standing.findings)];
    const selections = chosen(standing.selections);
    const outcome = outcomeOf(
        copies,
        selections.flatMap(({ problems }) => problems),
        findings,
    );
    return { ...standing, outcome, copies, findings, selections };
}

function readTime(value: unknown): MirrorsOptions["time"] {
    const time = TIMES.find((one) => one === value);
    if (time === undefined) {
        throw new UsageError(`--time ${JSON.stringify(value)} is not known: write ${TIMES.join(", ")}.`);
    }
    return time;
}
