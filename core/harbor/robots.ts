import * as v from "valibot";
import type { HarborConnection, Payload } from "./connection";
import { HarborError } from "./errors";

const permission = v.looseObject({
    /** `project` or `system`. */
    kind: v.string(),
    /** The project's name, `*` for all, `/` for the system. */
    namespace: v.string(),
    access: v.nullish(
        v.array(v.looseObject({ resource: v.string(), action: v.string(), effect: v.optional(v.string()) })),
    ),
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
    creation_time: v.nullish(v.string()),
    disable: v.nullish(v.boolean()),
    /** Seconds of the Unix clock; -1: never. */
    expires_at: v.nullish(v.number()),
    permissions: v.nullish(v.array(permission)),
});

const grantSchema = v.object({ resource: v.string(), action: v.string() });
const grantsSchema = v.object({
    /** An administrator's only. */
    system: v.nullish(v.array(grantSchema)),
    project: v.nullish(v.array(grantSchema)),
});

const madeSchema = v.object({ id: v.number(), name: v.string(), secret: v.string() });

/** (Harbor's API description, `Robot`) */
export type RobotAccount = v.InferOutput<typeof schema>;
export type RobotPermission = v.InferOutput<typeof permission>;
/** What robots may be given. (`Permissions`) */
export type RobotGrants = v.InferOutput<typeof grantsSchema>;
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
        return this.connection.list("/robots", { q: levelOf(projectId) }, "list its robots", schema);
    }

    /**
     * By its name without the prefix, which is a setting that Harbor puts before it in what it tells.
     *
     * @param name `ci`, or `mirror+ci` of a project's
     * @throws HarborError
     */
    async find(name: string, projectId?: number): Promise<RobotAccount | undefined> {
        // Harbor decodes a query once more than it is encoded, so that a plus would be a blank.
        const q = `${levelOf(projectId)},name=${encodeURIComponent(name)}`;
        const found = await this.connection.list("/robots", { q }, `find the robot ${name}`, schema);
        return found.find((robot) => robot.name.endsWith(name));
    }

    /**
     * What robots may be given.
     *
     * @returns undefined where this login is not told, or this Harbor has no such list (before 2.11)
     * @throws HarborError where nothing could be asked
     */
    async grants(): Promise<RobotGrants | undefined> {
        return this.connection.read("/permissions", "ask what robots may be given", grantsSchema).catch((error) => {
            if (error instanceof HarborError && error.isOutage) {
                throw error;
            }
            return undefined;
        });
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

    /** As `HarborClient` has it. @throws HarborError whose `mayBeDone` says whether it may have happened all the same */
    async setRobotSecret(id: number, secret: string): Promise<void> {
        await this.connection.change("PATCH", `/robots/${id}`, { secret }, `give the robot ${id} a new secret`);
    }

    /** Whether it may log in with this secret. @param name the whole one. @throws HarborError where that cannot be asked */
    accepts(name: string, secret: string): Promise<boolean> {
        return this.connection.accepts(name, secret, `ask whether the robot ${name} still has its secret`);
    }

    /** @throws HarborError */
    delete(id: number, name: string): Promise<void> {
        return this.connection.remove(`/robots/${id}`, `delete the robot ${name}`);
    }
}

function levelOf(projectId: number | undefined): string {
    return projectId === undefined ? "Level=system,ProjectID=0" : `Level=project,ProjectID=${projectId}`;
}
