import type { Command } from "commander";
import {
    type Inspection,
    type InspectionWishes,
    type InspectOptions,
    inspect,
    inspectContents,
    type JudgedCopy,
} from "../core/mirror";
import { UsageError } from "./exit-code";
import type { Output } from "./output";
import { startProgress } from "./progress";
import { purposeFindings } from "./purposes";
import type { Session } from "./session";
import { endedFindings } from "./waivers";

/** What `check` and `sync` share of what is looked at beside the digests. */
export function addDepthOption(command: Command): void {
    command.option("--depth <what>", "manifests, or blobs: ask also for every blob of every copy", "manifests");
}

export function addInspectionOptions(command: Command): void {
    addDepthOption(command);
    command.option("--signatures", "ask also which signatures and SBOMs the targets lack");
    command.option("--anonymous", "ask also whether every target can be pulled without a login");
}

/** @throws UsageError */
export function inspectionWishes(options: Readonly<Record<string, unknown>>): InspectionWishes {
    const { depth = "manifests", signatures, anonymous } = options;
    if (depth !== "manifests" && depth !== "blobs") {
        throw new UsageError(`--depth ${JSON.stringify(depth)} is not known: write "manifests" or "blobs".`);
    }
    return { depth, signatures: signatures === true, anonymous: anonymous === true };
}

/** What the digests do not tell, as far as it is wished for, and which waivers have ended. */
export async function inspectCopies(
    session: Session,
    judged: readonly JudgedCopy[],
    wishes: InspectionWishes,
    output: Output,
): Promise<Inspection> {
    const { catalog, circumstances, registries } = session;
    const found = await withProgress(session, output, (options) =>
        inspect(catalog, judged, circumstances, registries, { ...wishes, ...options }),
    );
    return { ...found, findings: [...found.findings, ...endedFindings(session), ...purposeFindings(session)] };
}

/** Only whether everything below the copies is there: what a sync has to know before it carries. */
export async function inspectDepth(
    session: Session,
    judged: readonly JudgedCopy[],
    { depth }: InspectionWishes,
    output: Output,
): Promise<Inspection> {
    const { catalog, circumstances, registries } = session;
    return depth === "blobs"
        ? withProgress(session, output, (options) =>
              inspectContents(catalog, judged, circumstances, registries, options),
          )
        : { judged, findings: [] };
}

async function withProgress(
    { signal }: Session,
    output: Output,
    work: (options: Pick<InspectOptions, "signal" | "onProgress">) => Promise<Inspection>,
): Promise<Inspection> {
    const lines = { blobs: "asking for blobs", referrers: "asking for referrers" };
    let shown: { readonly what: string; readonly progress: ReturnType<typeof startProgress> } | undefined;
    try {
        return await work({
            signal,
            onProgress: (what, done, total) => {
                if (shown?.what !== what) {
                    shown?.progress.stop();
                    shown = { what, progress: startProgress(lines[what], output) };
                }
                shown.progress.update(done, total);
            },
        });
    } finally {
        shown?.progress.stop();
    }
}
