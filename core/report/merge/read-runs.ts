import * as v from "valibot";
import type { Finding } from "../../mirror";
import type { FailureDocument } from "../document";
import type { RunDocument } from "../run-document";
import { VERDICT_ORDER } from "../verdicts";
import type { FailedRun, NamedRun } from "./merge-runs";
import { splitDocuments } from "./split-documents";

/** What a file holds, or a sentence which says why it is no use. */
export type ReadRuns =
    | { readonly runs: readonly NamedRun[]; readonly failed: readonly FailedRun[]; readonly problem?: undefined }
    | { readonly problem: string };

/** Commands whose documents tell how copies stand. */
const COMMANDS = ["check", "sync", "report"] as const;

/**
 * Reads what runs with `--json` wrote. Of a `sync` its failures and warnings become findings. Checked is as much of each
 * document as reports rely on; what a newer release has added stays.
 */
export function readRuns(name: string, text: string): ReadRuns {
    const documents = splitDocuments(text);
    const runs: NamedRun[] = [];
    const failed: FailedRun[] = [];
    for (const document of documents) {
        const failure = v.safeParse(FAILED, document);
        if (failure.success) {
            const { exitCode, error } = failure.output;
            const text = `${name} is of a run that ended with exit code ${exitCode} and tells of no copy: ${error.message}`;
            failed.push({ text, message: error.message, exitCode });
            continue;
        }
        const { success, issues, output } = v.safeParse(RUN, document);
        if (!success) {
            return { problem: `${name} is no document of "transship check --json": ${describeIssue(issues[0])}.` };
        }
        runs.push({ name, run: withSyncFindings(output as unknown as RunDocument & SyncParts) });
    }
    return documents.length === 0
        ? { problem: `${name} holds no whole document of "transship check --json": write it anew.` }
        : { runs, failed };
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
    const path = v.getDotPath(issue) ?? "";
    const found = issue.received.length > 60 ? `${issue.received.slice(0, 60)}…` : issue.received;
    return `${path === "" ? "it" : `"${path}"`} is ${found}${issue.expected === null ? "" : `, and should be ${issue.expected}`}`;
}

interface SyncParts {
    readonly failures?: readonly FailureDocument[];
    readonly warnings?: readonly FailureDocument[];
}

/** What could not be carried makes a run fail, so it makes what it is merged into fail as well. */
function withSyncFindings({ failures = [], warnings = [], ...run }: RunDocument & SyncParts): RunDocument {
    const told = [
        ...failures.map((failure): Finding => ({ ...failure, severity: "drift" })),
        ...warnings.map((warning): Finding => ({ ...warning, severity: "warning" })),
    ];
    return told.length === 0 ? run : { ...run, findings: [...run.findings, ...told] };
}

const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const TIME = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/, "time"));
const WAIVED = v.optional(v.looseObject({ until: v.string(), reason: v.string() }));

const COPY = v.looseObject({
    image: v.string(),
    tag: v.string(),
    role: v.picklist(["source", "target"]),
    registry: v.string(),
    repository: v.string(),
    reference: v.string(),
    status: v.picklist(["present", "missing", "unknown"]),
    verdict: v.picklist(VERDICT_ORDER),
    action: v.picklist(["none", "carry", "refuse", "impossible"]),
    reason: v.string(),
    digest: v.optional(v.string()),
    wanted: v.optional(v.string()),
    platforms: v.optional(v.array(v.string())),
    subset: v.optional(v.string()),
    missing: v.optional(v.array(v.string())),
    code: v.optional(v.string()),
    waived: WAIVED,
});

const PROBLEM = v.looseObject({
    status: v.picklist(["empty", "unknown", "waiting"]),
    registry: v.string(),
    repository: v.string(),
    code: v.string(),
    message: v.string(),
});

const FINDING = v.looseObject({
    code: v.string(),
    severity: v.picklist(["drift", "unknown", "warning"]),
    image: v.string(),
    tag: v.string(),
    message: v.string(),
    waived: WAIVED,
});

const LATENCY = v.looseObject({ count: COUNT, median: v.number(), p95: v.number(), max: v.number() });

const RUN = v.looseObject({
    schemaVersion: v.picklist([1]),
    command: v.picklist(COMMANDS),
    environment: v.string(),
    upstream: v.picklist(["follow", "locked"]),
    catalog: v.string(),
    copies: v.array(COPY),
    selections: v.array(v.looseObject({ image: v.string(), tags: v.array(v.string()), problems: v.array(PROBLEM) })),
    findings: v.array(FINDING),
    requests: v.record(v.string(), COUNT),
    pulls: v.array(
        v.looseObject({
            host: v.string(),
            registries: v.array(v.string()),
            limit: v.number(),
            remaining: v.number(),
            windowSeconds: v.number(),
            keeps: v.number(),
        }),
    ),
    registries: v.array(
        v.looseObject({
            name: v.string(),
            host: v.string(),
            kind: v.string(),
            requests: COUNT,
            up: v.optional(v.boolean()),
            latency: v.optional(LATENCY),
        }),
    ),
    timelines: v.array(
        v.looseObject({ image: v.string(), tag: v.string(), digest: v.string(), history: v.array(v.string()) }),
    ),
    at: TIME,
    shard: v.optional(v.looseObject({ index: COUNT, count: COUNT, images: COUNT })),
    shards: v.optional(v.looseObject({ count: COUNT, images: COUNT, missing: v.array(COUNT) })),
});

const FAILED = v.looseObject({ exitCode: v.number(), error: v.looseObject({ message: v.string() }) });
