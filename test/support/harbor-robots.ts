import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { type ExchangeSeen, SwaggerValidator, swaggerAbsent } from "./swagger";

export interface FakeRobot {
    readonly id: number;
    readonly name: string;
    /** 0: of the system. */
    readonly project: number;
    secret: string;
    disable: boolean;
    /** Seconds; -1: never. */
    expires_at: number;
}

export const ADMIN = { username: "admin", password: "Harbor12345-admin" };

/** Robots, projects and the token service of a Harbor, which holds every exchange to Harbor's own description. */
export class HarborRobots {
    readonly robots: FakeRobot[] = [];
    readonly projects = new Map<string, number>();
    readonly log: ExchangeSeen[] = [];
    /** What Harbor's description does not have; empty where it is not there. */
    readonly problems: string[] = [];
    /** Answers instead, where it returns true; after the work with `then`. */
    fault: ((request: IncomingMessage, response: ServerResponse, work: () => void) => boolean) | undefined;
    private readonly validator = swaggerAbsent === undefined ? new SwaggerValidator() : undefined;
    private constructor(private readonly server: Server) {}

    static async start(): Promise<HarborRobots> {
        const server = createServer();
        const harbor = new HarborRobots(server);
        server.on("request", (request, response) => harbor.serve(request, response));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        afterAll(() => void server.close().closeAllConnections());
        return harbor;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    add(name: string, more: Partial<FakeRobot> = {}): FakeRobot {
        const robot = {
            id: this.robots.length + 1,
            name,
            project: 0,
            secret: "",
            disable: false,
            expires_at: -1,
            ...more,
        };
        this.robots.push(robot);
        return robot;
    }

    /** Method and path of what was asked since the last call. */
    asked(): string[] {
        return this.log.splice(0).map(({ method, url }) => `${method} ${url.replace(/\?.*/, "")}`);
    }

    private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk);
        }
        const text = Buffer.concat(chunks).toString();
        const body = text === "" ? undefined : JSON.parse(text);
        const work = () => this.answer(request, body);
        if (this.fault?.(request, response, work)) {
            return;
        }
        const [status, answer] = work();
        const url = request.url ?? "";
        const seen = { method: request.method ?? "", url, body, status, answer };
        this.log.push(seen);
        if (url.startsWith("/api/")) {
            this.problems.push(...(this.validator?.problems(seen) ?? []));
        }
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    }

    private answer({ headers, method = "", url = "" }: IncomingMessage, body: unknown): [number, unknown] {
        const { pathname, searchParams } = new URL(url, this.url);
        const basic = Buffer.from((headers.authorization ?? "").slice(6), "base64").toString();
        if (pathname === "/service/token") {
            const known = this.robots.some(
                ({ disable, name, secret }) => !disable && secret !== "" && basic === `${name}:${secret}`,
            );
            return known ? [200, { token: "jwt", expires_in: 1800 }] : [401, { errors: [] }];
        }
        if (basic !== `${ADMIN.username}:${ADMIN.password}`) {
            return [401, errors("UNAUTHORIZED", "unauthorized")];
        }
        const [, project] = /^\/api\/v2\.0\/projects\/([^/]+)$/.exec(pathname) ?? [];
        if (project !== undefined) {
            const id = this.projects.get(decodeURIComponent(project));
            return id === undefined
                ? [404, errors("NOT_FOUND", `project ${project} not found`)]
                : [200, { project_id: id, name: project }];
        }
        if (pathname === "/api/v2.0/robots" && method === "GET") {
            return [200, this.list(searchParams)];
        }
        const [, id] = /^\/api\/v2\.0\/robots\/(\d+)$/.exec(pathname) ?? [];
        const robot = this.robots.find((one) => one.id === Number(id));
        if (robot === undefined) {
            return [404, errors("NOT_FOUND", `robot ${id} not found`)];
        }
        return method === "PATCH" ? refresh(robot, (body as { secret: string }).secret) : [200, shown(robot)];
    }

    private list(search: URLSearchParams): object[] {
        const [, project = "0"] = /ProjectID=(\d+)/.exec(search.get("q") ?? "") ?? [];
        const [page, size] = [Number(search.get("page") ?? 1), Number(search.get("page_size") ?? 10)];
        const all = this.robots.filter((robot) => robot.project === Number(project));
        return all.slice((page - 1) * size, page * size).map(shown);
    }
}

/** Harbor's own rule. */
function refresh(robot: FakeRobot, secret: string): [number, unknown] {
    const good =
        secret.length >= 8 && secret.length <= 128 && [/[a-z]/, /[A-Z]/, /\d/].every((one) => one.test(secret));
    if (!good) {
        return [400, errors("BAD_REQUEST", "the secret must be 8-128, inclusively, characters long")];
    }
    robot.secret = secret;
    return [200, { secret: "" }];
}

function shown({ disable, expires_at, id, name, project }: FakeRobot): object {
    return {
        id,
        name,
        disable,
        expires_at,
        editable: true,
        level: project === 0 ? "system" : "project",
        duration: expires_at === -1 ? -1 : 30,
        permissions: [],
    };
}

function errors(code: string, message: string): object {
    return { errors: [{ code, message }] };
}
