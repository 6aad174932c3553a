import * as v from "valibot";
import { JsonApi, type JsonApiOptions } from "../rest";
import { answeredBadly, HarborError, unanswered } from "./errors";

/** Where a Harbor is and as whom. */
export interface HarborAccess {
    /** `https://harbor.example.com`, without a path. */
    readonly url: string;
    readonly username: string;
    readonly password: string;
}

/** A robot account, as far as is used. (Harbor's API description, `Robot`) */
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

/** The most that Harbor gives. */
const PAGE_SIZE = 100;
/** More robots of one project than this are not looked through. */
const MOST_PAGES = 50;

/** As much of Harbor's REST API as giving a robot a new secret needs. */
export class HarborClient {
    readonly host: string;
    private readonly api: JsonApi;
    private readonly authorization: string;

    constructor({ password, url, username }: HarborAccess, options: JsonApiOptions = {}) {
        this.host = new URL(url).host;
        this.api = new JsonApi(url.replace(/\/+$/, ""), options);
        this.authorization = basic(username, password);
    }

    close(): Promise<void> {
        return this.api.close();
    }

    /** @throws HarborError */
    async projectId(name: string): Promise<number> {
        const path = `/api/v2.0/projects/${encodeURIComponent(name)}`;
        return (await this.read(path, `find the project ${name}`, projectSchema)).project_id;
    }

    /** All robots of the system, or of one project. @throws HarborError */
    async robots(projectId?: number): Promise<Robot[]> {
        const level = projectId === undefined ? "Level=system,ProjectID=0" : `Level=project,ProjectID=${projectId}`;
        const found: Robot[] = [];
        for (let page = 1; page <= MOST_PAGES; page++) {
            const query = `q=${encodeURIComponent(level)}&page=${page}&page_size=${PAGE_SIZE}`;
            const list = await this.read(`/api/v2.0/robots?${query}`, "list its robots", v.array(robotSchema));
            found.push(...list.map(toRobot));
            if (list.length < PAGE_SIZE) {
                break;
            }
        }
        return found;
    }

    /** @returns undefined for one that is proven to be gone. @throws HarborError */
    async robot(id: number): Promise<Robot | undefined> {
        const found = await this.read(`/api/v2.0/robots/${id}`, `read the robot ${id}`, robotSchema).catch((error) => {
            if (error instanceof HarborError && error.code === "HARBOR_NOT_FOUND") {
                return undefined;
            }
            throw error;
        });
        return found && toRobot(found);
    }

    /**
     * The robot's secret is this one from now on, and the one before it is worth nothing. (`RefreshSec`)
     *
     * @throws HarborError whose `mayBeDone` says whether it may have happened all the same
     */
    async setRobotSecret(id: number, secret: string): Promise<void> {
        const doing = `give the robot ${id} a new secret`;
        const asked = this.api.ask("PATCH", `/api/v2.0/robots/${id}`, this.authorization, { secret });
        const answer = await asked.catch((error) => Promise.reject(unanswered(this.host, doing, error)));
        if (answer.status !== 200) {
            throw answeredBadly(this.host, doing, answer);
        }
    }

    /**
     * Whether a robot may log in with this secret: its token service refuses who is nobody, where no scope is asked for.
     *
     * @throws HarborError where that cannot be asked
     */
    async accepts(robot: string, secret: string): Promise<boolean> {
        const doing = `ask whether the robot ${robot} still has its secret`;
        const path = "/service/token?service=harbor-registry";
        const asked = this.api.ask("GET", path, basic(robot, secret));
        const answer = await asked.catch((error) => Promise.reject(unanswered(this.host, doing, error)));
        if (answer.status !== 200 && answer.status !== 401) {
            throw answeredBadly(this.host, doing, answer);
        }
        return answer.status === 200;
    }

    private async read<T>(path: string, doing: string, schema: v.GenericSchema<unknown, T>): Promise<T> {
        const asked = this.api.ask("GET", path, this.authorization);
        const answer = await asked.catch((error) => Promise.reject(unanswered(this.host, doing, error)));
        if (answer.status !== 200) {
            throw answeredBadly(this.host, doing, answer);
        }
        const parsed = v.safeParse(schema, answer.json);
        if (!parsed.success) {
            throw unanswered(this.host, doing, new Error("unexpected shape"));
        }
        return parsed.output;
    }
}

function basic(username: string, password: string): string {
    return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function toRobot({ disable, expires_at, id, name }: v.InferOutput<typeof robotSchema>): Robot {
    const ends = expires_at ?? -1;
    return { id, name, disabled: disable === true, ...(ends > 0 ? { expiresAt: ends * 1000 } : {}) };
}
