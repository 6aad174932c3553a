/** What a Harbor has to have for a catalogue, without asking it: pure, so that components may check before anything is made. */
export { refuseUntaggedCollection } from "./caches";
export { type Carried, type CarriedWish, carriedTo, type LeftToTransship } from "./carried";
export { type Destination, destinationOf, destinationRepository, type Flatten } from "./destination";
export { type Endpoint, endpointOf } from "./endpoint";
export { HarborPlanError, planError } from "./error";
export { type FixedTags, fixedTags, HELD_PATTERN, KEPT_OTHERS, type Keep, type KeptRule, keptRules } from "./kept";
export { anyOf, FILTERS_LENGTH, filtersLength } from "./patterns";
export { type MirrorPlan, type MirrorWish, mirrorPlan } from "./plan";
export { type MirrorProject, type MirrorRepository, type MirrorTag, mirrorProjects } from "./projects";
export { harborRegistryOf, harborUrl, projectOf } from "./registry";
export { ATTACHED_PATTERN, type ReplicationRule, type RuleRepository, type RulesWish, replicationRules } from "./rules";
