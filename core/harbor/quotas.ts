import * as v from "valibot";
import type { HarborConnection } from "./connection";

const resources = v.nullish(v.looseObject({ storage: v.nullish(v.number()) }));
const schema = v.looseObject({ id: v.number(), hard: resources, used: resources });

const settingsSchema = v.looseObject({
    storage_per_project: v.nullish(v.looseObject({ value: v.nullish(v.number()) })),
});

/** (Harbor's API description, `Quota`) */
export type Quota = v.InferOutput<typeof schema>;

/** How much a project may hold. Harbor makes one with each project, unless quotas are off in its settings. */
export class Quotas {
    constructor(private readonly connection: HarborConnection) {}

    /** Of a project; undefined where quotas are off. @throws HarborError `HARBOR_FORBIDDEN` for who is no administrator */
    async ofProject(id: number): Promise<Quota | undefined> {
        const query = { reference: "project", reference_id: id };
        const found = await this.connection.list("/quotas", query, `read the quota of the project ${id}`, schema);
        return found[0];
    }

    /**
     * Bytes that a new project may hold, where nobody says otherwise; -1: no limit.
     *
     * @throws HarborError `HARBOR_FORBIDDEN` for who is no administrator
     */
    async ofNewProjects(): Promise<number> {
        const doing = "read Harbor's settings";
        const { storage_per_project } = await this.connection.read("/configurations", doing, settingsSchema);
        return storage_per_project?.value ?? -1;
    }

    /** @param storage bytes; -1: no limit. @throws HarborError */
    async update(id: number, storage: number): Promise<void> {
        await this.connection.change("PUT", `/quotas/${id}`, { hard: { storage } }, `change the quota ${id}`);
    }
}
