import type { OnForeignDigest, TagPair } from "../catalog";
import type { CopyState } from "../mirror";
import type { PublishPlace } from "./places";
import type { PublishFailure } from "./types";

/** What one tag shows at one place. */
export interface TagLook {
    readonly place: PublishPlace;
    readonly pair: TagPair;
    readonly state: CopyState;
}

/** What a judgement of tags needs beside the looks. */
export interface TagRules {
    readonly image: string;
    /** The digest that is published. */
    readonly digest: string;
    /** What its tags show is ours by definition: the source, after the cut-over the first target. */
    readonly authority: PublishPlace | undefined;
    readonly onForeignDigest: OnForeignDigest;
    /** Every digest that the lock knows for this tag, and the one that it says it is. */
    known(tag: string): { readonly all: ReadonlySet<string>; readonly now?: string };
    /** Whether a tag for a roll-back of this tag shows the digest at a place of the image. */
    isKept(look: TagLook): boolean;
}

export interface JudgedTag extends TagLook {
    /** `foreign` is refused too, but may turn out to be ours once the roll-back tags are asked. */
    readonly verdict: "unchanged" | "move" | "refused" | "foreign" | "unknown";
    readonly before?: string;
    readonly failure?: PublishFailure;
}

/** A whole version, `0.11.0`, `v1.2.3-rc.1`: it names one image for ever. `latest`, `0.11` and `main` move. */
export function isReleaseTag(tag: string): boolean {
    return /^v?\d+\.\d+\.\d+(?:[-.].+)?$/.test(tag);
}

/**
 * What may be done with each tag. One that is absent, or shows the digest, is fine. Another digest is replaced where
 * the tag is one that moves and the digest was ours: the lock names it, the authority shows it, or it is kept for a
 * roll-back. A released version is never published twice. `onForeignDigest: overwrite` allows both. Pure.
 */
export function judgeTags(looks: readonly TagLook[], rules: TagRules): JudgedTag[] {
    return looks.map((look) => judgeTag(look, looks, rules));
}

function judgeTag(look: TagLook, looks: readonly TagLook[], rules: TagRules): JudgedTag {
    const { state, place, pair } = look;
    if (state.status === "unknown") {
        const message = `${nameTag(look, rules)} could not be asked, so that nothing was published: ${state.message}`;
        return { ...look, verdict: "unknown", failure: failureOf(look, state.code, message, true) };
    }
    const before = state.status === "present" ? state.digest : undefined;
    const said = state.status === "present" ? { before } : {};
    if (before === rules.digest) {
        return { ...look, ...said, verdict: "unchanged" };
    }
    if (rules.onForeignDigest === "overwrite") {
        return { ...look, ...said, verdict: "move" };
    }
    const { all, now } = rules.known(pair.from);
    const released = before ?? (now === rules.digest ? undefined : now);
    if (isReleaseTag(pair.from) && released !== undefined) {
        const where = before === undefined ? "by the lock" : "already";
        const message =
            `${nameTag(look, rules)} is ${released} ${where}, and ${rules.digest} was to be published: a released ` +
            'version is not published twice; give the build a new version, or say "onForeignDigest: overwrite" in the catalogue';
        return { ...look, ...said, verdict: "refused", failure: failureOf(look, "VERSION_TAKEN", message) };
    }
    const isOurs =
        before === undefined || place === rules.authority || all.has(before) || isShown(before, look, looks, rules);
    if (isOurs || rules.isKept(look)) {
        return { ...look, ...said, verdict: "move" };
    }
    const message =
        `${nameTag(look, rules)} has ${before}, which was never published from here, so that it is left alone, and ` +
        'nothing was published; it is overwritten with "onForeignDigest: overwrite" in the catalogue';
    return { ...look, ...said, verdict: "foreign", failure: failureOf(look, "FOREIGN_DIGEST", message) };
}

/** Whether the authority's tag of the same name shows it. */
function isShown(digest: string, { pair }: TagLook, looks: readonly TagLook[], { authority }: TagRules): boolean {
    return looks.some(
        (one) =>
            one.place === authority &&
            one.pair.from === pair.from &&
            one.state.status === "present" &&
            one.state.digest === digest,
    );
}

function nameTag({ place, pair }: TagLook, { image }: TagRules): string {
    return `${image}:${pair.to}@${place.registry}`;
}

function failureOf({ place, pair }: TagLook, code: string, message: string, unasked = false): PublishFailure {
    return { code, message, registry: place.registry, tag: pair.from, ...(unasked && { unasked }) };
}
