import type { Waived } from "../../mirror";
import { count } from "../paint";
import { VERDICTS } from "../verdicts";
import { describeWaived } from "../waived";
import type { MirrorImageDocument, MirrorTagDocument, PlaceDocument } from "./mirrors-document";
import { markdownCode, markdownTable, markdownText } from "./text";

/** One image: what it is for, a row for each place with the command that pulls it, and all of it pinned. */
export function renderMirrorImage(image: MirrorImageDocument): string {
    const rows = image.tags.flatMap(({ tag, places }) =>
        places.map((place, index) => [
            index === 0 ? markdownCode(tag) : "",
            `${markdownText(place.registry)}${place.role === "source" ? " (source)" : ""}`,
            markdownCode(`docker pull ${place.reference}`),
            verdictOf(place),
        ]),
    );
    const header = ["Tag", "From", "Pull", "Is"];
    return [
        `### ${markdownText(image.name)}`,
        "",
        sentenceOf(image),
        "",
        markdownTable(header, rows),
        "",
        ...image.tags.map((tag) => `- ${digestLine(tag)}`),
        ...pinnedOf(image),
    ].join("\n");
}

/** One row for each tag, for a page that would be too long otherwise. */
export function renderMirrorTable(images: readonly MirrorImageDocument[]): string[] {
    return images.flatMap(({ name, critical, tags }) =>
        tags.map(({ tag, digest, places }) =>
            [
                "",
                `${markdownText(name)}${critical ? " (critical)" : ""}`,
                markdownCode(tag),
                digest === undefined ? "" : markdownCode(short(digest)),
                places.map((place) => `${VERDICTS[place.verdict].sign} ${markdownCode(place.reference)}`).join("<br>"),
                "",
            ]
                .join(" | ")
                .trim(),
        ),
    );
}

export const MIRROR_TABLE_HEAD = ["| Image | Tag | Digest | Where |", "| --- | --- | --- | --- |"];

/** `✗ different: it is sha256:…, the source has another digest`; a place that is as it should be says so in a word. */
function verdictOf(place: PlaceDocument): string {
    const { sign, word } = VERDICTS[place.verdict];
    const parts = [
        ...(place.verdict === "consistent" ? [] : [markdownText(place.reason)]),
        ...(place.platforms === undefined ? [] : [`has ${place.platforms.map(markdownCode).join(", ")}`]),
        ...(place.missing === undefined ? [] : [`lacks ${place.missing.map(markdownCode).join(", ")}`]),
        ...(place.waived === undefined ? [] : [waivedOf(place.waived)]),
    ];
    const rest = parts.length === 0 ? "" : `: ${parts.join("; ")}`;
    return `${sign} ${markdownText(word)}${rest}`;
}

export function waivedOf(waived: Waived): string {
    return markdownText(describeWaived(waived));
}

/** What the policy means to somebody who wants to pull. */
function sentenceOf({ policy, phase, critical, purpose, tags }: MirrorImageDocument): string {
    const places = Math.max(...tags.map((tag) => tag.places.length), 0);
    const sentence = {
        keep: "Stays at its source, which is watched.",
        migrate:
            phase === "cut-over"
                ? "Has moved: pull it from here, its source is no longer kept up."
                : "Is moving to the targets; until then they are kept equal to the source.",
        dual: `Published in step at ${count(places, "place")}: each of them will do where it says ✓.`,
        mirror: "Somebody else's image; the targets are copies that spare the source's pull limit.",
    }[policy];
    const marks = [critical ? "**Critical.**" : "", purpose === undefined ? "" : `For ${markdownText(purpose)}.`];
    return [...marks, sentence].filter((part) => part !== "").join(" ");
}

function digestLine({ tag, digest, since }: MirrorTagDocument): string {
    const name = markdownCode(tag);
    if (digest === undefined) {
        return `${name}: its digest is not known`;
    }
    const proven = since === undefined ? "" : `, first proven ${markdownText(since.slice(0, 10))}`;
    return `${name} is ${markdownCode(digest)}${proven}`;
}

/** A block has a button that copies it; nobody has to see its length who does not want it. */
function pinnedOf({ tags }: MirrorImageDocument): string[] {
    const pinned = tags.flatMap(({ places }) => places.flatMap((place) => place.pinned ?? []));
    return pinned.length === 0
        ? []
        : [
              "",
              "<details><summary>Pinned by digest</summary>",
              "",
              "```text",
              ...pinned.map(plain),
              "```",
              "",
              "</details>",
          ];
}

/** References have a grammar; what comes from a file that somebody wrote may not keep it. */
function plain(text: string): string {
    return text.replace(/[^\w.:/@[\]-]/g, "?");
}

export function short(digest: string): string {
    return digest.slice(0, digest.indexOf(":") + 13);
}
