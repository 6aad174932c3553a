import { type Catalog, findImage, nameCopy } from "../../catalog";
import { describeError } from "../../errors";
import { eachLimited } from "../each-limited";
import { groupBy } from "../group-by";
import { groupByTag } from "../judge";
import { cheapestFirst } from "../manifest-cache";
import type { Registries } from "../observe";
import type { Finding, JudgedCopy, Lacking, ObservedCopy } from "../types";
import { type ImageContents, readContents } from "./contents";
import { placeOfCopy } from "./findings";
import { type Presence, Presences } from "./presence";

/** Tags under way at a time; each registry's own limit bounds their requests. */
const AT_ONCE = 16;
/** Requests that wait for one copy. */
const HEADS_AT_ONCE = 64;
/** Digests that a message names. */
const NAMED = 3;

export interface DepthOptions {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
}

export interface Depth {
    /** In the order of the judgement; those that lack something say what. */
    readonly copies: readonly ObservedCopy[];
    /** `BLOBS_UNKNOWN` where something could not be asked. */
    readonly findings: readonly Finding[];
}

/**
 * Whether every child and every blob of each copy that shows the right digest is there: equal digests of a tag say
 * nothing of it. Costs a GET for each manifest, once for all copies of a digest and where no pull is counted if it can
 * be; then a HEAD for each child and each blob, once for each repository.
 */
export async function inspectDepth(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: DepthOptions = {},
): Promise<Depth> {
    const presences = new Presences(registries);
    const lacking = new Map<JudgedCopy, Lacking>();
    const findings: Finding[] = [];
    const groups = groupByTag(judged);
    let done = 0;
    await eachLimited(groups, AT_ONCE, async (group) => {
        const shown = groupBy(group.filter(isShown), digestOf);
        const expected = new Set(group.flatMap(({ missing = [] }) => missing));
        for (const [digest, copies] of shown) {
            options.signal?.throwIfAborted();
            const contents = await contentsOf(catalog, digest, copies, group, registries);
            await eachLimited(copies, copies.length, async (copy) => {
                const found =
                    typeof contents === "string" ? contents : await inspectCopy(copy, contents, expected, presences);
                if (typeof found === "string") {
                    findings.push(unknownFinding(copy, found));
                } else if (found !== undefined) {
                    lacking.set(copy, found);
                }
            });
        }
        done += 1;
        options.onProgress?.(done, groups.length);
    });
    const copies = judged.map(({ lacking: _, ...copy }): ObservedCopy => copy);
    return {
        copies: copies.map((copy, index) => withLacking(copy, lacking.get(judged[index] as JudgedCopy))),
        findings,
    };
}

function withLacking(copy: ObservedCopy, lacking: Lacking | undefined): ObservedCopy {
    return lacking === undefined ? copy : { ...copy, lacking };
}

/** A copy that is as it should be, as far as its digest tells; or one of which a look before knows more. */
function isShown({ state, verdict, lacking }: JudgedCopy): boolean {
    const isWell = verdict === "consistent" || verdict === "subset" || (verdict === "missing" && lacking !== undefined);
    return state.status === "present" && isWell;
}

function digestOf({ state }: JudgedCopy): string {
    return state.status === "present" ? state.digest : "";
}

/** Why it could not be read, as a full sentence. */
async function contentsOf(
    catalog: Catalog,
    digest: string,
    holders: readonly JudgedCopy[],
    group: readonly JudgedCopy[],
    registries: Registries,
): Promise<ImageContents | string> {
    const { source } = findImage(catalog, (holders[0] as JudgedCopy).image);
    const others = group.filter(({ state }) => state.status === "present");
    const root = cheapestFirst(holders, registries);
    const all = cheapestFirst([...holders, ...others, source], registries);
    try {
        return await readContents(digest, root, all, registries);
    } catch (error) {
        return describeError(error);
    }
}

/** What it lacks; a sentence where nobody knows; undefined where it is whole. */
async function inspectCopy(
    copy: JudgedCopy,
    { manifests, blobs }: ImageContents,
    expected: ReadonlySet<string>,
    presences: Presences,
): Promise<Lacking | string | undefined> {
    const wanted = [...manifests].filter(([, name]) => !expected.has(name)).map(([digest]) => digest);
    const asked = [
        ...wanted.map((digest) => ({ kind: "manifest" as const, digest })),
        ...[...blobs].map((digest) => ({ kind: "blob" as const, digest })),
    ];
    const answers = await eachLimited(asked, HEADS_AT_ONCE, ({ kind, digest }) => presences.of(kind, digest, copy));
    const gone = asked.filter((_, index) => answers[index] === "gone");
    if (gone.length > 0) {
        const count = (kind: "manifest" | "blob"): number => gone.filter((one) => one.kind === kind).length;
        const parts = [
            ...partOf(count("manifest"), wanted.length, "manifests"),
            ...partOf(count("blob"), blobs.size, "blobs"),
        ];
        const digests = gone.map(({ digest }) => digest);
        const verb = gone.length === 1 ? "is" : "are";
        return {
            digest: digestOf(copy),
            gone: digests,
            words: `${parts.join(" and ")} ${verb} not: ${named(digests)}`,
        };
    }
    const unknown = answers.find((answer): answer is Exclude<Presence, string> => typeof answer !== "string");
    return unknown?.unknown;
}

function partOf(count: number, total: number, what: string): string[] {
    return count === 0 ? [] : [`${count} of its ${total} ${what}`];
}

function named(digests: readonly string[]): string {
    const more = digests.length - NAMED;
    return digests.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function unknownFinding(copy: JudgedCopy, why: string): Finding {
    const message = `${nameCopy(copy)}: it could not be asked whether all of it is there: ${why}`;
    return { code: "BLOBS_UNKNOWN", severity: "unknown", ...placeOfCopy(copy), message };
}
