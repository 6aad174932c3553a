import { type Catalog, findImage, hasCutOver, nameCopy } from "../../catalog";
import { describeError } from "../../errors";
import { isIndexType, isManifestType, type Manifest } from "../../oci";
import { fallbackTag, isGone } from "../../registry";
import { eachLimited } from "../each-limited";
import { groupByTag } from "../judge";
import { cheapestFirst, readFirst } from "../manifest-cache";
import type { Registries } from "../observe";
import { once } from "../once";
import { memberOf, type Place } from "../plan";
import { holdsAll } from "../referrers/digest-tag-copy";
import { type Found, ReferrersLookup } from "../referrers/lookup";
import type { Finding, JudgedCopy } from "../types";
import { placeOfCopy } from "./findings";

/** Copies under way at a time; each registry's own limit bounds their requests. */
const AT_ONCE = 16;
/** As deep as they are carried. */
const MAXIMUM_DEPTH = 8;
/** Digests that a message names. */
const NAMED = 3;

export interface SignaturesOptions {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What refers to an image at its authority, by the referrers API, the fallback tag and digest tags such as `.sig`, and
 * is not at a target that shows the image: `REFERRERS_MISSING`, drift, or a warning of what the target's kind of registry
 * refuses for good; `REFERRERS_UNKNOWN` where it could not be asked.
 * What a target has besides is its own affair. Costs what a carry of referrers costs to ask (docs/referrers.md), at both
 * ends; images with `referrers: false` nothing.
 */
export async function inspectSignatures(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: SignaturesOptions = {},
): Promise<Finding[]> {
    const inspector = new SignatureInspector(registries);
    const work = groupByTag(judged).flatMap((group) =>
        group.flatMap((copy) => {
            const image = findImage(catalog, copy.image);
            const authority: Place = (hasCutOver(image) ? image.targets[0] : undefined) ?? image.source;
            const isAsked = copy.role === "target" && isEqual(copy) && image.referrers;
            return isAsked && memberOf(copy) !== memberOf(authority) ? [{ copy, authority, group }] : [];
        }),
    );
    let done = 0;
    const found = await eachLimited(work, AT_ONCE, async ({ copy, authority, group }) => {
        options.signal?.throwIfAborted();
        const findings = await inspector.compare(copy, authority, group);
        done += 1;
        options.onProgress?.(done, work.length);
        return findings;
    });
    return found.flat();
}

function isEqual({ verdict, state }: JudgedCopy): boolean {
    return state.status === "present" && (verdict === "consistent" || verdict === "subset");
}

/** What was found of one copy. */
interface Compared {
    readonly missing: Set<string>;
    /** What is missing, and what the target's kind of registry never takes. */
    readonly refused: Set<string>;
    readonly failures: unknown[];
}

class SignatureInspector {
    private readonly lookup: ReferrersLookup;
    private readonly subjects = new Map<string, Promise<readonly string[]>>();

    constructor(private readonly registries: Registries) {
        this.lookup = new ReferrersLookup(registries);
    }

    async compare(copy: JudgedCopy, authority: Place, group: readonly JudgedCopy[]): Promise<Finding[]> {
        const digest = copy.state.status === "present" ? copy.state.digest : "";
        const missing = new Set<string>();
        const refused = new Set<string>();
        const failures: unknown[] = [];
        try {
            const looked = new Set<string>();
            let next = await this.subjectsOf(digest, copy, authority, group);
            for (let depth = 0; next.length > 0 && depth < MAXIMUM_DEPTH; depth += 1) {
                const fresh = next.filter((one) => !looked.has(one));
                fresh.forEach((one) => void looked.add(one));
                const found = await Promise.all(
                    fresh.map((one) => this.compareOne(one, copy, authority, { missing, refused, failures })),
                );
                next = found.flat();
            }
        } catch (error) {
            failures.push(error);
        }
        return [
            ...(missing.size > 0 ? [missingFinding(copy, authority, [...missing])] : []),
            ...(refused.size > 0 ? [refusedFinding(copy, authority, [...refused])] : []),
            ...(failures.length > 0 ? [unknownFinding(copy, failures[0])] : []),
        ];
    }

