import { parsePrivateEcrHost } from "../aws-names";
import { type Catalog, canonicalHost, findImage, type Registry } from "../catalog";
import type { ReplicationPolicy } from "../harbor";
import type { JudgedCopy } from "../mirror";
import { fitsPattern } from "./patterns";

/** A Harbor that may carry an image: it pulls it from the source, or pushes what it has as the source. */
export interface HarborSide {
    readonly harbor: Registry;
    readonly other: Registry;
    readonly direction: "pull" | "push";
}

/** One copy as a rule has to carry it. */
export interface Wanted {
    /** Path below the source's host. */
    readonly from: string;
    readonly to: string;
    readonly tag: string;
}

/** The Harbors that may carry a copy: the target before the source, since it is the one that gets the image. */
export function sidesOf(catalog: Catalog, copy: JudgedCopy): HarborSide[] {
    const source = catalog.registries[findImage(catalog, copy.image).source.registry];
    const target = catalog.registries[copy.registry];
    if (source === undefined || target === undefined) {
        return [];
    }
    return [
        ...(target.kind === "harbor" ? [{ harbor: target, other: source, direction: "pull" as const }] : []),
        ...(source.kind === "harbor" ? [{ harbor: source, other: target, direction: "push" as const }] : []),
    ];
}

export function wantedOf(catalog: Catalog, { image, repository, tag }: JudgedCopy): Wanted {
    return { from: findImage(catalog, image).source.repository, to: repository, tag };
}

/**
 * Why a rule does not carry this; undefined where it does. Pure.
 *
 * @param isNamed the catalogue names the rule: then Harbor may know the other registry by another address
 */
export function whyNot(
    policy: ReplicationPolicy,
    { direction, other }: HarborSide,
    { from, to, tag }: Wanted,
    isNamed = false,
): string | undefined {
    const { src_registry, dest_registry, filters } = policy;
    const remote = direction === "pull" ? src_registry : dest_registry;
    if (!remote?.id) {
        return direction === "pull" ? "it pushes, and this is to be pulled" : "it pulls, and this is to be pushed";
    }
    if (!isNamed && !isSameRegistry(remote, other)) {
        return `it is of the registry ${remote.url ?? remote.name}, and not of ${other.host}`;
    }
    // Go leaves out what is false.
    if (policy.enabled !== true) {
        return "it is disabled";
    }
    const refusal = (filters ?? []).map((filter) => filterRefusal(filter, from, tag)).find((one) => one !== undefined);
    if (refusal !== undefined) {
        return refusal;
    }
    const placed = placeOf(from, policy);
    return placed === to ? undefined : `it puts ${from} at ${placed ?? "no place that Harbor takes"}, and not at ${to}`;
}

type Filter = NonNullable<ReplicationPolicy["filters"]>[number];

function filterRefusal({ decoration, type, value }: Filter, repository: string, tag: string): string | undefined {
    const text = String(value);
    if (type === "name") {
        return fitsPattern(text, repository) ? undefined : `its names are ${text}, and this is ${repository}`;
    }
    if (type === "tag") {
        const isTaken = fitsPattern(text, tag) !== (decoration === "excludes");
        const verb = decoration === "excludes" ? "it leaves out the tags" : "its tags are";
        return text === "" || isTaken ? undefined : `${verb} ${text}, and this is ${tag}`;
    }
    // Labels are Harbor's own marks, which a catalogue does not know. A kind of artifact leaves no image out.
    return type === "label" && Array.isArray(value) && value.length > 0
        ? `it is of the labels ${value.join(", ")}, which the catalogue does not know`
        : undefined;
}

/** Where a rule puts a repository. (goharbor/harbor, src/controller/replication/flow/stage.go, `replaceNamespace`) */
function placeOf(repository: string, policy: ReplicationPolicy): string | undefined {
    const namespace = policy.dest_namespace ?? "";
    if (namespace === "") {
        return repository;
    }
    const parts = repository.split("/");
    const replaced = policy.dest_namespace_replace_count ?? -1;
    if (replaced > parts.length - 1) {
        return undefined;
    }
    const kept = replaced < 0 ? [] : parts.slice(replaced, -1);
    return [namespace, ...kept, parts.at(-1)].join("/");
}

/** Harbor knows a registry by an address, which for some kinds is that of their API. */
function isSameRegistry(
    { type, url }: NonNullable<ReplicationPolicy["src_registry"]>,
    { host, kind }: Registry,
): boolean {
    if (type === "docker-hub") {
        return kind === "dockerhub" && host === "docker.io";
    }
    let address: URL;
    try {
        address = new URL(/^https?:\/\//i.test(url ?? "") ? (url ?? "") : `https://${url}`);
    } catch {
        return false;
    }
    const region = /^api\.ecr\.([a-z0-9-]+)\./.exec(address.hostname)?.[1];
    if (type === "aws-ecr" && region !== undefined) {
        return parsePrivateEcrHost(host)?.region === region;
    }
    return canonicalHost(address.host) === canonicalHost(host);
}
