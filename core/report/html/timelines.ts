import type { TimelineDocument } from "../document";
import { count } from "../paint";
import type { ShownDocument } from "../shown-document";
import { html, type Markup } from "./markup";
import { rowLink, shortDigest, tagName, time } from "./parts";

/** More are shown with their rows in the matrix, when these are opened. */
const AT_MOST = 50;

/** The digests of each tag that had more than one, the tag that moved last first. */
export function timelines({ timelines: all, copies }: ShownDocument): Markup | undefined {
    if (all.length === 0) {
        return undefined;
    }
    const tags = new Set(copies.map(({ image, tag }) => `${image}\n${tag}`));
    const moved = all
        .filter(({ history }) => history.length > 0)
        .sort((a, b) => (b.since ?? "").localeCompare(a.since ?? ""));
    const still = all.length - moved.length;
    const rest = moved.length - AT_MOST;
    return html`<section id="timelines" aria-labelledby="timelines-title">
<h2 id="timelines-title">Digests over time</h2>
${
    moved.length > 0 &&
    html`<dl class="timelines">${moved.slice(0, AT_MOST).map((one) => timeline(one, tags.has(`${one.image}\n${one.tag}`)))}</dl>`
}
<p>${rest > 0 && html`${count(rest, "more tag")} moved: open a row of the matrix. `}${
        still > 0 && html`${count(still, "tag has", "tags have")} had one digest only.`
    }</p>
</section>`;
}

function timeline({ image, tag, digest, since, history }: TimelineDocument, hasRow: boolean): Markup {
    return html`<div><dt>${hasRow ? rowLink(image, tag) : tagName(image, tag)}</dt><dd><ol class="timeline"><li><code title="${digest}">${shortDigest(digest)}</code><small>${
        since === undefined ? "not proven yet" : html`since ${time(since)}`
    }</small></li>${history.map(
        (before) => html`<li><code title="${before}">${shortDigest(before)}</code><small>before</small></li>`,
    )}</ol></dd></div>`;
}
