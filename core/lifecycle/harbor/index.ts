import type { Session } from "../session";
import { harborHooks } from "./hooks";
import { projectKind } from "./project";
import { registryEndpointKind } from "./registry-endpoint";
import { replicationKind } from "./replication";
import { robotKind } from "./robot";

/** What `transship/lifecycle` exports as `harbor`: one row for each kind of object. Old state calls these names. */
export function harborResources(session: () => Session) {
    return {
        project: harborHooks(projectKind, session),
        registryEndpoint: harborHooks(registryEndpointKind, session),
        replication: harborHooks(replicationKind, session),
        robot: harborHooks(robotKind, session),
    };
}

export type * from "./types";
