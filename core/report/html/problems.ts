import type { Finding } from "../../mirror";
import type { CopyDocument } from "../document";
import { groupBy } from "../group-by";
import { isAsIntended } from "../matrix-rows";
import { count } from "../paint";
import type { SelectionDocument } from "../selection";
import type { ShownDocument } from "../shown-document";
import { lookOf, VERDICTS } from "../verdicts";
import { describeWaived } from "../waived";
import { html, type Markup } from "./markup";
import { linked, name, rowLink, sign } from "./parts";

/** More than these are read in the matrix. */
const AT_MOST = 200;

/** Every copy that is not as it was asked to be, worst first, with whole digests; one line for all that fail alike. */
export function problems({ copies, selections }: ShownDocument): Markup | undefined {
    const known = copies
        .filter((copy) => copy.verdict !== "unknown" && !isAsIntended(copy))
        .sort((a, b) => lookOf(a).rank - lookOf(b).rank);
    const unknown = [
        ...groupBy(
            copies.filter(({ verdict }) => verdict === "unknown"),
            ({ registry, code, reason }) => `${registry}\n${code ?? reason}`,
        ).values(),
    ];
    const items = [
        ...selections.flatMap(selectionItems),
        ...known.slice(0, AT_MOST).map(copyItem),
        ...unknown.slice(0, AT_MOST).map(unknownItem),
    ];
    const rest = Math.max(0, known.length - AT_MOST);
    return items.length === 0
        ? undefined
        : html`<section id="exceptions" aria-labelledby="exceptions-title">
<h2 id="exceptions-title">Exceptions</h2>
<ul class="cards">${items}</ul>${rest > 0 && html`<p>${count(rest, "more copy", "more copies")}: in the matrix.</p>`}
</section>`;
}

function copyItem(copy: CopyDocument): Markup {
    const look = VERDICTS[copy.verdict];
    return html`<li class="${lookOf(copy).colour}"><p class="what">${sign(look)} ${rowLink(copy.image, copy.tag)}${
        copy.reference !== copy.tag && html` as ${name(copy.reference)}`
    } at <strong>${name(copy.registry)}</strong> <span class="pill">${look.word}</span>${waivedPill(copy)}</p>
<p>${linked(copy.reason)}${copy.action === "refuse" && html`; left alone unless <code>onForeignDigest</code> is <code>overwrite</code>`}${waivedText(copy)}</p>
${digests(copy)}</li>`;
}

function digests({ status, digest, subset, wanted }: CopyDocument): Markup | undefined {
    const want = subset ?? wanted;
    if (want === undefined && digest === undefined) {
        return undefined;
    }
    const have = digest ?? (status === "missing" ? "nothing" : "not known");
    return html`<dl class="digests"><div><dt>has</dt><dd><code>${have}</code></dd></div>${
        want !== undefined && html`<div><dt>wants</dt><dd><code>${want}</code></dd></div>`
    }</dl>`;
}

/** A registry that is down fails for all of its copies alike. */
function unknownItem(group: readonly CopyDocument[]): Markup {
    const [first, ...more] = group as [CopyDocument, ...CopyDocument[]];
    return html`<li class="${VERDICTS.unknown.colour}"><p class="what">${sign(VERDICTS.unknown)} ${rowLink(first.image, first.tag)}${
        more.length > 0 && html` and ${count(more.length, "more copy", "more copies")}`
    } at <strong>${name(first.registry)}</strong> <span class="pill">${VERDICTS.unknown.word}</span>${
        first.code !== undefined && html` <code>${first.code}</code>`
    }</p><p>${linked(first.reason)}</p></li>`;
}

function selectionItems({ image, problems: found }: SelectionDocument): Markup[] {
    return found.map(({ status, message }) => {
        const look = { empty: VERDICTS.missing, unknown: VERDICTS.unknown, waiting: VERDICTS.waiting }[status];
        return html`<li class="${look.colour}"><p class="what">${sign(look)} ${name(image)} <span class="pill">tags not decided</span></p><p>${linked(message)}</p></li>`;
    });
}

const SEVERITIES = {
    drift: { rank: 0, colour: "red", sign: "✗", word: "wrong" },
    unknown: { rank: 1, colour: "yellow", sign: "?", word: "could not be asked" },
    warning: { rank: 2, colour: "yellow", sign: "!", word: "to be known" },
} as const;

/** What equal digests do not tell, worst first. */
export function findings({ findings: found, copies }: ShownDocument): Markup | undefined {
    if (found.length === 0) {
        return undefined;
    }
    const tags = new Set(copies.map(({ image, tag }) => `${image}\n${tag}`));
    const sorted = [...found].sort((a, b) => SEVERITIES[a.severity].rank - SEVERITIES[b.severity].rank);
    const rest = Math.max(0, sorted.length - AT_MOST);
    return html`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
<ul class="cards">${sorted.slice(0, AT_MOST).map((one) => findingItem(one, tags.has(`${one.image}\n${one.tag}`)))}</ul>${
        rest > 0 && html`<p>${count(rest, "more finding")}: in the JSON document.</p>`
    }
</section>`;
}

function findingItem(finding: Finding, hasRow: boolean): Markup {
    const { code, severity, image, tag, registry, message } = finding;
    const look = SEVERITIES[severity];
    const what = hasRow ? html` ${rowLink(image, tag)}` : undefined;
    return html`<li class="${look.colour}"><p class="what">${sign(look)}${what}${
        registry !== undefined && html` at <strong>${name(registry)}</strong>`
    } <code>${code}</code>${waivedPill(finding)}</p><p>${linked(message)}${waivedText(finding)}</p></li>`;
}

function waivedPill({ waived }: Pick<Finding, "waived">): Markup | undefined {
    return waived && html` <span class="pill yellow">waived</span>`;
}

function waivedText({ waived }: Pick<Finding, "waived">): Markup | undefined {
    return waived && html` <em>(${linked(describeWaived(waived))})</em>`;
}
