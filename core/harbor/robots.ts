import * as v from "valibot";
import type { HarborConnection, Payload } from "./connection";

const permission = v.looseObject({
    /** `project` or `system`. */
    kind: v.string(),
    /** The project's name, `*` for all, `/` for the system. */
    namespace: v.string(),
    access: v.nullish(v.array(v.looseObject({ resource: v.string(), action: v.string() }))),
});

const schema = v.looseObject({
    id: v.number(),
    /** With the prefix and, for a project's robot, the project: `robot$mirror+ci`. */
    name: v.string(),
    description: v.nullish(v.string()),
    /** `project` or `system`. */
    level: v.nullish(v.string()),
    /** Days; -1: never ends. */
    duration: v.nullish(v.number()),
    disable: v.nullish(v.boolean()),
    /** Seconds of the Unix clock; -1: never. */
    expires_at: v.nullish(v.number()),
    permissions: v.nullish(v.array(permission)),
});

const madeSchema = v.object({ id: v.number(), name: v.string(), secret: v.string() });

/** (Harbor's API description, `Robot`) */
export type RobotAccount = v.InferOutput<typeof schema>;
export type RobotPermission = v.InferOutput<typeof permission>;
/** The one moment at which Harbor tells a secret. (`RobotCreated`) */
export type NewRobotAccount = v.InferOutput<typeof madeSchema>;

export interface RobotWish {
    /** Without prefix and project. */
    readonly name: string;
    readonly description?: string;
    readonly level: "project" | "system";
    /** Days; -1: never ends. */
    readonly duration: number;
    readonly disable?: boolean;
    readonly permissions: readonly RobotPermission[];
}

export class RobotAccounts {
    constructor(private readonly connection: HarborConnection) {}

    /** Of the system, or of one project. @throws HarborError */
    list(projectId?: number): Promise<RobotAccount[]> {
        const q = projectId === undefined ? "Level=system,ProjectID=0" : `Level=project,ProjectID=${projectId}`;
        return this.connection.list("/robots", { q }, "list its robots", schema);
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    get(id: number): Promise<RobotAccount | undefined> {
        return this.connection.find(`/robots/${id}`, `read the robot ${id}`, schema);
    }

    /** @throws HarborError whose `mayBeDone` says whether it may have been made, with a secret that nobody has */
    create(robot: RobotWish): Promise<NewRobotAccount> {
        const doing = `create the robot ${robot.name}`;
        return this.connection.make("/robots", robot as unknown as Payload, doing, madeSchema);
    }

    /** Harbor takes the whole robot, under its whole name; the secret stays. @throws HarborError */
    async update(robot: RobotAccount, changes: Partial<Omit<RobotWish, "name" | "level">>): Promise<void> {
        const { secret, ...known } = robot;
        const whole = { ...known, ...changes };
        await this.connection.change("PUT", `/robots/${robot.id}`, whole, `change the robot ${robot.name}`);
    }

    /** @throws HarborError */
    delete(id: number, name: string): Promise<void> {
        return this.connection.remove(`/robots/${id}`, `delete the robot ${name}`);
    }
}
