import * as v from "valibot";
import { quote } from "../oci";
import type { ProbeResult } from "./types";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Milliseconds = v.pipe(v.number(), v.minValue(0));
/** It ends in a table and on a terminal: control characters have no place there. */
const Text = v.pipe(
    v.string(),
    v.maxLength(2000),
    v.transform((text) => text.replace(/\p{Cc}+/gu, " ")),
);
const Time = v.pipe(
    v.string(),
    v.check((text) => !Number.isNaN(Date.parse(text)), "no time"),
);

/** A label of a region: fit for a file's name, a table and a metric. */
export const REGION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const Result = v.object({
    registry: v.pipe(Text, v.minLength(1)),
    host: v.pipe(Text, v.minLength(1)),
    region: v.pipe(v.string(), v.regex(REGION)),
    at: Time,
    asked: Count,
    answered: Count,
    available: v.boolean(),
    headMs: v.optional(Milliseconds),
    firstByteMs: v.optional(Milliseconds),
    downloadMs: v.optional(Milliseconds),
    bytes: v.optional(Count),
    image: v.optional(Text),
    pulls: Count,
    code: v.optional(Text),
    reason: v.optional(Text),
});

const Document = v.object({
    schemaVersion: v.literal(1),
    results: v.array(
        v.pipe(
            Result,
            v.check(({ asked, answered }) => answered <= asked, "more answers than questions"),
        ),
    ),
});

/**
 * The results in what a probe or an earlier merge wrote; whatever else stands in it is left out. A text is the reason
 * why it is neither. What comes from a runner is a stranger's: nothing of it is trusted to have a form.
 */
export function readResults(text: string): readonly ProbeResult[] | string {
    let document: unknown;
    try {
        document = JSON.parse(text);
    } catch {
        return "it is not JSON";
    }
    const parsed = v.safeParse(Document, document);
    if (!parsed.success) {
        const [issue] = parsed.issues;
        const at = v.getDotPath(issue);
        return at === null
            ? "it holds no results of probes"
            : `${at} is not what a probe writes (${quote(issue.message)})`;
    }
    return parsed.output.results;
}
