import type { Catalog, Lock, Registry } from "../catalog";
import { type CarriedWish, carriedTo, type LeftToTransship } from "./carried";
import { type MirrorProject, mirrorProjects } from "./projects";
import { harborRegistryOf } from "./registry";
import { type ReplicationRule, type RulesWish, replicationRules } from "./rules";

/** What a Harbor has to have for a catalogue to be at it. */
export interface MirrorPlan {
    readonly registry: Registry;
    readonly projects: readonly MirrorProject[];
    readonly rules: readonly ReplicationRule[];
    /** What Harbor's rules cannot carry, or are not to. */
    readonly left: readonly LeftToTransship[];
    /** The registries that the rules pull from, sorted by their keys. */
    readonly sources: readonly Registry[];
}

export interface MirrorWish extends Partial<CarriedWish>, Partial<RulesWish> {
    /** Key of the catalogue's registry. @default the only one of kind harbor */
    readonly registry?: string;
}

/** Pure. @throws HarborPlanError */
export function mirrorPlan(catalog: Catalog, wish: MirrorWish = {}): MirrorPlan {
    const {
        allPlatforms = false,
        exact = true,
        locked = "transship",
        rules: hasRules = true,
        signatures = false,
    } = wish;
    const lock: Lock = { ...catalog.lock, ...wish.lock };
    const registry = harborRegistryOf(catalog, wish.registry);
    const projects = mirrorProjects(catalog, registry, lock);
    const { carried, left } = carriedTo(catalog, registry, { lock, locked, allPlatforms, rules: hasRules });
    const rules = replicationRules(carried, { exact, signatures });
    const sources = [...new Set(rules.map(({ source }) => source))].sort();
    return {
        registry,
        projects,
        rules,
        left,
        sources: sources.map((name) => catalog.registries[name] as Registry),
    };
}
