import * as v from "valibot";
import { type HarborConnection, type Payload, part, type WithoutId } from "./connection";
import { selectorSchema } from "./selectors";

const schema = v.looseObject({
    id: v.number(),
    disabled: v.nullish(v.boolean()),
    /** `immutable`. */
    action: v.nullish(v.string()),
    /** `immutable_template`. */
    template: v.nullish(v.string()),
    tag_selectors: v.nullish(v.array(selectorSchema)),
    scope_selectors: v.nullish(v.record(v.string(), v.array(selectorSchema))),
});

/** Tags that nobody moves or deletes. (Harbor's API description, `ImmutableRule`) */
export type ImmutableTagRule = v.InferOutput<typeof schema>;
export type ImmutableTagRuleWish = WithoutId<ImmutableTagRule>;

/** Of one project. A rule has no name: it is what it says. */
export class ImmutableTagRules {
    constructor(private readonly connection: HarborConnection) {}

    /** @throws HarborError */
    list(project: string): Promise<ImmutableTagRule[]> {
        return this.connection.list(
            rootOf(project),
            {},
            `list the immutable tag rules of the project ${project}`,
            schema,
        );
    }

    /** @returns its id. @throws HarborError */
    async create(project: string, rule: ImmutableTagRuleWish): Promise<number> {
        const doing = `create an immutable tag rule of the project ${project}`;
        return Number(await this.connection.create(rootOf(project), rule as Payload, doing));
    }

    /** Harbor takes the whole rule. @throws HarborError */
    async update(project: string, rule: ImmutableTagRule, changes: Partial<ImmutableTagRuleWish>): Promise<void> {
        const doing = `change the immutable tag rule ${rule.id} of the project ${project}`;
        await this.connection.change("PUT", `${rootOf(project)}/${rule.id}`, { ...rule, ...changes }, doing);
    }

    /** @throws HarborError */
    delete(project: string, id: number): Promise<void> {
        const doing = `delete the immutable tag rule ${id} of the project ${project}`;
        return this.connection.remove(`${rootOf(project)}/${id}`, doing);
    }
}

function rootOf(project: string): string {
    return `/projects/${part(project)}/immutabletagrules`;
}
