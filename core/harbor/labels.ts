import * as v from "valibot";
import type { HarborConnection, Payload, WithoutId } from "./connection";

const schema = v.looseObject({
    id: v.number(),
    name: v.string(),
    description: v.nullish(v.string()),
    /** `#0065AB`. */
    color: v.nullish(v.string()),
    /** `g`: of the system, `p`: of a project. */
    scope: v.nullish(v.string()),
    project_id: v.nullish(v.number()),
});

/** (Harbor's API description, `Label`) */
export type Label = v.InferOutput<typeof schema>;
export type LabelWish = WithoutId<Label>;

export class Labels {
    constructor(private readonly connection: HarborConnection) {}

    /** Of the system, or of one project. @throws HarborError */
    list(projectId?: number): Promise<Label[]> {
        const query = projectId === undefined ? { scope: "g" } : { scope: "p", project_id: projectId };
        return this.connection.list("/labels", query, "list its labels", schema);
    }

    /** @throws HarborError */
    async find(name: string, projectId?: number): Promise<Label | undefined> {
        return (await this.list(projectId)).find((one) => one.name === name);
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    get(id: number): Promise<Label | undefined> {
        return this.connection.find(`/labels/${id}`, `read the label ${id}`, schema);
    }

    /** @returns its id. @throws HarborError */
    async create(label: LabelWish): Promise<number> {
        return Number(await this.connection.create("/labels", label as Payload, `create the label ${label.name}`));
    }

    /** Harbor takes the whole label. @throws HarborError */
    async update(label: Label, changes: Partial<LabelWish>): Promise<void> {
        const whole = { ...label, ...changes };
        await this.connection.change("PUT", `/labels/${label.id}`, whole, `change the label ${label.name}`);
    }

    /** It is taken off every image that has it. @throws HarborError */
    delete(id: number, name: string): Promise<void> {
        return this.connection.remove(`/labels/${id}`, `delete the label ${name}`);
    }
}
