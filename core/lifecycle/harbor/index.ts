import type { Session } from "../session";
import { harborHooks } from "./hooks";
import { immutableTagsKind } from "./immutable-tags";
import { labelKind } from "./label";
import { memberKind } from "./member";
import { preheatKind } from "./preheat";
import { projectKind } from "./project";
import { quotaKind } from "./quota";
import { registryEndpointKind } from "./registry-endpoint";
import { replicationKind } from "./replication";
import { retentionKind } from "./retention";
import { robotKind } from "./robot";
import { scheduleKind } from "./schedule";
import { webhookKind } from "./webhook";

/** What `transship/lifecycle` exports as `harbor`: one row for each kind of object. Old state calls these names. */
export function harborResources(session: () => Session) {
    return {
        immutableTags: harborHooks(immutableTagsKind, session),
        label: harborHooks(labelKind, session),
        member: harborHooks(memberKind, session),
        project: harborHooks(projectKind, session),
        quota: harborHooks(quotaKind, session),
        registryEndpoint: harborHooks(registryEndpointKind, session),
        replication: harborHooks(replicationKind, session),
        retention: harborHooks(retentionKind, session),
        robot: harborHooks(robotKind, session),
        schedule: harborHooks(scheduleKind, session),
        preheat: harborHooks(preheatKind, session),
        webhook: harborHooks(webhookKind, session),
    };
}

export type * from "./types";
