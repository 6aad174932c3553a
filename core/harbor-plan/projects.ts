import type { Catalog, Lock, Registry, TagPair } from "../catalog";
import { planError } from "./error";
import { projectOf } from "./registry";

/** One project, and all that the catalogue has in it. */
export interface MirrorProject {
    readonly name: string;
    /** Sorted by name, each once. */
    readonly repositories: readonly MirrorRepository[];
}

export interface MirrorRepository {
    /** Without its project, as Harbor's rules see it: `hashicorp/vault`. */
    readonly name: string;
    readonly images: readonly string[];
    readonly tags: readonly MirrorTag[];
    /** Whether a selector chooses tags of which nobody has said the names yet. */
    readonly isOpen: boolean;
}

export interface MirrorTag extends TagPair {
    /**
     * Whether another digest may come below the same name: of an official image of Docker's, which are built anew below
     * the tags that they have, and of one that is made here of some of its platforms.
     */
    readonly isRebuilt: boolean;
}

/**
 * The projects that a catalogue needs at a Harbor: the first parts of its targets' paths. What the lock has of an image
 * is among its tags, whatever its selectors would choose by now.
 *
 * @throws HarborPlanError for a path that Harbor refuses, and where the catalogue has nothing there
 */
export function mirrorProjects(catalog: Catalog, registry: Registry, lock: Lock): MirrorProject[] {
    const projects = new Map<string, Map<string, MirrorRepository>>();
    for (const image of Object.values(catalog.images)) {
        const held = Object.hasOwn(lock, image.name) ? Object.keys(lock[image.name] ?? {}) : [];
        const isRebuilt = isOfficial(catalog, image.source) || image.platforms !== "all";
        for (const target of image.targets.filter((one) => one.registry === registry.name)) {
            const project = projectOf(registry, target.repository, image.name);
            const repositories = projects.get(project) ?? new Map<string, MirrorRepository>();
            const name = target.repository.slice(project.length + 1);
            const old = repositories.get(name);
            const locked = target.selectors === undefined ? [] : held.map((tag) => ({ from: tag, to: tag }));
            const tags = [...target.tags, ...locked].map((tag) => ({ ...tag, isRebuilt }));
            repositories.set(name, {
                name,
                images: [...new Set([...(old?.images ?? []), image.name])].sort(),
                tags: [...(old?.tags ?? []), ...tags],
                isOpen: old?.isOpen === true || (target.selectors !== undefined && locked.length === 0),
            });
            projects.set(project, repositories);
        }
    }
    if (projects.size === 0) {
        throw planError(
            `No image of the catalogue has a target at ${registry.name}: add it to "targets" of the images, or of the defaults.`,
        );
    }
    return [...projects].sort(byKey).map(([name, of]) => ({
        name,
        repositories: [...of].sort(byKey).map(([, repository]) => repository),
    }));
}

function isOfficial(catalog: Catalog, { registry, repository }: { registry: string; repository: string }): boolean {
    return catalog.registries[registry]?.host === "docker.io" && repository.startsWith("library/");
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
    return a < b ? -1 : 1;
}
