import { createHash } from "node:crypto";
import { type CopyDocument, type JudgementDocument, VERDICTS } from "../report";
import { markdownCode, markdownText } from "../report/markdown-pages";

/** What a look found, as its document tells. */
export interface DriftDocument extends JudgementDocument {
    readonly environment: string;
    /** When the look ended, ISO 8601. */
    readonly at: string;
}

/** One thing that is proven wrong, as a row of a table: cells of Markdown. */
export interface DriftRow {
    /** Eight hex digits which tell it from others, also from itself with another digest. */
    readonly key: string;
    readonly cells: readonly string[];
}

export const DRIFT_HEADER = ["Image", "Registry", "What is wrong", "Has", "Should have"] as const;

/** Everything that counts as drift; what is waived does not. In the document's order: the same look, the same rows. */
export function driftRows({ copies, findings, selections }: DriftDocument): DriftRow[] {
    return [
        ...copies.filter(isDrift).map(copyRow),
        ...findings
            .filter(({ severity, waived }) => severity === "drift" && waived === undefined)
            .map(({ code, image, tag, registry, message }) =>
                row([code, image, tag, registry], [named(image, tag), place(registry), markdownText(message), "", ""]),
            ),
        ...selections.flatMap(({ image, problems }) =>
            problems
                .filter(({ status }) => status === "empty")
                .map(({ code, registry, message }) =>
                    row([code, image, registry], [markdownCode(image), place(registry), markdownText(message), "", ""]),
                ),
        ),
    ];
}

/** What could not be asked, a clause for each registry. */
export function unknownLines({ copies }: DriftDocument): string[] {
    const counts = new Map<string, number>();
    for (const { registry, verdict } of copies) {
        if (verdict === "unknown") {
            counts.set(registry, (counts.get(registry) ?? 0) + 1);
        }
    }
    return [...counts].map(([registry, count]) => `${count} at ${markdownCode(registry)}`);
}

function isDrift({ verdict, waived }: CopyDocument): boolean {
    return VERDICTS[verdict].isWrong && waived === undefined;
}

function copyRow(copy: CopyDocument): DriftRow {
    const { image, reference, registry, reason, repository, tag, verdict } = copy;
    const { sign, word } = VERDICTS[verdict];
    const wanted = copy.subset ?? copy.wanted;
    const renamed = reference === tag ? "" : ` as ${markdownCode(reference)}`;
    return row(
        [image, tag, registry, repository, reference, verdict, copy.digest, wanted],
        [
            `${named(image, tag)}${renamed}`,
            place(registry),
            `${markdownText(`${sign} ${word}`)}: ${markdownText(reason)}`,
            copy.digest === undefined ? "nothing" : short(copy.digest),
            wanted === undefined ? "" : short(wanted),
        ],
    );
}

function row(identity: readonly (string | undefined)[], cells: readonly string[]): DriftRow {
    return { key: shortHash(JSON.stringify(identity)).slice(0, 8), cells };
}

function named(image: string, tag: string): string {
    return markdownCode(`${image}:${tag}`);
}

function place(registry: string | undefined): string {
    return registry === undefined ? "" : markdownCode(registry);
}

/** Long enough to tell digests apart; the run's document has all of it. */
function short(digest: string): string {
    return markdownCode(digest.replace(/^(\w+:[0-9a-f]{12})[0-9a-f]+$/, "$1"));
}

/** 16 hex digits. */
export function shortHash(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
