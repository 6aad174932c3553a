import { type Catalog, endOfMaintenance, type MaintenanceWindow, type Waiver } from "../catalog";
import { isDrift } from "./drift";
import { groupBy } from "./group-by";
import type { Finding, JudgedCopy, Waived, WaivedAt } from "./types";

type Source = Pick<Catalog, "waive" | "maintenance">;
type Subject = Parameters<WaivedAt>[0];

/**
 * What covers drift at one moment: the catalogue's waivers that have not ended, and the maintenance windows that are open.
 * Of several that cover one copy it is the one that ends last, since then the drift counts; a waiver before a
 * window. Pure: nothing of it is kept, so that a waiver ends by itself.
 */
export function waiversAt({ waive = [], maintenance = [] }: Source, now: Date): WaivedAt {
    const standing = groupBy(
        waive.filter(({ until }) => !hasEnded(until, now)),
        ({ image }) => image,
    );
    const going = maintenance.flatMap((one) => {
        const end = endOfMaintenance(one, now);
        return end === undefined
            ? []
            : [{ one, waived: { until: end.toISOString(), reason: `maintenance: ${one.reason}` } }];
    });
    return (subject) => {
        const waivers = (standing.get(subject.image) ?? []).filter((waiver) => isAbout(waiver, subject));
        const covering = [
            ...waivers.map(({ until, reason }) => ({ until, reason })),
            ...going.filter(({ one }) => isWithin(one, subject)).map(({ waived }) => waived),
        ];
        return covering.reduce<Waived | undefined>(
            (last, next) => (last !== undefined && Date.parse(last.until) >= Date.parse(next.until) ? last : next),
            undefined,
        );
    };
}

function hasEnded(until: string, now: Date): boolean {
    return Date.parse(until) <= now.getTime();
}

function isAbout({ tag, registry }: Waiver, subject: Subject): boolean {
    return (tag === undefined || tag === subject.tag) && (registry === undefined || registry === subject.registry);
}

function isWithin({ images, registries }: MaintenanceWindow, { image, registry }: Subject): boolean {
    const isThere = registry !== undefined && registries?.includes(registry) === true;
    return (images?.includes(image) ?? true) && (registries === undefined || isThere);
}

/**
 * The same copies, those with drift that is covered marked as waived. What could not be asked is no drift that anybody
 * can know, and is never waived; neither is what is well, or waits.
 */
export function waiveCopies(judged: readonly JudgedCopy[], waivedAt: WaivedAt = () => undefined): JudgedCopy[] {
    return judged.map((copy) => {
        const isDue = isDrift(copy.verdict) || copy.verdict === "pending";
        return withWaived(copy, isDue ? waivedAt(copy) : undefined);
    });
}

/**
 * As `waiveCopies`. One about all copies of a tag (too few of them are well, say) is also covered where all of the tag's
 * drift is: it follows from that.
 */
export function waiveFindings(
    findings: readonly Finding[],
    waivedAt: WaivedAt = () => undefined,
    judged: readonly JudgedCopy[] = [],
): Finding[] {
    const cover = (finding: Finding): Waived | undefined =>
        waivedAt(finding) ?? (finding.registry === undefined ? coverOfTag(finding, judged) : undefined);
    return findings.map((finding) => withWaived(finding, finding.severity === "drift" ? cover(finding) : undefined));
}

/** What covers all drift of a tag, where there is any: until the first of them ends. */
function coverOfTag({ image, tag }: Finding, judged: readonly JudgedCopy[]): Waived | undefined {
    const drifted = judged.filter(
        (copy) => copy.image === image && copy.tag === tag && (isDrift(copy.verdict) || copy.verdict === "pending"),
    );
    const covers = drifted.flatMap(({ waived }) => waived ?? []);
    const byEnd = [...covers].sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
    return covers.length === drifted.length ? byEnd[0] : undefined;
}

function withWaived<T extends { readonly waived?: Waived }>(one: T, waived: Waived | undefined): T {
    if (waived !== undefined) {
        return { ...one, waived };
    }
    const { waived: former, ...rest } = one;
    return former === undefined ? one : (rest as T);
}

/** Proven drift that nothing covers: what exit codes, fleets and gates count. */
export function isCounted({ verdict, waived }: JudgedCopy): boolean {
    return isDrift(verdict) && waived === undefined;
}

/**
 * Whether a repair passes it over: what is waived stays as it is. Work that was never done is done all the same, where it
 * can be.
 */
export function isLeftAlone({ verdict, waived, action }: JudgedCopy): boolean {
    return waived !== undefined && !(verdict === "pending" && action === "carry");
}

/** A waiver, or a maintenance window that comes once, whose time is over: the catalogue can do without it. */
export interface EndedWaiver {
    /** Absent for a window. */
    readonly image?: string;
    readonly tag?: string;
    readonly registry?: string;
    readonly until: string;
    readonly reason: string;
}

/** Those that ended, in the catalogue's order. @param images of these only @default all */
export function endedWaivers(
    { waive = [], maintenance = [] }: Source,
    now: Date,
    images?: readonly string[],
): EndedWaiver[] {
    const isAsked = (names: readonly string[] | undefined): boolean =>
        images === undefined || names === undefined || names.some((name) => images.includes(name));
    const windows = maintenance.flatMap((one) =>
        "until" in one && isAsked(one.images) ? [{ until: one.until, reason: one.reason }] : [],
    );
    const waivers = waive.filter(({ image }) => isAsked([image]));
    return [...waivers, ...windows].filter(({ until }) => hasEnded(until, now));
}
