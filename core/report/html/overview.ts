import { OUTCOMES } from "../outcomes";
import { count } from "../paint";
import type { ShownDocument } from "../shown-document";
import { VERDICT_ORDER, VERDICTS } from "../verdicts";
import { html, type Markup } from "./markup";
import { name, time } from "./parts";

/** The environment of a catalogue that names none. */
const UNNAMED = "default";

/** The head of the page: where, when, the outcome in one line, and how many of what. */
export function overview(document: ShownDocument): Markup {
    const { sign, colour } = OUTCOMES[document.outcome];
    const waived =
        document.copies.filter((copy) => copy.waived !== undefined).length +
        document.findings.filter((finding) => finding.waived !== undefined).length;
    return html`<header>
<p class="brand">Transship<span> · the same image everywhere, proven by digest</span></p>
<h1>Image copies${document.environment !== UNNAMED && html` in ${name(document.environment)}`}</h1>
<p class="outcome ${colour}"><b aria-hidden="true">${sign}</b> <span>${headline(document)}</span></p>
<p class="when">${document.outcome === "consistent" ? "Proven" : "Last look"} ${time(document.at)}${upstreamOf(document)}</p>
${tiles(document)}
<ul class="verdicts" aria-label="Copies by verdict">${VERDICT_ORDER.map((verdict) => {
        const copies = document.summary.verdicts[verdict] ?? 0;
        const look = VERDICTS[verdict];
        return (
            copies > 0 &&
            html`<li class="${look.colour}"><b aria-hidden="true">${look.sign}</b> ${figure(copies)} ${look.word}</li>`
        );
    })}${waived > 0 && html`<li class="yellow"><b aria-hidden="true">~</b> ${figure(waived)} waived</li>`}</ul>
</header>`;
}

/** The outcome in one sentence, with the figure that it is about. */
function headline({ outcome, copies, findings }: ShownDocument): string {
    const all = count(copies.length, "copy", "copies").replace(/^\d+/, figure(copies.length));
    const counts = (severity: "drift" | "unknown"): number =>
        findings.filter((one) => one.severity === severity && one.waived === undefined).length;
    if (outcome === "consistent") {
        return copies.length === 1
            ? "The one copy is the image that it should be"
            : `All ${all} are the images that they should be`;
    }
    const isDrift = outcome === "drift";
    const some = copies.filter(({ verdict, waived }) =>
        isDrift ? VERDICTS[verdict].isWrong && waived === undefined : verdict === "unknown",
    ).length;
    const parts = [
        some > 0 &&
            `${figure(some)} of ${all} ${some === 1 ? "is" : "are"} ${isDrift ? "wrong or missing" : "not known"}`,
        counts(outcome) > 0 && count(counts(outcome), "finding"),
    ].filter((part) => part !== false);
    return `${isDrift ? "Drift" : "Not proven"}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

function upstreamOf({ upstream }: ShownDocument): string {
    return upstream === "locked" ? ", against the lock" : ", against what the sources show";
}

function tiles({ summary, requests }: ShownDocument): Markup {
    const total = Object.values(requests).reduce((sum, number) => sum + number, 0);
    const figures = [
        [summary.images, count(summary.images, "image")],
        [summary.tags, count(summary.tags, "tag")],
        [summary.copies, count(summary.copies, "copy", "copies")],
        [total, count(total, "request")],
    ] as const;
    return html`<dl class="tiles">${figures.map(
        ([number, words]) => html`<div><dt>${words.slice(words.indexOf(" ") + 1)}</dt><dd>${figure(number)}</dd></div>`,
    )}</dl>`;
}

function figure(number: number): string {
    return number.toLocaleString("en");
}
