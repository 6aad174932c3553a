import type { AvailabilitySummary, RegionRanking } from "../../availability";
import type { Catalog, CatalogImage, Phase, Policy } from "../../catalog";
import type { Finding, JudgedCopy, Waived } from "../../mirror";
import type { CopyDocument } from "../document";
import type { RunDocument } from "../run-document";
import type { SelectionDocument } from "../selection";
import type { Outcome } from "../summary";

/** What a look's document has to hold for a list of sources. */
export type Standing = Pick<
    RunDocument,
    "environment" | "outcome" | "at" | "copies" | "registries" | "timelines" | "findings" | "selections"
>;

/** Where each image can be pulled from: `transship sources --json`, and what MIRRORS.md is drawn from. */
export interface MirrorsPart {
    readonly environment: string;
    readonly outcome: Outcome;
    /** When the look ended that proves this, ISO 8601. */
    readonly at: string;
    readonly registries: readonly MirrorRegistryDocument[];
    /** For each region that was probed the registries to pull from, the best first. */
    readonly best: readonly RegionRanking[];
    /** Critical images first, then by purpose and name. */
    readonly images: readonly MirrorImageDocument[];
    readonly findings: readonly Finding[];
    /** What selectors of tags chose, and why that is not all, where it is not. */
    readonly selections: readonly SelectionDocument[];
}

export interface MirrorRegistryDocument {
    readonly name: string;
    readonly host: string;
    readonly kind: string;
    /** Whether it answered that look; absent where it was not asked. */
    readonly up?: boolean;
    /** What probes found, region by region. */
    readonly availability: readonly AvailabilitySummary[];
}

export interface MirrorImageDocument {
    readonly name: string;
    readonly policy: Policy;
    readonly phase?: Phase;
    readonly critical: boolean;
    readonly purpose?: string;
    readonly tags: readonly MirrorTagDocument[];
}

export interface MirrorTagDocument {
    readonly tag: string;
    /** What it should be everywhere. */
    readonly digest?: string;
    /** When that digest was first proven, ISO 8601, as far as the lock knows. */
    readonly since?: string;
    readonly places: readonly PlaceDocument[];
}

/** One reference that can be pulled. */
export interface PlaceDocument {
    readonly registry: string;
    readonly role: "source" | "target";
    /** `ghcr.io/acme/vault:1.18` */
    readonly reference: string;
    /** The same with its digest, `ghcr.io/acme/vault:1.18@sha256:…`, where that is proven to be the right one. */
    readonly pinned?: string;
    readonly digest?: string;
    readonly verdict: JudgedCopy["verdict"];
    readonly reason: string;
    /** The platforms that are there, where that is not all. */
    readonly platforms?: readonly string[];
    /** What its index lists and does not have. */
    readonly missing?: readonly string[];
    readonly waived?: Waived;
}

/**
 * What users ask of a list of sources, from a look and what probes found. Pure.
 *
 * @param catalog the one that was looked at: it says what an image is for
 */
export function mirrorsPart(
    standing: Standing,
    catalog: Catalog,
    summaries: readonly AvailabilitySummary[] = [],
    best: readonly RegionRanking[] = [],
): MirrorsPart {
    const { environment, outcome, at, findings, selections } = standing;
    const registries = registriesOf(standing, catalog, summaries);
    // A registry that left the catalogue may live on in the history: nobody is sent there.
    const named = new Set(registries.map(({ name }) => name));
    return {
        environment,
        outcome,
        at,
        registries,
        best: best.map((one) => ({ region: one.region, best: one.best.filter((name) => named.has(name)) })),
        images: imagesOf(standing, catalog),
        findings,
        selections,
    };
}

function registriesOf(
    { copies, registries }: Standing,
    catalog: Catalog,
    summaries: readonly AvailabilitySummary[],
): MirrorRegistryDocument[] {
    const used = new Set(copies.map(({ registry }) => registry));
    const up = new Map(registries.map((registry) => [registry.name, registry.up]));
    return Object.values(catalog.registries).flatMap(({ name, host, kind }) => {
        const answered = up.get(name);
        const availability = summaries.filter((one) => one.registry === name && one.host === host);
        return used.has(name)
            ? [{ name, host, kind, ...(answered === undefined ? undefined : { up: answered }), availability }]
            : [];
    });
}

function imagesOf({ copies, timelines }: Standing, catalog: Catalog): MirrorImageDocument[] {
    const since = new Map(timelines.map((one) => [`${one.image}\n${one.tag}\n${one.digest}`, one.since]));
    const byImage = new Map<string, Map<string, CopyDocument[]>>();
    for (const copy of copies) {
        const tags = byImage.get(copy.image) ?? new Map<string, CopyDocument[]>();
        tags.set(copy.tag, [...(tags.get(copy.tag) ?? []), copy]);
        byImage.set(copy.image, tags);
    }
    const images = [...byImage].flatMap(([name, tags]) => {
        const image = Object.hasOwn(catalog.images, name) ? catalog.images[name] : undefined;
        return image === undefined ? [] : [{ image, tags }];
    });
    return images
        .sort((a, b) => order(a.image, b.image))
        .map(({ image, tags }) => ({
            name: image.name,
            policy: image.policy,
            ...(image.phase === undefined ? undefined : { phase: image.phase }),
            critical: image.critical,
            ...(image.purpose === undefined ? undefined : { purpose: image.purpose }),
            tags: [...tags].map(([tag, own]) => tagOf(tag, own, catalog, since)),
        }));
}

/** What stops everybody when it is missing comes first; then what belongs together. */
function order(a: CatalogImage, b: CatalogImage): number {
    const [left, right] = [a.purpose ?? "\uffff", b.purpose ?? "\uffff"];
    return Number(b.critical) - Number(a.critical) || (left < right ? -1 : left > right ? 1 : a.name < b.name ? -1 : 1);
}

function tagOf(
    tag: string,
    copies: readonly CopyDocument[],
    catalog: Catalog,
    since: ReadonlyMap<string, string | undefined>,
): MirrorTagDocument {
    const [first] = copies;
    const digest = copies.find(({ wanted }) => wanted !== undefined)?.wanted;
    const proven = first === undefined ? undefined : since.get(`${first.image}\n${tag}\n${digest}`);
    return {
        tag,
        ...(digest === undefined ? undefined : { digest }),
        ...(proven === undefined ? undefined : { since: proven }),
        places: copies.map((copy) => placeOf(copy, catalog)),
    };
}

/** As it was asked to be; a subset that the catalogue asks for is. */
export function isWell({ verdict, missing }: Pick<CopyDocument, "verdict" | "missing">): boolean {
    return verdict === "consistent" || (verdict === "subset" && missing === undefined);
}

function placeOf(copy: CopyDocument, catalog: Catalog): PlaceDocument {
    const { registry, role, repository, verdict, reason, digest, platforms, missing, waived } = copy;
    const host = Object.hasOwn(catalog.registries, registry) ? catalog.registries[registry]?.host : undefined;
    const reference = `${host ?? registry}/${repository}:${copy.reference}`;
    return {
        registry,
        role,
        reference,
        ...(digest !== undefined && isWell(copy) ? { pinned: `${reference}@${digest}` } : undefined),
        ...(digest === undefined ? undefined : { digest }),
        verdict,
        reason,
        ...(platforms && { platforms }),
        ...(missing && { missing }),
        ...(waived && { waived }),
    };
}
