export type { HarborObjectArgs } from "./harbor-args";
export {
    HarborProject,
    type HarborProjectArgs,
    type HarborProxyCacheArgs,
    type HarborSeverity,
} from "./harbor-project";
export {
    HarborRegistryEndpoint,
    type HarborRegistryEndpointArgs,
    type HarborRegistryType,
} from "./harbor-registry-endpoint";
export {
    HarborReplication,
    type HarborReplicationArgs,
    type HarborReplicationChoice,
    type HarborReplicationFilters,
    type HarborReplicationTrigger,
} from "./harbor-replication";
export {
    type HarborAccess,
    type HarborRight,
    HarborRobot,
    type HarborRobotArgs,
    type HarborRobotScope,
} from "./harbor-robot";
