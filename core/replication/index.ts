export { foreseeReplication, replicate } from "./replicate";
export { isReplicated } from "./target";
export type {
    Logins,
    ReplicatedTag,
    Replication,
    ReplicationNotice,
    ReplicationOptions,
    ReplicationProgress,
} from "./types";
