import type { Catalog } from "../../catalog";
import { judge } from "../judge";
import type { Registries } from "../observe";
import type { Circumstances, Finding, JudgedCopy } from "../types";
import { waiveFindings } from "../waivers";
import { tooFewCopies } from "./critical";
import { inspectDepth } from "./depth";
import { inspectPublic } from "./public";
import { inspectSignatures } from "./signatures";

/** What a look is to find out beside the digests. */
export interface InspectionWishes {
    /** `blobs`: whether every child and blob of every copy is there. @default "manifests": the tag's digest is enough */
    readonly depth?: "manifests" | "blobs";
    /** Whether the targets have all signatures, SBOMs and attestations that their source has. @default false */
    readonly signatures?: boolean;
    /** Whether all targets can be pulled without a login. @default only those of registries with `public: true` */
    readonly anonymous?: boolean;
}

export interface InspectOptions extends InspectionWishes {
    readonly signal?: AbortSignal;
    /** Called as the work goes on. */
    readonly onProgress?: (what: "blobs" | "referrers", done: number, total: number) => void;
}

export interface Inspection {
    /** The same copies, those that lack something with the verdict `missing`. */
    readonly judged: readonly JudgedCopy[];
    readonly findings: readonly Finding[];
}

/**
 * What equal digests do not tell: blobs that are gone, lacking signatures, copies that want a login, critical images
 * with too few copies. Costs nothing but for what is asked for, and for registries that the catalogue calls public one
 * HEAD a repository.
 */
export async function inspect(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    circumstances: Circumstances,
    registries: Registries,
    options: InspectOptions = {},
): Promise<Inspection> {
    const { signal, onProgress } = options;
    const findings: Finding[] = [];
    let copies = judged;
    if (options.depth === "blobs") {
        const contents = await inspectContents(catalog, judged, circumstances, registries, options);
        copies = contents.judged;
        findings.push(...contents.findings);
    }
    if (options.signatures === true) {
        const asked = await inspectSignatures(catalog, copies, registries, {
            signal,
            onProgress: (done, total) => onProgress?.("referrers", done, total),
        });
        findings.push(...asked);
    }
    findings.push(...(await inspectPublic(catalog, copies, registries, { all: options.anonymous === true, signal })));
    findings.push(...tooFewCopies(catalog, copies));
    return { judged: copies, findings: waiveFindings(findings, circumstances.waived, copies) };
}

/** Only what `depth: "blobs"` asks for. */
export async function inspectContents(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    circumstances: Circumstances,
    registries: Registries,
    { signal, onProgress }: Pick<InspectOptions, "signal" | "onProgress"> = {},
): Promise<Inspection> {
    const { copies, findings } = await inspectDepth(catalog, judged, registries, {
        signal,
        onProgress: (done, total) => onProgress?.("blobs", done, total),
    });
    const after = judge(catalog, { copies }, circumstances);
    return { judged: after, findings: waiveFindings(findings, circumstances.waived, after) };
}
