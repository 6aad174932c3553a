import type { Descriptor } from "./descriptor";
import { attestationsOf, childrenByPlatform } from "./index-children";
import type { Manifest } from "./manifest";
import { isImageConfigType, isIndexType, MediaType } from "./media-types";
import { configDifference } from "./same-config";

/** A manifest with the digest of its bytes. */
export interface DigestedManifest {
    readonly digest: string;
    readonly content: Manifest;
}

type Side = "wanted" | "other";

/** Something that has to be read before anything can be said. */
export interface ContentNeed {
    readonly of: Side;
    readonly kind: "manifest" | "config";
    readonly digest: string;
}

/** What was read so far, by digest. */
export interface KnownContent {
    manifest(digest: string): Manifest | undefined;
    config(digest: string): Uint8Array | undefined;
}

/** `words`: a clause, in what the bytes differ though what they hold does not, or the first difference. */
export type ContentVerdict =
    | { readonly same: boolean; readonly words: string }
    | { readonly same?: undefined; readonly needs: readonly ContentNeed[] };

/**
 * Whether two manifests of different bytes hold the same image: for each platform the same layers in the same order,
 * and a config that runs the same (`configDifference`). Docker's format and OCI's are alike to it, and an index of one
 * platform and that platform's manifest alone. `other` may lack attestations, which is told; it may have nothing that
 * `wanted` has not. Layers are compared by digest, so that another compression is another content. Pure: what it has to
 * know it asks for, one pair at a time, so that nothing is read beyond the first difference.
 */
export function compareContent(wanted: DigestedManifest, other: DigestedManifest, known: KnownContent): ContentVerdict {
    const comparison = new ContentComparison(known);
    comparison.compare(wanted, other, "");
    return comparison.verdict();
}

class ContentComparison {
    private needs: readonly ContentNeed[] = [];
    private difference: string | undefined;
    /** In what they differ, though it makes no difference. */
    private readonly notes = new Set<string>();

    constructor(private readonly known: KnownContent) {}

    verdict(): ContentVerdict {
        if (this.difference !== undefined) {
            return { same: false, words: this.difference };
        }
        if (this.needs.length > 0) {
            return { needs: this.needs };
        }
        const how = this.notes.size === 0 ? "written anew" : [...this.notes].join(", ");
        return { same: true, words: `it has the same config and layers in another manifest: ${how}` };
    }

    /** @param where ` for linux/arm64`; nothing at the top */
    compare(wanted: DigestedManifest, other: DigestedManifest, where: string): void {
        const [one, two] = [wanted.content, other.content];
        const [isList, isOtherList] = [isIndexType(one.mediaType), isIndexType(two.mediaType)];
        if (isDocker(one) !== isDocker(two)) {
            const [from, to] = isDocker(one) ? ["Docker's", "OCI's"] : ["OCI's", "Docker's"];
            this.notes.add(`converted from ${from} format to ${to}`);
        }
        if (isList && isOtherList) {
            this.compareIndexes(one, two);
        } else if (isList) {
            this.compareWithIndex(one, "wanted", other, where);
        } else if (isOtherList) {
            this.compareWithIndex(two, "other", wanted, where);
        } else {
            this.compareManifests(one, two, where);
        }
    }

    private get isDecided(): boolean {
        return this.difference !== undefined || this.needs.length > 0;
    }

    private differ(words: string): void {
        this.difference ??= words;
    }

    private compareIndexes(one: Manifest, two: Manifest): void {
        const [ours, theirs] = [childrenByPlatform(one), childrenByPlatform(two)];
        const lacking = [...ours.keys()].filter((key) => !theirs.has(key));
        const more = [...theirs.keys()].filter((key) => !ours.has(key));
        if (lacking.length > 0) {
            this.differ(`it lacks ${lacking.join(", ")}`);
        } else if (more.length > 0) {
            this.differ(`it has ${more.join(", ")} besides`);
        }
        for (const [platform, child] of ours) {
            this.comparePair(child, theirs.get(platform), ` for ${platform}`);
        }
        this.compareAttestations(attestationsOf(one), attestationsOf(two));
    }

