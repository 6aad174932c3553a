import * as v from "valibot";
import type { JsonApiOptions } from "../rest";
import { type HarborAccess, HarborConnection, part } from "./connection";

/** A robot account, as far as giving it a new secret needs. (Harbor's API description, `Robot`) */
export interface Robot {
    readonly id: number;
    /** With Harbor's prefix and, for a project's robot, the project: `robot$mirror+ci`. That is its user name. */
    readonly name: string;
    readonly disabled: boolean;
    /** Milliseconds of the Unix clock; undefined for one that never expires. */
    readonly expiresAt?: number;
}

const robotSchema = v.object({
    id: v.number(),
    name: v.string(),
    disable: v.optional(v.nullable(v.boolean())),
    /** Seconds; -1: never. */
    expires_at: v.optional(v.nullable(v.number())),
});
const projectSchema = v.object({ project_id: v.number() });

/** As much of Harbor's REST API as giving a robot a new secret needs; `Harbor` has the rest. */
export class HarborClient {
    readonly host: string;
    private readonly connection: HarborConnection;

    constructor(access: HarborAccess, options: JsonApiOptions = {}) {
        this.connection = new HarborConnection(access, options);
        this.host = this.connection.host;
    }

    close(): Promise<void> {
        return this.connection.close();
    }

    /** @throws HarborError */
    async projectId(name: string): Promise<number> {
        const found = await this.connection.read(`/projects/${part(name)}`, `find the project ${name}`, projectSchema);
        return found.project_id;
    }

    /** All robots of the system, or of one project. @throws HarborError */
    async robots(projectId?: number): Promise<Robot[]> {
        const level = projectId === undefined ? "Level=system,ProjectID=0" : `Level=project,ProjectID=${projectId}`;
        return (await this.connection.list("/robots", { q: level }, "list its robots", robotSchema)).map(toRobot);
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    async robot(id: number): Promise<Robot | undefined> {
        const found = await this.connection.find(`/robots/${id}`, `read the robot ${id}`, robotSchema);
        return found && toRobot(found);
    }

    /**
     * The robot's secret is this one from now on, and the one before it is worth nothing. (`RefreshSec`)
     *
     * @throws HarborError whose `mayBeDone` says whether it may have happened all the same
     */
    async setRobotSecret(id: number, secret: string): Promise<void> {
        await this.connection.change("PATCH", `/robots/${id}`, { secret }, `give the robot ${id} a new secret`);
    }

    /**
     * Whether a robot may log in with this secret: its token service refuses who is nobody, where no scope is asked for.
     *
     * @throws HarborError where that cannot be asked
     */
    async accepts(robot: string, secret: string): Promise<boolean> {
        return this.connection.accepts(robot, secret, `ask whether the robot ${robot} still has its secret`);
    }
}

function toRobot({ disable, expires_at, id, name }: v.InferOutput<typeof robotSchema>): Robot {
    const ends = expires_at ?? -1;
    return { id, name, disabled: disable === true, ...(ends > 0 ? { expiresAt: ends * 1000 } : {}) };
}
