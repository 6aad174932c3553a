import { quote } from "../oci";
import { ecrError } from "./error";
import { fitsTagPattern } from "./tag-pattern";

/** Whether a tag may be written again with another digest. */
export type Mutability = "MUTABLE" | "IMMUTABLE";

export interface TagMutabilitySettings {
    /**
     * `MUTABLE` since a mirror's tags move: under `upstream: follow` with their source, under `locked` with each promotion.
     * What runs is pinned by digest, and a tag that somebody moved is drift: immutability adds nothing to that proof.
     * `IMMUTABLE` is for what is published here under versions that never come again. @default "MUTABLE"
     */
    readonly mutability?: Mutability;
    /** With `IMMUTABLE`: patterns of tags that may move all the same, at most two `*` each: `["latest", "edge-*"]`. @default none */
    readonly mutableTags?: readonly string[];
    /** With `MUTABLE`: patterns of tags that may not. @default none */
    readonly immutableTags?: readonly string[];
    /**
     * With `IMMUTABLE`: whether `sha256-*` may move, the tags at which cosign adds signature to signature and clients keep
     * lists of referrers. Without it a second signature of an image is refused. @default true
     */
    readonly signaturesMutable?: boolean;
}

/** As the API and the provider have it. */
export interface TagMutability {
    readonly imageTagMutability: Mutability | "MUTABLE_WITH_EXCLUSION" | "IMMUTABLE_WITH_EXCLUSION";
    /** Absent where there is none. */
    readonly imageTagMutabilityExclusionFilters?: readonly {
        readonly filter: string;
        readonly filterType: "WILDCARD";
    }[];
}

export const SIGNATURE_TAGS = "sha256-*";
/** docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html */
const FILTERS = 5;
/** docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html */
const FILTER = /^[0-9a-zA-Z._*-]{1,128}$/;
/** docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
const WILDCARDS = 2;

/** @throws EcrError for what ECR would refuse, and for patterns that mean nothing beside the mutability */
export function tagMutability(settings: TagMutabilitySettings): TagMutability {
    const { mutability = "MUTABLE", mutableTags, immutableTags } = settings;
    if (mutability !== "MUTABLE" && mutability !== "IMMUTABLE") {
        throw ecrError(
            `"mutability" is "MUTABLE" or "IMMUTABLE", not ${quote(String(mutability))}: the exceptions are "mutableTags" and "immutableTags".`,
        );
    }
    const immutable = mutability === "IMMUTABLE";
    const stray = immutable ? immutableTags : mutableTags;
    if (stray !== undefined && stray.length > 0) {
        const name = immutable ? "immutableTags" : "mutableTags";
        throw ecrError(
            `"${name}" says nothing where all tags are ${mutability}: ${immutable ? `"mutableTags" are its exceptions` : `write "mutability: IMMUTABLE" beside it`}.`,
        );
    }
    const own = (immutable ? mutableTags : immutableTags) ?? [];
    const signatures = immutable && settings.signaturesMutable !== false ? [SIGNATURE_TAGS] : [];
    // Sorted: the provider compares lists in their order, and theirs means nothing.
    const filters = [...new Set([...signatures, ...own])].sort();
    for (const filter of own) {
        checkFilter(immutable ? "mutableTags" : "immutableTags", filter);
    }
    if (filters.length > FILTERS) {
        const counted = signatures.length > 0 ? `, ${SIGNATURE_TAGS} (signatures) counted` : "";
        throw ecrError(
            `There are ${filters.length} patterns of tags that are exceptions${counted}, but ECR takes ${FILTERS}: join some ("v1*", "v2*" to "v*").`,
        );
    }
    return filters.length === 0
        ? { imageTagMutability: mutability }
        : {
              imageTagMutability: `${mutability}_WITH_EXCLUSION`,
              imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filter, filterType: "WILDCARD" })),
          };
}

function checkFilter(argument: string, filter: unknown): void {
    if (typeof filter !== "string" || !FILTER.test(filter)) {
        throw ecrError(
            `"${argument}" has ${quote(String(filter))}, which ECR does not take: 1 to 128 letters, digits, . _ - and *.`,
        );
    }
    const wildcards = filter.split("*").length - 1;
    if (wildcards > WILDCARDS) {
        throw ecrError(`"${argument}" has ${quote(filter)} with ${wildcards} "*", but ECR takes ${WILDCARDS} there.`);
    }
}

/** Tags of a catalogue that cannot do what they do by nature, since they may not move. */
export interface StuckTags {
    /** No digit in them: `latest`, `stable`, `alpine`. They move for certain. */
    readonly certain: readonly string[];
    /** Short versions, `1`, `1.18`, `3.20-alpine`: they move where there are longer ones. */
    readonly likely: readonly string[];
}

const SHORT_VERSION = /^v?\d{1,4}(?:\.\d+)?(?:-[A-Za-z].*)?$/;

/** @param tags as they are written at the target */
export function stuckTags(
    { imageTagMutability, imageTagMutabilityExclusionFilters = [] }: TagMutability,
    tags: readonly string[],
): StuckTags {
    const stays = (tag: string): boolean =>
        imageTagMutability.startsWith("IMMUTABLE") !==
        imageTagMutabilityExclusionFilters.some(({ filter }) => fitsTagPattern(filter, tag));
    const stuck = [...new Set(tags)].filter(stays);
    const certain = stuck.filter((tag) => !/\d/.test(tag));
    return { certain, likely: stuck.filter((tag) => SHORT_VERSION.test(tag)) };
}
