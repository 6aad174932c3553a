import * as v from "valibot";
import type { HarborConnection, Payload, WithoutId } from "./connection";
import type { Project } from "./projects";

/** What a rule is about: `{ kind: "doublestar", decoration: "matches", pattern: "**" }`. */
export const selectorSchema = v.looseObject({
    kind: v.nullish(v.string()),
    /** `matches` and `excludes` for tags, `repoMatches` and `repoExcludes` for repositories. */
    decoration: v.nullish(v.string()),
    pattern: v.nullish(v.string()),
    /** JSON as text: `{"untagged":true}`. */
    extras: v.nullish(v.string()),
});

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
     * Of a project as it is now. Harbor says 500 of rules that are not there, so whether there are any is the project's
     * to say.
     *
     * @throws HarborError
     */
    async ofProject({ metadata }: Pick<Project, "metadata">): Promise<RetentionPolicy | undefined> {
        const id = metadata?.retention_id;
        return id ? this.get(Number(id)) : undefined;
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
        await this.connection.change(
            "PUT",
            `/retentions/${policy.id}`,
            whole,
            `change the retention rules ${policy.id}`,
        );
    }

    /** @throws HarborError */
    delete(id: number): Promise<void> {
        return this.connection.remove(`/retentions/${id}`, `delete the retention rules ${id}`);
    }
}
