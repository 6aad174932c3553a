import { count } from "../paint";
import type { Outcome } from "../summary";
import { VERDICTS } from "../verdicts";
import {
    isWell,
    type MirrorImageDocument,
    type MirrorsPart,
    type MirrorTagDocument,
    type PlaceDocument,
} from "./mirrors-document";
import { MIRROR_TABLE_HEAD, renderMirrorImage, renderMirrorTable, waivedOf } from "./mirrors-images";
import { renderMirrorRegistries } from "./mirrors-registries";
import { markdownCode, markdownTable, markdownText } from "./text";

export interface MirrorsOptions {
    /**
     * How exactly the page says when it was proven. It is the one line that changes where no fact does: `none` leaves it
     * out, and then unchanged facts give an unchanged page. @default "day"
     */
    readonly time?: "minute" | "day" | "none";
    /** Bytes that the page may have. @default 500000: GitHub cuts a page off at 512,000 (isaacs/github#1610) */
    readonly limit?: number;
}

const LIMIT = 500_000;

/**
 * MIRRORS.md, or the part of it that is not written by hand: what differs, the registries, every image. A page that
 * would be too long has one row for each tag instead of a section for each image; one that is too long even so is cut,
 * and says how many tags are left out. What differs is on every one of them. Pure.
 */
export function renderMirrors(part: MirrorsPart, options: MirrorsOptions = {}): string {
    const limit = options.limit ?? LIMIT;
    const head = renderHead(part, options);
    const whole = [head, ...sectionsOf(part.images)].join("\n\n");
    if (Buffer.byteLength(whole) <= limit) {
        return `${whole}\n`;
    }
    return `${renderShort(part, head, limit)}\n`;
}

function renderHead(part: MirrorsPart, { time = "day" }: MirrorsOptions): string {
    const places = part.images.flatMap(({ tags }) => tags.flatMap((tag) => tag.places));
    const wrong = places.filter(({ verdict, waived }) => VERDICTS[verdict].isWrong && waived === undefined).length;
    const unknown = places.filter(({ verdict }) => verdict === "unknown").length;
    const waived = places.filter((place) => place.waived !== undefined).length;
    const tags = part.images.reduce((sum, image) => sum + image.tags.length, 0);
    const sizes = [
        count(part.images.length, "image"),
        count(tags, "tag"),
        `${count(places.length, "place")} to pull from`,
    ].join(", ");
    const told = [
        wrong === 0 ? "" : `✗ ${count(wrong, "copy is", "copies are")} not as ${wrong === 1 ? "it" : "they"} should be`,
        unknown === 0 ? "" : `? ${unknown} could not be asked`,
        waived === 0 ? "" : `~ ${count(waived, "difference")} waived for a while`,
    ].filter((text) => text !== "");
    const state = told.length === 0 ? OUTCOMES[part.outcome] : told.join("; ");
    const proof = time === "none" ? [] : ["", `Last proof: ${momentOf(part.at, time)}.`];
    return [
        `Environment ${markdownCode(part.environment)}: ${sizes}. ${state}.`,
        ...proof,
        "",
        renderDifferences(part) + renderMirrorRegistries(part),
    ].join("\n");
}

/** Where every copy is as it should be, and something else decides. */
const OUTCOMES: Readonly<Record<Outcome, string>> = {
    consistent: "✓ Every copy is as it should be",
    drift: "✗ Not everything is as it should be",
    unknown: "? Not everything could be looked at",
};

function momentOf(at: string, time: "minute" | "day"): string {
    const text = new Date(at).toISOString();
    return time === "day" ? `${text.slice(0, 10)} (UTC)` : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** Worst first, with both digests; empty where every copy is as it should be. */
function renderDifferences({ images, findings, selections }: MirrorsPart): string {
    const rows = images
        .flatMap((image) => image.tags.flatMap((tag) => tag.places.map((place) => ({ image, tag, place }))))
        .filter(({ place }) => !isWell(place))
        .sort((a, b) => VERDICTS[a.place.verdict].rank - VERDICTS[b.place.verdict].rank)
        .map(({ image, tag, place }) => differenceRow(image, tag, place));
    const header = ["Image", "Where", "Is", "Why", "Has", "Should have"];
    const lines = findings.map(({ severity, message, waived }) => {
        const known = waived === undefined ? "" : ` (${waivedOf(waived)})`;
        return `- **${severity}**: ${markdownText(message)}${known}`;
    });
    const problems = selections.flatMap((one) => one.problems.map(({ message }) => `- ${markdownText(message)}`));
    const parts = [markdownTable(header, rows), [...lines, ...problems].join("\n")].filter((text) => text !== "");
    return parts.length === 0 ? "" : `${["## Differences", "", parts.join("\n\n")].join("\n")}\n\n`;
}

function differenceRow(image: MirrorImageDocument, { tag, digest }: MirrorTagDocument, place: PlaceDocument): string[] {
    const { sign, word } = VERDICTS[place.verdict];
    const known = place.waived === undefined ? "" : ` (${waivedOf(place.waived)})`;
    return [
        `${markdownCode(`${image.name}:${tag}`)}${image.critical ? " (critical)" : ""}`,
        markdownCode(place.reference),
        `${sign} ${markdownText(word)}`,
        `${markdownText(place.reason)}${known}`,
        place.digest === undefined ? "-" : markdownCode(place.digest),
        digest === undefined ? "-" : markdownCode(digest),
    ];
}

function sectionsOf(images: readonly MirrorImageDocument[]): string[] {
    const critical = images.filter((image) => image.critical);
    const others = images.filter((image) => !image.critical);
    return [
        ...(critical.length === 0 ? [] : ["## Critical images", ...critical.map(renderMirrorImage)]),
        ...(others.length === 0 ? [] : [critical.length === 0 ? "## Images" : "## Other images"]),
        ...others.map(renderMirrorImage),
    ];
}

function renderShort({ images }: MirrorsPart, head: string, limit: number): string {
    const note =
        "This list is in its short form, a row for each tag, since GitHub shows no more than 512,000 bytes of a page; " +
        "`transship sources --json` has it all, `transship sources IMAGE` a page for some images.";
    const lines = [head, "", "## Images", "", note, "", ...MIRROR_TABLE_HEAD];
    const rows = renderMirrorTable(images);
    // What the last line takes, with room for its number.
    let left = limit - Buffer.byteLength(lines.join("\n")) - 120;
    const fitting: string[] = [];
    for (const row of rows) {
        left -= Buffer.byteLength(row) + 1;
        if (left < 0) {
            break;
        }
        fitting.push(row);
    }
    const missing = rows.length - fitting.length;
    const rest =
        missing === 0 ? [] : ["", `**${count(missing, "further tag is", "further tags are")} left out here.**`];
    return [...lines, ...fitting, ...rest].join("\n");
}
