import { createHash } from "node:crypto";
import type { CopyDocument } from "../document";
import { matrixOf } from "../matrix-rows";
import { OUTCOMES } from "../outcomes";
import type { ShownDocument } from "../shown-document";
import { clientScript } from "./client-script";
import { html, type Markup, verbatim } from "./markup";
import { embeddable, pageData } from "./matrix-data";
import { matrixTable } from "./matrix-table";
import { overview } from "./overview";
import { name } from "./parts";
import { findings, problems } from "./problems";
import { pullBudget, registryTable } from "./registries";
import { STYLES } from "./styles";
import { timelines } from "./timelines";

/**
 * One page that shows a look: a file of its own, which asks nothing of any network, and whose policy lets nothing in it
 * do so. Whatever names and reasons hold, they are text. Without its script it is a document to be read, with it the
 * matrix is filtered and sorted.
 */
export function renderPage(document: ShownDocument): string {
    const matrix = matrixOf<CopyDocument>(document.copies);
    const script = clientScript();
    const sections = [
        ["exceptions", "Exceptions", problems(document)],
        ["findings", "Findings", findings(document)],
        ["matrix", "Matrix", matrixTable(document, matrix)],
        ["timelines", "Digests over time", timelines(document)],
        ["pulls", "Pull budget", pullBudget(document)],
        ["registries", "Registries", registryTable(document)],
    ] as const;
    const shown = sections.flatMap(([id, title, content]) => (content === undefined ? [] : [{ id, title, content }]));
    return html`<!doctype html>
<html lang="en">
${head(document, script)}
<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
<div class="top"><nav aria-label="Sections"><ul>${shown.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav><button type="button" id="theme" hidden>Dark mode</button></div>
<main>
${overview(document)}
${shown.map(({ content }) => content)}
</main>
<footer><p>Catalogue <code>${document.catalog}</code>, environment ${name(document.environment)}. A copy is consistent where its registry shows the wanted digest; what could not be asked is never counted as either.</p></footer>
<p id="said" class="vh" role="status"></p>
<script type="application/json" id="data">${verbatim(embeddable(pageData(document, matrix)))}</script>
<script>${verbatim(script)}</script>
</body>
</html>
`.text;
}

function head({ environment, outcome }: ShownDocument, script: string): Markup {
    const policy = [
        "default-src 'none'",
        `style-src ${hashOf(STYLES)}`,
        `script-src ${hashOf(script)}`,
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ];
    return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${OUTCOMES[outcome].sign} ${environment}: ${outcome} · Transship</title>
<link rel="icon" href="data:,">
<style>${verbatim(STYLES)}</style>
</head>`;
}

/** What the policy lets run, and nothing else. https://www.w3.org/TR/CSP3/#grammardef-hash-source */
function hashOf(text: string): string {
    return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