    private compareAttestations(ours: readonly Descriptor[], theirs: readonly Descriptor[]): void {
        const known = new Set(ours.map(({ digest }) => digest));
        const isStrange = theirs.some(({ digest }) => !known.has(digest));
        if (theirs.length === ours.length) {
            for (const [index, child] of ours.entries()) {
                this.comparePair(child, theirs[index], " in an attestation");
            }
        } else if (isStrange || theirs.length > ours.length) {
            this.differ("it has attestations that the wanted one has not");
        } else {
            this.notes.add(`without ${countAttestations(ours.length - theirs.length)}`);
        }
    }

    private comparePair(wanted: Descriptor, other: Descriptor | undefined, where: string): void {
        if (this.isDecided || other === undefined || wanted.digest === other.digest) {
            return;
        }
        const [one, two] = [this.read("wanted", wanted.digest), this.read("other", other.digest)];
        if (one !== undefined && two !== undefined) {
            this.compare(one, two, where);
        }
    }

    /** An index, and one manifest: its only platform's, where the two are the same. */
    private compareWithIndex(index: Manifest, side: Side, single: DigestedManifest, where: string): void {
        const children = [...childrenByPlatform(index)];
        const extras = attestationsOf(index).length;
        const [only] = children;
        if (only === undefined || children.length > 1 || (side === "other" && extras > 0)) {
            this.differ(oddPair(children, side, single));
            return;
        }
        const lost = extras > 0 ? ` and ${countAttestations(extras)}` : "";
        const alone = `the manifest of its only platform, without the index${lost}`;
        this.notes.add(side === "wanted" ? alone : "in an index of its own");
        const child = only[1].digest === single.digest ? undefined : this.read(side, only[1].digest);
        if (child !== undefined) {
            const [one, two] = side === "wanted" ? [child, single] : [single, child];
            this.compare(one, two, where);
        }
    }

    private compareManifests(one: Manifest, two: Manifest, where: string): void {
        if (one.kind !== two.kind || one.artifactType !== two.artifactType) {
            this.differ(`it is ${two.kind === "image" ? "an image" : "another artifact"}${where}`);
        } else if (one.subject?.digest !== two.subject?.digest) {
            this.differ(`it refers to another image${where}`);
        } else if (layersOf(one) !== layersOf(two)) {
            this.differ(`it has other layers${where}`);
        } else if (one.config !== undefined && two.config !== undefined) {
            this.compareConfigs(one.config, two.config, where);
        }
    }

    private compareConfigs(one: Descriptor, two: Descriptor, where: string): void {
        if (one.digest === two.digest) {
            return;
        }
        if (!isImageConfigType(one.mediaType) || !isImageConfigType(two.mediaType)) {
            this.differ(`it has another config${where}`);
            return;
        }
        const [first, second] = [this.known.config(one.digest), this.known.config(two.digest)];
        if (first === undefined || second === undefined) {
            this.ask("config", first === undefined && one.digest, second === undefined && two.digest);
            return;
        }
        const key = configDifference(first, second);
        if (key === undefined) {
            this.notes.add("its config written anew");
        } else {
            this.differ(`its config has another ${key}${where}`);
        }
    }

    private read(of: Side, digest: string): DigestedManifest | undefined {
        const content = this.known.manifest(digest);
        if (content === undefined) {
            this.ask("manifest", of === "wanted" && digest, of === "other" && digest);
            return undefined;
        }
        return { digest, content };
    }

    private ask(kind: ContentNeed["kind"], wanted: string | false, other: string | false): void {
        const needs: ContentNeed[] = [];
        if (wanted !== false) {
            needs.push({ of: "wanted", kind, digest: wanted });
        }
        if (other !== false) {
            needs.push({ of: "other", kind, digest: other });
        }
        this.needs = [...this.needs, ...needs];
    }
}

function oddPair(children: readonly [string, Descriptor][], side: Side, single: DigestedManifest): string {
    if (side === "other") {
        return "it is an index, where the wanted one is one manifest";
    }
    const part = children.find(([, { digest }]) => digest === single.digest);
    const size = `${children.length} platforms`;
    return part === undefined
        ? `it is one manifest, where the wanted one is an index of ${size}`
        : `it is the manifest of ${part[0]} alone, where the wanted one is an index of ${size}`;
}

function layersOf({ layers }: Manifest): string {
    return layers.map(({ digest }) => digest).join(" ");
}

function countAttestations(count: number): string {
    return count === 1 ? "its attestation" : `${count} attestations`;
}

function isDocker({ mediaType }: Manifest): boolean {
    return mediaType === MediaType.dockerManifest || mediaType === MediaType.dockerList;
}
