import * as v from "valibot";
import type { HarborConnection } from "./connection";

const executionSchema = v.looseObject({
    id: v.number(),
    policy_id: v.nullish(v.number()),
    /** `InProgress`, `Succeed`, `Failed`, `Stopped`. */
    status: v.string(),
    status_text: v.nullish(v.string()),
    /** `manual`, `scheduled`, `event_based`. */
    trigger: v.nullish(v.string()),
    total: v.nullish(v.number()),
    succeed: v.nullish(v.number()),
    failed: v.nullish(v.number()),
    in_progress: v.nullish(v.number()),
    stopped: v.nullish(v.number()),
});

const taskSchema = v.looseObject({
    id: v.number(),
    status: v.string(),
    /** `library/app [2 item(s) in total]` in some versions, `library/app:1` in others. */
    src_resource: v.nullish(v.string()),
    dst_resource: v.nullish(v.string()),
});

/** (Harbor's API description, `ReplicationExecution`) */
export type ReplicationExecution = v.InferOutput<typeof executionSchema>;
/** (`ReplicationTask`) */
export type ReplicationTask = v.InferOutput<typeof taskSchema>;

const ROOT = "/replication/executions";

/** What rules have carried and carry. */
export class ReplicationExecutions {
    constructor(private readonly connection: HarborConnection) {}

    /** Of one rule, the newest first. @throws HarborError */
    list(policy: number): Promise<ReplicationExecution[]> {
        const doing = `list the executions of the replication rule ${policy}`;
        return this.connection.list(ROOT, { policy_id: policy }, doing, executionSchema);
    }

    /** The newest hundred of one rule: a rule that runs often has thousands. @throws HarborError */
    recent(policy: number): Promise<ReplicationExecution[]> {
        const doing = `list the executions of the replication rule ${policy}`;
        return this.connection.page(ROOT, { policy_id: policy }, doing, executionSchema);
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    get(id: number): Promise<ReplicationExecution | undefined> {
        return this.connection.find(`${ROOT}/${id}`, `read the replication ${id}`, executionSchema);
    }

    /** @returns its id. @throws HarborError whose `mayBeDone` says whether one may run all the same */
    async start(policy: number): Promise<number> {
        const doing = `start the replication rule ${policy}`;
        return Number(await this.connection.create(ROOT, { policy_id: policy }, doing));
    }

    /** @throws HarborError */
    async stop(id: number): Promise<void> {
        await this.connection.change("PUT", `${ROOT}/${id}`, {}, `stop the replication ${id}`);
    }

    /** One for each image that it carries. @throws HarborError */
    tasks(id: number): Promise<ReplicationTask[]> {
        return this.connection.list(`${ROOT}/${id}/tasks`, {}, `list the tasks of the replication ${id}`, taskSchema);
    }

    /** What Harbor's job service wrote of a task. @throws HarborError */
    async taskLog(id: number, task: number): Promise<string> {
        return this.connection.text(`${ROOT}/${id}/tasks/${task}/log`, `read the log of the replication task ${task}`);
    }
}
