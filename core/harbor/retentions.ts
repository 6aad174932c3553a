import * as v from "valibot";
import type { HarborConnection, Payload, WithoutId } from "./connection";
import { HarborError } from "./errors";
import type { Project } from "./projects";
import { selectorSchema } from "./selectors";

const ruleSchema = v.looseObject({
    id: v.nullish(v.number()),
    disabled: v.nullish(v.boolean()),
    /** `retain`. */
    action: v.nullish(v.string()),
    /** `always`, `latestPushedK`, `latestPulledN`, `nDaysSinceLastPush`, `nDaysSinceLastPull`. */
    template: v.nullish(v.string()),
    params: v.nullish(v.record(v.string(), v.unknown())),
    tag_selectors: v.nullish(v.array(selectorSchema)),
    scope_selectors: v.nullish(v.record(v.string(), v.array(selectorSchema))),
});

const schema = v.looseObject({
    id: v.number(),
    /** `or`: what one rule retains stays. */
    algorithm: v.nullish(v.string()),
    rules: v.nullish(v.array(ruleSchema)),
    trigger: v.nullish(v.looseObject({ kind: v.nullish(v.string()), settings: v.nullish(v.looseObject({})) })),
    scope: v.nullish(v.looseObject({ level: v.nullish(v.string()), ref: v.nullish(v.number()) })),
});

/** What of a project's images is retained. (Harbor's API description, `RetentionPolicy`) */
export type RetentionPolicy = v.InferOutput<typeof schema>;
export type RetentionPolicyWish = WithoutId<RetentionPolicy>;

/** A project has one at the most; its id is the project's metadata `retention_id`. */
export class Retentions {
    constructor(private readonly connection: HarborConnection) {}

    /**
     * Of a project as it is now. Whether there are any is the project's to say, unless what it names is gone.
     *
     * @throws HarborError
     */
    async ofProject({ metadata }: Pick<Project, "metadata">): Promise<RetentionPolicy | undefined> {
        const id = Number(metadata?.retention_id);
        if (!(id > 0)) {
            return undefined;
        }
        return this.get(id).catch(async (error) => {
            if (isOutage(error) && (await this.isGone(id))) {
                return undefined;
            }
            throw error;
        });
    }

    /** Rules that are known to be there. @throws HarborError `HARBOR_UNAVAILABLE` also where they are not */
    get(id: number): Promise<RetentionPolicy> {
        return this.connection.read(`/retentions/${id}`, `read the retention rules ${id}`, schema);
    }

    /** @returns its id. @throws HarborError */
    async create(policy: RetentionPolicyWish): Promise<number> {
        const doing = "create the retention rules of a project";
        return Number(await this.connection.create("/retentions", policy as Payload, doing));
    }

    /** Harbor takes the whole policy. @throws HarborError */
    async update(policy: RetentionPolicy, changes: Partial<RetentionPolicyWish>): Promise<void> {
        const whole = { ...policy, ...changes };
        // When it runs next is Harbor's to say; sent back, it would be kept.
        const { next_scheduled_time, ...settings } = whole.trigger?.settings ?? {};
        const trigger = whole.trigger && { ...whole.trigger, settings };
        await this.connection.change(
            "PUT",
            `/retentions/${policy.id}`,
            { ...whole, trigger },
            `change the retention rules ${policy.id}`,
        );
    }

    /** @throws HarborError */
    async delete(id: number): Promise<void> {
        await this.connection.remove(`/retentions/${id}`, `delete the retention rules ${id}`).catch((error) => {
            if (!saysGone(error)) {
                throw error;
            }
        });
    }

    /** Of rules that are not there Harbor says 500 where they are read, and 400, with the reason, where their runs are. */
    private isGone(id: number): Promise<boolean> {
        const path = `/retentions/${id}/executions?page_size=1`;
        return this.connection.read(path, `read the runs of the retention rules ${id}`, v.unknown()).then(
            () => false,
            (error) => saysGone(error),
        );
    }
}

function isOutage(error: unknown): boolean {
    return error instanceof HarborError && error.code === "HARBOR_UNAVAILABLE";
}

/** (goharbor/harbor, src/pkg/retention/manager.go, `GetPolicy`) */
function saysGone(error: unknown): boolean {
    return (
        error instanceof HarborError &&
        error.code === "HARBOR_REFUSED" &&
        /no such retention policy/i.test(error.message)
    );
}
