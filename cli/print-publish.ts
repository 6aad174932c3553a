import type { PlaceResult, TagResult } from "../core/publish";
import { count, painter } from "../core/report";
import type { PublishDocument } from "./documents";
import type { Output } from "./output";

/** What was published where, tag by tag, what was not, and one line that sums it up. */
export function printPublished(document: PublishDocument, output: Output, milliseconds: number): void {
    // A document has it all.
    if (output.json) {
        return;
    }
    const paint = painter(output.text);
    for (const place of document.places) {
        const { sign, words } = describePlace(place, document);
        output.detail(
            `${sign === "→" ? paint("green", sign) : paint("dim", sign)} ${document.image}@${place.registry}: ${words}`,
        );
        for (const tag of place.tags) {
            output.detail(`  ${describeTag(tag, document.dryRun)}`);
        }
    }
    for (const { message } of document.warnings) {
        output.line(`${paint("yellow", "!")} ${message}`);
    }
    for (const { message, unasked } of document.failures) {
        output.line(`${unasked ? paint("yellow", "?") : paint("red", "✗")} ${message}`);
    }
    const requests = Object.values(document.requests).reduce((sum, number) => sum + number, 0);
    const cost = `${count(requests, "request")} in ${(milliseconds / 1000).toFixed(1)} s`;
    output.detail(`\n${summaryOf(document)}; ${cost}`);
}

function describePlace(
    { digest, referrers = 0 }: PlaceResult,
    { dryRun, digest: published }: PublishDocument,
): { readonly sign: string; readonly words: string } {
    const more = referrers > 0 ? ` with ${count(referrers, "referrer")}` : "";
    switch (digest) {
        case "origin":
            return { sign: "✓", words: `has ${published}, which was built there` };
        case "present":
            return referrers > 0
                ? { sign: "→", words: `has ${published}; carried ${count(referrers, "referrer")}` }
                : { sign: "✓", words: `has ${published}` };
        case "carried":
            return { sign: "→", words: `carried ${published}${more}` };
        case "missing":
            return { sign: "…", words: dryRun ? `would carry ${published}` : `does not have ${published}` };
        case "unknown":
            return { sign: "?", words: "could not be asked" };
    }
}

function describeTag({ reference, status, before, kept, shows }: TagResult, dryRun: boolean): string {
    const held = kept === undefined ? "" : `, kept as ${kept}`;
    const then = before === undefined ? "new" : `was ${before}${held}`;
    switch (status) {
        case "unchanged":
            return `✓ ${reference}: shows it already`;
        case "moved":
            return `→ ${reference}: shows it now (${then})`;
        case "waiting":
            return dryRun ? `… ${reference}: would be moved (${then})` : `… ${reference}: not moved (${then})`;
        case "refused":
            return `✗ ${reference}: left alone (${then})`;
        case "unknown":
            return `? ${reference}: could not be asked`;
        case "put-back":
            return `↩ ${reference}: put back to ${before ?? "nothing"}`;
        case "astray":
            return `✗ ${reference}: could not be put back; shows ${shows ?? "nobody knows what"} (${then})`;
    }
}

function summaryOf({ image, digest, places, tags, failures, dryRun }: PublishDocument): string {
    const what = tags.length === 0 ? "by digest only" : `as ${tags.join(", ")}`;
    if (failures.length > 0) {
        return `${image} is not published ${what}`;
    }
    const where = count(places.length, "place");
    return dryRun
        ? `${image} would be published ${what} at ${where}: ${digest}`
        : `${image} is published ${what} at ${where}: ${digest}`;
}
