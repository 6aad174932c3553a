import type { CopyDocument } from "../document";
import { lookOf } from "../verdicts";
import { html, type Markup } from "./markup";

/** Digits of a digest in a cell. */
const DIGITS = 12;

/** Where a page's links find the row of a tag. Injective, so that no name takes another one's place. */
export function rowId(image: string, tag: string): string {
    return `${encoded(image)}:${encoded(tag)}`;
}

function encoded(name: string): string {
    return name.replace(/[^A-Za-z0-9._-]/gu, (sign) => `~${sign.codePointAt(0)?.toString(16)}~`);
}

/** `aaaaaaaaaaaa` of `sha256:aaaa…`. */
export function shortDigest(digest: string): string {
    return digest.slice(digest.indexOf(":") + 1).slice(0, DIGITS);
}

/** A name from outside: it cannot turn the direction of what stands beside it. */
export function name(text: string): Markup {
    return html`<bdi>${text}</bdi>`;
}

/** `image:tag`, which may break between the two. */
export function tagName(image: string, tag: string): Markup {
    return html`<bdi>${image}:<wbr>${tag}</bdi>`;
}

/** `image:tag`, as a link to its row. */
export function rowLink(image: string, tag: string): Markup {
    return html`<a href="#${rowId(image, tag)}">${tagName(image, tag)}</a>`;
}

/** A sign that is read as its word. */
export function sign(look: { readonly sign: string; readonly word: string }): Markup {
    return html`<b role="img" aria-label="${look.word}">${look.sign}</b>`;
}

/** The copy that a row is sorted by. */
export function worstOf(copies: readonly CopyDocument[]): CopyDocument | undefined {
    return copies.reduce<CopyDocument | undefined>(
        (worst, copy) => (worst === undefined || lookOf(copy).rank < lookOf(worst).rank ? copy : worst),
        undefined,
    );
}

/** `2026-11-22 21:04 UTC`. */
export function time(at: string): Markup {
    const milliseconds = Date.parse(at);
    if (Number.isNaN(milliseconds)) {
        return name(at);
    }
    const iso = new Date(milliseconds).toISOString();
    return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}

/** A text in which addresses of http and https are links. */
export function linked(text: string): Markup {
    const parts = text.split(/(\bhttps?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?()[\]{}])/);
    return html`${parts.map((part, index) =>
        index % 2 === 1 && URL.canParse(part) ? html`<a href="${part}" rel="noreferrer">${part}</a>` : html`${part}`,
    )}`;
}

/** How long a window of pulls is: `6 h`. */
export function duration(seconds: number): string {
    const hours = seconds / 3600;
    return hours >= 1 ? `${Number(hours.toFixed(1))} h` : `${Math.round(seconds / 60)} min`;
}