    /** @returns what refers to it at the authority, to be looked at itself */
    private async compareOne(
        subject: string,
        to: Place,
        from: Place,
        { missing, refused, failures }: Compared,
    ): Promise<readonly string[]> {
        const [theirs, ours] = await Promise.all([this.lookup.find(subject, from), this.lookup.find(subject, to)]);
        failures.push(...theirs.failures);
        const lacks = !isEmpty(theirs) && ours.failures.length > 0;
        if (lacks) {
            failures.push(...ours.failures);
        }
        const there = new Set(ours.referrers.map(({ digest }) => digest));
        const { refusesMediaParameters } = this.registries.client(to.registry).quirks;
        for (const { digest, artifactType } of theirs.referrers) {
            if (!there.has(digest) && !lacks) {
                const isRefused = refusesMediaParameters === true && artifactType?.includes(";") === true;
                (isRefused ? refused : missing).add(digest);
            }
        }
        // A list under the fallback tag is compared by what it names.
        const tags = theirs.tags.filter((tag) => tag !== fallbackTag(subject));
        for (const tag of tags) {
            try {
                if (!(await this.holdsTag(tag, from, to))) {
                    missing.add(tag);
                }
            } catch (error) {
                failures.push(error);
            }
        }
        return theirs.referrers.map(({ digest }) => digest);
    }

    /** Whether a target's digest tag has all that the authority's has: cosign adds to what such a tag holds. */
    private async holdsTag(tag: string, from: Place, to: Place): Promise<boolean> {
        const [theirs, ours] = await Promise.all([this.digestOf(tag, from), this.digestOf(tag, to)]);
        if (theirs === undefined || theirs === ours) {
            return true;
        }
        if (ours === undefined) {
            return false;
        }
        const [one, other] = await Promise.all([
            readFirst(theirs, [from], this.registries),
            readFirst(ours, [to], this.registries),
        ]);
        return holdsAll(other.content, one.content);
    }

    private async digestOf(tag: string, { registry, repository }: Place): Promise<string | undefined> {
        try {
            return (await this.registries.client(registry).headManifest(repository, tag)).digest;
        } catch (error) {
            if (isGone(error)) {
                return undefined;
            }
            throw error;
        }
    }

    /** An image and all manifests below it: each may be signed. Only an index has to be read to know them. */
    private subjectsOf(
        digest: string,
        copy: JudgedCopy,
        authority: Place,
        group: readonly JudgedCopy[],
    ): Promise<readonly string[]> {
        return once(this.subjects, digest, async () => {
            const { state } = copy;
            if (state.status === "present" && state.mediaType !== "" && !isIndexType(state.mediaType)) {
                return [digest];
            }
            const holders = group.filter((one) => one.state.status === "present" && one.state.digest === digest);
            const places = cheapestFirst([...holders, authority], this.registries);
            const { content } = await readFirst(digest, places, this.registries);
            return [digest, ...(await this.childrenOf(content, places))];
        });
    }

    private async childrenOf({ manifests }: Manifest, places: readonly Place[]): Promise<readonly string[]> {
        const children = manifests.filter(({ mediaType }) => isManifestType(mediaType));
        const nested = await Promise.all(
            children.map(async ({ digest, mediaType }) =>
                isIndexType(mediaType)
                    ? this.childrenOf((await readFirst(digest, places, this.registries)).content, places)
                    : [],
            ),
        );
        return [...new Set([...children.map(({ digest }) => digest), ...nested.flat()])];
    }
}

function isEmpty({ referrers, tags }: Found): boolean {
    return referrers.length + tags.length === 0;
}

function missingFinding(copy: JudgedCopy, authority: Place, missing: readonly string[]): Finding {
    const message = `${lacking(copy, authority, missing)}; "transship sync --referrers" brings what is lacking`;
    return { code: "REFERRERS_MISSING", severity: "drift", ...placeOfCopy(copy), message };
}

/** No sync can mend it: to be known, and no fault of the copy. */
function refusedFinding(copy: JudgedCopy, authority: Place, refused: readonly string[]): Finding {
    const message = `${lacking(copy, authority, refused)}; this registry takes no media type with a parameter, so that they cannot be carried, while the image itself is whole`;
    return { code: "REFERRERS_MISSING", severity: "warning", ...placeOfCopy(copy), message };
}

function lacking(copy: JudgedCopy, authority: Place, missing: readonly string[]): string {
    const more = missing.length - NAMED;
    const names = missing.slice(0, NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
    const what = missing.length === 1 ? "one referrer" : `${missing.length} referrers`;
    return `${nameCopy(copy)} lacks ${what} (signatures, SBOMs) that ${authority.registry} has: ${names}`;
}

function unknownFinding(copy: JudgedCopy, error: unknown): Finding {
    const message = `${nameCopy(copy)}: it could not be asked what refers to it: ${describeError(error)}`;
    return { code: "REFERRERS_UNKNOWN", severity: "unknown", ...placeOfCopy(copy), message };
}
