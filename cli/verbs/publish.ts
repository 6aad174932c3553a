import { type Catalog, findImage, lockEntry } from "../../core/catalog";
import {
    Hold,
    originOf,
    type PublishOrigin,
    type PublishResult,
    parseOrigin,
    publish as publishImage,
    publishPlaces,
    readPublishedTags,
    splitTags,
    withOrigin,
} from "../../core/publish";
import { documentHead, type PublishDocument } from "../documents";
import { EXIT, type ExitCode, InterruptedError, UsageError } from "../exit-code";
import { recordPublished } from "../lock-file";
import { printPublished } from "../print-publish";
import { startProgress } from "../progress";
import { addEnvironmentOptions, environmentPart, openCatalog, requestsOf, type Session, sessionOf } from "../session";
import type { Run, Verb } from "../verb";

/** Carries what was built once to every place of an image, by digest, and moves the tags last, all or none. */
export const publish: Verb = {
    configure(command) {
        addEnvironmentOptions(command);
        command
            .argument("<image>", "name of an image in the catalogue that is published by us (dual, migrate)")
            .requiredOption(
                "--from <reference>",
                "what was built and pushed, as REPOSITORY@sha256:…, at any registry; best where one of its places is",
            )
            .option("-t, --tag <tag>", "a tag to move to it at every place, last; again for more", collect)
            .option(
                "--tags-from-env <name>",
                "an environment variable with tags, or references with tags, by lines, blanks or commas: metadata-action's output",
            )
            .option("-n, --dry-run", "say what would be carried and moved, and write nothing");
    },

    async run(run, [name = ""], options) {
        const started = performance.now();
        const from = parseOrigin(String(options.from));
        const catalog = withOrigin(openCatalog(options, [name]), from);
        refusePromoted(catalog);
        const origin = originOf(catalog, from);
        const tags = tagsFor(catalog, name, origin, options);
        const hold = new Hold(run.signal);
        const session = sessionOf(catalog, options, [name], hold.signal);
        try {
            const dryRun = options.dryRun === true;
            const result = await publishOne(session, { image: name, origin, tags, hold, dryRun }, run);
            const recorded = dryRun ? 0 : recordPublished(catalog, result);
            const exitCode = exitCodeFor(result, dryRun, run.signal);
            const { interrupted: _, freight: storage, ...published } = result;
            const document: PublishDocument = {
                ...documentHead("publish", exitCode),
                ...environmentPart(catalog),
                dryRun,
                ...published,
                tags,
                recorded,
                storage,
                requests: requestsOf(session),
                at: new Date().toISOString(),
            };
            run.output.document(document);
            printPublished(document, run.output, performance.now() - started);
            if (result.interrupted) {
                const end =
                    result.failures.length === 0 ? "they show what they showed before" : "not all could be put back";
                process.stderr.write(`transship: stopped while tags moved; ${end}.\n`);
            }
            return exitCode;
        } finally {
            await session.registries.close();
        }
    },
};

interface Wish {
    readonly image: string;
    readonly origin: PublishOrigin;
    readonly tags: readonly string[];
    readonly hold: Hold;
    readonly dryRun: boolean;
}

async function publishOne(session: Session, wish: Wish, { output }: Run): Promise<PublishResult> {
    const { catalog, circumstances, registries } = session;
    const progress = startProgress("carrying", output);
    try {
        return await publishImage(catalog, registries, {
            ...wish,
            known: (tag) => ({
                all: circumstances.known(wish.image, tag),
                now: lockEntry(catalog.lock, wish.image, tag)?.digest,
            }),
            onCarried: (done, total) => progress.update(done, total),
        });
    } finally {
        progress.stop();
    }
}

function collect(tag: string, before: readonly string[] = []): string[] {
    return [...before, tag];
}

/** What an environment takes over from another one is never published there: nobody has tested it. */
function refusePromoted({ environment, promoteFrom, upstream }: Catalog): void {
    if (promoteFrom !== undefined && upstream === "locked") {
        throw new UsageError(
            `The environment "${environment}" takes what "${promoteFrom}" has proven: publish with -e ${promoteFrom}, ` +
                `and promote it with "transship lock -e ${environment}".`,
        );
    }
}

function tagsFor(
    catalog: Catalog,
    name: string,
    origin: PublishOrigin,
    options: Readonly<Record<string, unknown>>,
): string[] {
    const places = publishPlaces(catalog, findImage(catalog, name), []).map((one) => `${one.host}/${one.repository}`);
    const host = catalog.registries[origin.registry]?.host ?? origin.registry;
    const texts = [...((options.tag as string[] | undefined) ?? []), ...tagsFromEnvironment(options.tagsFromEnv)];
    return readPublishedTags(texts, name, [...new Set([...places, `${host}/${origin.repository}`])]);
}

function tagsFromEnvironment(variable: unknown): string[] {
    if (variable === undefined) {
        return [];
    }
    const tags = splitTags(process.env[String(variable)] ?? "");
    if (tags.length === 0) {
        throw new UsageError(
            `The environment variable ${String(variable)} of --tags-from-env names no tag: set it, or leave the option ` +
                "out to publish by digest only.",
        );
    }
    return tags;
}

/** A dry run ends as the run would, but for what would be done: that is no failure. */
function exitCodeFor({ failures, interrupted }: PublishResult, dryRun: boolean, signal: AbortSignal): ExitCode {
    if (interrupted && !dryRun) {
        return signal.reason instanceof InterruptedError ? signal.reason.exitCode : EXIT.unknown;
    }
    if (failures.length === 0) {
        return EXIT.consistent;
    }
    return failures.every(({ unasked }) => unasked === true) ? EXIT.unknown : EXIT.drift;
}
