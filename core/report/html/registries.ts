import type { RegistryDocument } from "../document";
import { count } from "../paint";
import { type PullsDocument, renderPullStatus } from "../pulls";
import type { ShownDocument } from "../shown-document";
import { html, type Markup } from "./markup";
import { duration, name } from "./parts";

/** How the accounts stand whose pulls are counted. */
export function pullBudget({ pulls }: ShownDocument): Markup {
    return html`<section id="pulls" aria-labelledby="pulls-title">
<h2 id="pulls-title">Pull budget</h2>
${pulls.length === 0 ? html`<p>No registry told of a pull limit.</p>` : html`<ul class="cards">${pulls.map(account)}</ul>`}
</section>`;
}

function account(pulls: PullsDocument): Markup {
    const { host, remaining, limit, keeps, windowSeconds, registries, spent, deferred } = pulls;
    const colour = remaining <= keeps ? "red" : remaining < limit / 4 ? "yellow" : "green";
    const words = [
        windowSeconds > 0 && `Counted over ${duration(windowSeconds)}.`,
        registries.length > 1 && `One account for ${registries.join(", ")}.`,
        spent !== undefined && `This run spent ${spent}.`,
        deferred !== undefined && deferred > 0 && `${count(deferred, "tag waits", "tags wait")} for more.`,
    ];
    return html`<li class="${colour}"><p class="what">${renderPullStatus(pulls)}</p>
${bar([{ from: 0, to: remaining / Math.max(limit, 1), colour }], keeps / Math.max(limit, 1), `${host}: ${remaining} of ${limit} pulls are left`)}
<p>${words.filter((word) => word !== false).join(" ")}</p></li>`;
}

/** How each registry answered: whether, how often it was asked, and how fast it was. */
export function registryTable({ registries }: ShownDocument): Markup | undefined {
    if (registries.length === 0) {
        return undefined;
    }
    const slowest = Math.max(1, ...registries.map(({ latency }) => latency?.p95 ?? 0));
    return html`<section id="registries" aria-labelledby="registries-title">
<h2 id="registries-title">Registries</h2>
<div class="frame" role="region" aria-labelledby="registries-title" tabindex="0"><table class="figures"><thead><tr><th scope="col">Registry</th><th scope="col">Answered</th><th scope="col">Requests</th><th scope="col">Median</th><th scope="col">95 %</th><th scope="col">Slowest</th><th scope="col">Latency</th></tr></thead>
<tbody>${registries.map((registry) => registryRow(registry, slowest))}</tbody></table></div>
<p class="note">Latency is from a request to the head of its answer, in milliseconds.</p>
</section>`;
}

function registryRow({ name: key, host, kind, up, requests, latency }: RegistryDocument, slowest: number): Markup {
    const answered =
        up === undefined
            ? html`<span role="img" aria-label="not asked">–</span>`
            : up
              ? html`<span class="green"><b aria-hidden="true">✓</b> yes</span>`
              : html`<span class="red"><b aria-hidden="true">✗</b> no</span>`;
    const { median, p95, max } = latency ?? {};
    return html`<tr><th scope="row">${name(key)} <small>${name(host)}, ${kind}</small></th><td>${answered}</td><td>${requests}</td><td>${milliseconds(median)}</td><td>${milliseconds(p95)}</td><td>${milliseconds(max)}</td><td>${
        median !== undefined && p95 !== undefined
            ? bar(
                  [
                      { from: 0, to: p95 / slowest, colour: "pale" },
                      { from: 0, to: median / slowest, colour: "accent" },
                  ],
                  undefined,
                  `median ${milliseconds(median)}, 95 % within ${milliseconds(p95)} milliseconds`,
              )
            : "–"
    }</td></tr>`;
}

function milliseconds(value: number | undefined): string {
    return value === undefined ? "–" : value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

interface Span {
    /** Parts of the whole, 0 to 1. */
    readonly from: number;
    readonly to: number;
    readonly colour: string;
}

/** Drawn, since a style attribute would need a weaker policy of the page. */
function bar(spans: readonly Span[], mark: number | undefined, label: string): Markup {
    const x = (part: number): string => (Math.min(1, Math.max(0, part)) * 100).toFixed(2);
    return html`<svg class="bar" role="img" aria-label="${label}" viewBox="0 0 100 4" preserveAspectRatio="none"><rect class="track" width="100" height="4"/>${spans.map(
        ({ from, to, colour }) => html`<rect class="${colour}" x="${x(from)}" width="${x(to - from)}" height="4"/>`,
    )}${mark !== undefined && mark > 0 && html`<rect class="mark" x="${x(mark)}" width="0.5" height="4"/>`}</svg>`;
}
