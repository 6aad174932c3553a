import { describeSelector, parseDuration, selectTags, type TagSelector } from "../catalog";
import { TransshipError } from "../errors";
import { isDigest, isTag, quote } from "../oci";
import type { KeepRules, RetentionRules } from "./types";

/** Rules as a person writes them: in a program, or from the command's options. */
export interface WrittenRules {
    /**
     * `untagged`: only what no tag leads to. `all`: also tagged versions that nothing keeps.
     *
     * @default "untagged"
     */
    readonly clean?: "untagged" | "all";
    readonly keep?: {
        /** So many tagged versions, those that changed last; the very last one stays in any case. */
        readonly newest?: number;
        /** Tags by name, or selectors as in a catalogue: `{ semver: ">=1" }`, `{ glob: "*-lts" }`. */
        readonly tags?: readonly (string | TagSelector)[];
        /** Since the last change: `12h`, `30d`. @default "1d", since a push brings an index after its children */
        readonly youngerThan?: string;
        readonly digests?: readonly string[];
    };
    /** Signatures of images that the repository does not have. @default "keep" */
    readonly orphans?: "keep" | "delete";
}

const KEYS = ["clean", "keep", "orphans"];
const KEEP_KEYS = ["newest", "tags", "youngerThan", "digests"];
const SELECTOR_KEYS = ["semver", "regex", "glob", "newest", "exclude"];

/** @throws TransshipError RETENTION_INVALID with the first rule that is none; the message is a sentence. */
export function readRules(written: WrittenRules): RetentionRules {
    refuseUnknown(written, KEYS, "retention");
    checkChoice("clean", written.clean, ["untagged", "all"]);
    checkChoice("orphans", written.orphans, ["keep", "delete"]);
    const keep = written.keep === undefined ? undefined : readKeep(written.keep);
    return {
        clean: written.clean ?? "untagged",
        orphans: written.orphans ?? "keep",
        ...(keep && { keep }),
    };
}

function readKeep(written: NonNullable<WrittenRules["keep"]>): KeepRules {
    refuseUnknown(written, KEEP_KEYS, "retention.keep");
    const { digests, newest, tags, youngerThan } = written;
    if (newest !== undefined && !(Number.isSafeInteger(newest) && newest >= 1)) {
        throw invalid(`keep.newest must be a whole number from 1 on, not ${JSON.stringify(newest)}`);
    }
    const age = youngerThan === undefined ? undefined : parseDuration(String(youngerThan));
    if (youngerThan !== undefined && age === undefined) {
        throw invalid(`keep.youngerThan must be a time such as "12h" or "30d", not ${quote(String(youngerThan))}`);
    }
    const noDigest = (digests ?? []).find((one) => !isDigest(one));
    if (noDigest !== undefined) {
        throw invalid(`keep.digests: ${quote(String(noDigest))} is no digest: write sha256: and 64 digits`);
    }
    (tags ?? []).forEach(checkTagRule);
    return {
        ...(newest !== undefined && { newest }),
        ...(tags && { tags }),
        ...(age !== undefined && { youngerThan: age }),
        ...(digests && { digests }),
    };
}

function checkTagRule(rule: unknown): void {
    if (typeof rule === "string") {
        if (!isTag(rule)) {
            throw invalid(`keep.tags: ${quote(rule)} is no tag; for a pattern write { glob: ${JSON.stringify(rule)} }`);
        }
        return;
    }
    refuseUnknown(rule, SELECTOR_KEYS, "retention.keep.tags");
    if (Object.keys(rule as object).length === 0) {
        throw invalid('keep.tags: {} chooses nothing: say which tags, as in { semver: ">=1.18" }');
    }
    try {
        selectTags(rule as TagSelector, []);
    } catch (error) {
        if (error instanceof TransshipError) {
            throw invalid(`keep.tags: a pattern of ${describeSelector(rule as TagSelector)} ${error.message}`);
        }
        throw error;
    }
}

function refuseUnknown(value: unknown, keys: readonly string[], at: string): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw invalid(`${at} must be an object of ${keys.join(", ")}`);
    }
    const unknown = Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) {
        throw invalid(`${at} has no rule ${JSON.stringify(unknown)}: it knows ${keys.join(", ")}`);
    }
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
    if (value !== undefined && !choices.includes(value as string)) {
        throw invalid(`${name} must be ${choices.map((one) => `"${one}"`).join(" or ")}, not ${JSON.stringify(value)}`);
    }
}

function invalid(reason: string): TransshipError {
    return new TransshipError("RETENTION_INVALID", `${reason}.`);
}
