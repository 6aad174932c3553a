import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import { robotKind } from "../../../core/lifecycle/harbor/robot";
import type { RobotInputs, RobotState } from "../../../core/lifecycle/harbor/types";
import { UNKNOWN } from "../../../core/lifecycle/unknown";
import { addProject, addRobot, describeHarbor, FAULTS, type LocalHarbor, removeProject } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

const DAY = 86_400_000;

describeHarbor("A robot of Harbor", () => {
    let harbor: LocalHarbor;
    let robot: Resource<RobotInputs, RobotState>;
    let inputs: RobotInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "mirror");
        robot = newRobot();
        inputs = {
            url: harbor.url,
            name: "ci",
            project: "mirror",
            credentials: "harbor",
            permissions: ["push"],
            duration: 90,
        };
    });

    const newRobot = (): Resource<RobotInputs, RobotState> => objectOf(robotKind, () => new Date(harbor.world.now));
    const title = () => `robot ci of project mirror at ${new URL(harbor.url).host}`;
    const all = () => [...harbor.world.robots.values()];
    const there = () => all().at(-1);
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const access = () =>
        there()?.permissions.map(({ access, kind, namespace }) => [
            `${kind} ${namespace}`,
            ...access.map(({ action, resource }) => `${resource}:${action}`),
        ]);
    /** The state's secret is the one that Harbor has. */
    const expectRight = () => expect(robot.outputs.secret).toBe(there()?.secret);

    it("is made by another robot, whose rights have no effect as those of Harbor's own pages", async () => {
        const wished = [
            "repository:pull",
            "repository:push",
            "robot:create",
            "robot:read",
            "robot:list",
            "project:read",
        ];
        const rights = wished.map((right) => ({ resource: right.split(":")[0], action: right.split(":")[1] }));
        const permissions = [{ kind: "project", namespace: "mirror", access: rights }];
        const maker = { name: "maker", level: "project", duration: -1, permissions };
        const { name, secret } = harbor.byHand("POST", "/robots", maker) as { name: string; secret: string };
        process.env.HARBOR_USERNAME = name;
        process.env.HARBOR_PASSWORD = secret;
        expect(await robot.up(inputs)).toMatchObject({ step: "create" });
        expect(access()?.at(0)).toEqual(["project mirror", "repository:pull", "repository:push"]);
    });

    it("is made with the rights that its words mean and no others, and its secret is an output", async () => {
        expect(await robot.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        expect(all()).toEqual([]);
        harbor.asked();
        expect((await robot.up(inputs)).step).toBe("create");
        expect(writes()).toEqual(["POST /robots"]);
        expect(access()).toEqual([["project mirror", "repository:pull", "repository:push"]]);
        expectRight();
        expect(robot.outputs).toMatchObject({
            username: "robot$mirror+ci",
            objectId: there()?.id,
            adopted: false,
            expiresAt: "2027-02-20T05:17:00Z",
            observed: {},
        });
        expect((await robot.up(inputs)).step).toBe("same");
        harbor.asked();
        await robot.preview(inputs);
        const tokens = ["GET /users/current", expect.stringMatching(/^GET \/robots\/\d+$/), "GET /service/token"];
        expect(harbor.asked()).toEqual(tokens);
    });

    it("of the system has rights in places, each place once", async () => {
        const { project, ...system } = inputs;
        await robot.up({
            ...system,
            duration: undefined,
            permissions: [
                { project: "mirror", access: ["pull", { resource: "tag", action: "list" }] },
                { project: "*", access: ["scan"] },
                { project: "mirror", access: ["pull", { resource: "repository", action: "pull" }] },
                { system: true, access: [{ resource: "registry", action: "list" }] },
            ],
        });
        expect(robot.outputs).toMatchObject({ username: "robot$ci" });
        expect(robot.outputs.expiresAt).toBeUndefined();
        expect(there()).toMatchObject({ project_id: 0, duration: -1, expires_at: -1 });
        expect(access()?.sort()).toEqual([
            ["project *", "scan:create", "scan:read"],
            ["project mirror", "repository:pull", "tag:list"],
            ["system /", "registry:list"],
        ]);
        const again = { ...system, duration: undefined };
        const reordered: RobotInputs["permissions"] = [
            { system: true, access: [{ resource: "registry", action: "list" }] },
            {
                project: "*",
                access: [
                    { resource: "scan", action: "read" },
                    { resource: "scan", action: "create" },
                ],
            },
            { project: "mirror", access: [{ resource: "tag", action: "list" }, "pull"] },
        ];
        harbor.asked();
        await robot.up({ ...again, permissions: reordered });
        expect(writes()).toEqual([]);
    });

    it.each([
        ["pull", "repository:pull"],
        ["push", "repository:pull repository:push"],
        ["list", "artifact:list repository:list tag:list"],
        ["read", "accessory:list artifact-addition:read artifact:read repository:read"],
        ["delete", "artifact:delete repository:delete tag:delete"],
        ["tag", "tag:create"],
        ["scan", "scan:create scan:read"],
        ["sbom", "sbom:create sbom:read"],
    ])("that may %s has %s", async (word, rights) => {
        await robot.up({ ...inputs, permissions: [word, word] });
        expect(access()).toEqual([["project mirror", ...rights.split(" ")]]);
        expect((await robot.up({ ...inputs, permissions: [word] })).step).toBe("update");
        expect((await robot.up({ ...inputs, permissions: [word] })).step).toBe("same");
    });

    it("is changed field by field in one request under its whole name, and keeps its secret", async () => {
        await robot.up({ ...inputs, description: "of CI" });
        const { secret } = robot.outputs;
        harbor.asked();
        const changed = {
            ...inputs,
            description: "of the mirror",
            duration: 365,
            disabled: true,
            permissions: ["pull"],
        };
        expect(await robot.up(changed)).toMatchObject({ step: "update", lines: [] });
        expect(writes()).toEqual([`PUT /robots/${there()?.id}`]);
        expect(there()).toMatchObject({ description: "of the mirror", duration: 365, disable: true, secret });
        expect(access()).toEqual([["project mirror", "repository:pull"]]);
        expect(robot.outputs).toMatchObject({ secret, expiresAt: "2027-11-22T05:17:00Z" });
        expect((await robot.up(changed)).step).toBe("same");
        const rest = { ...inputs, duration: undefined, permissions: ["pull"] };
        harbor.asked();
        await robot.up(rest);
        expect(writes()).toEqual([]);
        expect(there()).toMatchObject({ description: "of the mirror", duration: 365, disable: true });
    });

    it("is disabled from the start where that is asked for, which its creation does not do", async () => {
        await robot.up({ ...inputs, disabled: true });
        expect(there()?.disable).toBe(true);
        expectRight();
        expect((await robot.up({ ...inputs, disabled: true })).step).toBe("same");
    });

    it("that somebody changed is told field by field at the preview and at a refresh, and put right", async () => {
        const wished = { ...inputs, description: "of CI", disabled: false };
        await robot.up(wished);
        const { secret } = robot.outputs;
        const drift = [
            "description: have by hand, want of CI",
            "duration: have -1, want 90",
            "disabled: have true, want false",
            'permissions: missing "repository:push"',
            'permissions: not wanted "tag:delete"',
        ];
        const byHand = () => {
            const access = ["repository:pull", "tag:delete"].map((right) => {
                const [resource = "", action = ""] = right.split(":");
                return { resource, action, effect: "allow" };
            });
            const permissions = [{ kind: "project", namespace: "mirror", access }];
            Object.assign(there() ?? {}, { description: "by hand", duration: -1, disable: true, permissions });
        };
        byHand();
        const { lines, step } = await robot.preview(wished);
        expect([step, ...lines]).toEqual(["update", ...drift.map((line) => `${title()}: ${line}`)]);
        await robot.refresh();
        expect(robot.outputs.observed).toEqual({ drift });
        expect((await robot.up(wished)).step).toBe("update");
        expect(there()).toMatchObject({ description: "of CI", duration: 90, disable: false, secret });
        expect(robot.outputs).toMatchObject({ secret, observed: {} });
        expect((await robot.up(wished)).step).toBe("same");
    });

    it("keeps what newer versions know of it, and is as it was where nobody asked for something", async () => {
        await robot.up({ ...inputs, duration: undefined });
        Object.assign(there() ?? {}, { description: "by hand" });
        harbor.newer = (_method, url, json) =>
            /\/robots\/\d+$/.test(url) && json !== undefined ? { ...(json as object), brand_new: "1" } : json;
        expect((await robot.up({ ...inputs, duration: undefined })).step).toBe("same");
        harbor.log.splice(0);
        harbor.intercept = ({ body, method }, response) => {
            const isChange = method === "PUT";
            if (isChange) {
                expect(body).toMatchObject({ name: "robot$mirror+ci", brand_new: "1", description: "by hand" });
                response.writeHead(500).end();
            }
            return isChange;
        };
        expect((await robot.up({ ...inputs, duration: 30 })).step).toBe("failed");
    });

    it("has the name that Harbor gives it today: another prefix is no other robot", async () => {
        harbor.world.configuration.set("robot_name_prefix", "bot-");
        await robot.up(inputs);
        expect(robot.outputs.username).toBe("bot-mirror+ci");
        expect((await robot.up(inputs)).step).toBe("same");
        const { secret } = robot.outputs;
        harbor.world.configuration.set("robot_name_prefix", "robot_");
        harbor.asked();
        expect(await robot.preview(inputs)).toEqual({ step: "update", lines: [], reasons: [] });
        expect((await robot.up(inputs)).step).toBe("update");
        expect(writes()).toEqual([]);
        expect(robot.outputs).toMatchObject({ username: "robot_mirror+ci", secret });
        expect((await robot.up(inputs)).step).toBe("same");
        await robot.up({ ...inputs, permissions: ["pull"] });
        expect(access()).toEqual([["project mirror", "repository:pull"]]);
        harbor.world.configuration.set("robot_name_prefix", "r$");
        await robot.refresh();
        expect(robot.outputs.username).toBe("r$mirror+ci");
        expect((await robot.up({ ...inputs, permissions: ["pull"] })).step).toBe("same");
        await robot.destroy();
        expect(all()).toEqual([]);
    });

    it("gets a new secret when `rotate` says so, and when its time has come; the preview tells why", async () => {
        const rotated = { ...inputs, rotateAfter: "30d", rotate: 1 };
        await robot.up(rotated);
        const first = robot.outputs.secret;
        harbor.asked();
        const { lines, step } = await robot.up({ ...rotated, rotate: 2 });
        expect([step, ...lines]).toEqual([
            "update",
            `${title()}: a new secret is asked for by \`rotate\`: it gets a new secret`,
        ]);
        expect(writes()).toEqual([`PATCH /robots/${there()?.id}`]);
        expectRight();
        expect(robot.outputs.secret).not.toBe(first);
        expect((await robot.up({ ...rotated, rotate: 2 })).step).toBe("same");
        harbor.world.now += 30 * DAY;
        expect((await robot.preview({ ...rotated, rotate: 2 })).lines).toEqual([
            `${title()}: rotation due since 2026-12-22T05:17:00Z: it gets a new secret`,
        ]);
        const second = robot.outputs.secret;
        await robot.up({ ...rotated, rotate: 2 });
        expectRight();
        expect(robot.outputs.secret).not.toBe(second);
        expect((await robot.up({ ...rotated, rotate: 2 })).step).toBe("same");
    });

    it("waits with what is only due while Harbor cannot be asked", async () => {
        const rotated = { ...inputs, rotateAfter: "30d" };
        await robot.up(rotated);
        harbor.world.now += 31 * DAY;
        harbor.fail({ ...FAULTS.closed(), times: 50 });
        const { lines, step } = await robot.up(rotated);
        expect(step).toBe("same");
        expect(lines).toEqual([
            expect.stringContaining("nothing can be said of it"),
            `${title()}: rotation due since 2026-12-22T05:17:00Z, but it stays due`,
        ]);
    });

    it("gets a new secret when somebody else has changed it, which preview and refresh tell", async () => {
        await robot.up(inputs);
        harbor.byHand("PATCH", `/robots/${there()?.id}`, { secret: "Somebody-elses-1" });
        const line =
            "secret: Harbor no longer takes the one that this stack gave it, so somebody else has changed it: it gets a new one";
        const { lines, step } = await robot.preview(inputs);
        expect([step, ...lines]).toEqual(["update", `${title()}: ${line}`]);
        await robot.refresh();
        expect(robot.outputs.observed).toEqual({ drift: [line] });
        await robot.up(inputs);
        expectRight();
        expect(there()?.secret).not.toBe("Somebody-elses-1");
        expect((await robot.up(inputs)).step).toBe("same");
    });

    it("that nobody may log in as is not taken for one whose secret was changed", async () => {
        await robot.up({ ...inputs, duration: 30 });
        const { secret } = robot.outputs;
        Object.assign(there() ?? {}, { disable: true });
        expect(await robot.up({ ...inputs, duration: 30 })).toEqual({
            step: "same",
            lines: [expect.stringContaining("it is disabled at Harbor, so no secret of it is any good")],
            reasons: [],
        });
        Object.assign(there() ?? {}, { disable: false });
        harbor.world.now += 40 * DAY;
        const { lines, step } = await robot.up({ ...inputs, duration: 30 });
        expect([step, ...lines]).toEqual([
            "same",
            `${title()}: it has expired on 2026-12-22, and a new secret does not change that: give it a longer duration, which Harbor counts from its creation on 2026-11-22, or -1 for ever`,
        ]);
        expect(there()?.secret).toBe(secret);
        expect(await robot.up({ ...inputs, duration: -1 })).toEqual({ step: "update", lines: [], reasons: [] });
        expect(robot.outputs.expiresAt).toBeUndefined();
        expect(robot.outputs.secret).toBe(secret);
    });

    it.each([
        [90, 75, undefined],
        [90, 77, "it expires on 2027-02-20"],
        [8, 5, undefined],
        [8, 7, "it expires on 2026-11-30"],
    ])("of %s days is told of on day %s: %s", async (duration, day, told) => {
        const wished = { ...inputs, duration };
        await robot.up(wished);
        harbor.world.now += day * DAY;
        const { lines, step } = await robot.preview(wished);
        expect(step).toBe("same");
        expect(lines).toEqual(told === undefined ? [] : [expect.stringContaining(`${title()}: ${told}: give it`)]);
    });

    it("that is there already is refused, and where it is adopted gets a secret that somebody knows", async () => {
        const { id, secret } = addRobot(harbor.world, "mirror+ci", {
            project_id: harbor.world.project("mirror")?.project_id,
            duration: 90,
        });
        expect((await robot.preview(inputs)).reasons).toEqual([
            `There is a ${title()} already, which this stack did not make: set adopt: true to take it over, or take another name.`,
        ]);
        const adopting = { ...inputs, adopt: true };
        const { lines } = await robot.preview(adopting);
        expect(lines).toContain(
            `${title()}: it gets a new secret, since Harbor tells nobody the one that it has: keepSecret: true leaves that as it is`,
        );
        await robot.up(adopting);
        expectRight();
        expect(robot.outputs.secret).not.toBe(secret);
        expect(robot.outputs).toMatchObject({ adopted: true, objectId: id, username: "robot$mirror+ci" });
        expect((await robot.up(adopting)).step).toBe("same");
        await robot.destroy();
        expect(all().map((one) => one.id)).toEqual([id]);
    });

    it("keeps a secret that this stack does not know where it is adopted so, until another one is asked for", async () => {
        const project_id = harbor.world.project("mirror")?.project_id;
        const { secret } = addRobot(harbor.world, "mirror+ci", { project_id, duration: 90 });
        const keeping = { ...inputs, adopt: true, keepSecret: true };
        expect((await robot.preview(keeping)).lines).toContain(
            `${title()}: it keeps its secret, which this stack does not know`,
        );
        await robot.up(keeping);
        expect(access()).toEqual([["project mirror", "repository:pull", "repository:push"]]);
        expect([there()?.secret, robot.outputs.secret]).toEqual([secret, undefined]);
        expect((await robot.up(keeping)).step).toBe("same");
        await robot.up({ ...keeping, rotate: "now it is ours" });
        expectRight();
        expect(there()?.secret).not.toBe(secret);
        robot = newRobot();
        await robot.up(keeping);
        expect(robot.outputs.secret).toBeUndefined();
        expect((await robot.up({ ...inputs, adopt: true })).step).toBe("update");
        expectRight();
    });

    it("that is gone is made again, with another secret", async () => {
        await robot.up(inputs);
        const { objectId } = robot.outputs;
        harbor.world.robots.clear();
        const { lines, step } = await robot.preview(inputs);
        expect([step, ...lines]).toEqual(["update", `${title()}: deleted there: it is made again`]);
        await robot.up(inputs);
        expectRight();
        expect(robot.outputs.objectId).not.toBe(objectId);
        expect((await robot.up(inputs)).step).toBe("same");
        harbor.world.robots.clear();
        await robot.refresh();
        expect(robot.state?.id).toBe("");
    });

    it("that somebody deleted and made anew is refused, unless it may be taken over", async () => {
        await robot.up(inputs);
        await robot.up(inputs);
        harbor.world.robots.clear();
        const project_id = harbor.world.project("mirror")?.project_id;
        const { id } = addRobot(harbor.world, "mirror+ci", { project_id, duration: 90 });
        expect((await robot.preview(inputs)).reasons).toEqual([
            expect.stringContaining("is not the one that this stack made"),
        ]);
        await robot.up({ ...inputs, adopt: true });
        expectRight();
        expect(robot.outputs).toMatchObject({ adopted: true, objectId: id });
    });

    it("of a project that is not there, or not there any more, is nothing that is deleted", async () => {
        expect((await robot.preview({ ...inputs, project: "later" })).step).toBe("create");
        await robot.up(inputs);
        harbor.world.robots.clear();
        const project = harbor.world.project("mirror");
        expect(project).toBeDefined();
        if (project !== undefined) {
            removeProject(harbor.world, project);
        }
        expect((await robot.destroy()).step).toBe("deleted");
    });

    it("is another one with another name, in another project and at another Harbor", async () => {
        await robot.up(inputs);
        const hooks = harborHooks(robotKind, () => robot.session());
        const diff = (more: Partial<RobotInputs>) => hooks.diff("", robot.outputs, { ...inputs, ...more });
        for (const more of [{ name: "cd" }, { project: "library" }, { url: "https://other.example.com" }]) {
            const replaces = Object.keys(more);
            expect(await diff(more)).toEqual({ changes: true, replaces, deleteBeforeReplace: false });
        }
    });

    it.each([
        ["lost", FAULTS.lost, "create"],
        ["broken off behind it", () => ({ ...FAULTS.badGateway(), done: true }), "create"],
    ] as const)("whose creation was %s gets a secret that somebody has", async (_how, fault, step) => {
        harbor.fail({ method: "POST", url: "/robots", ...fault() });
        expect((await robot.up(inputs)).step).toBe(step);
        expect(writes()).toEqual(["POST /robots", `PATCH /robots/${there()?.id}`]);
        expectRight();
        expect(all()).toHaveLength(1);
        expect((await robot.up(inputs)).step).toBe("same");
    });

    it("of which nobody knows whether it was made is found by the next up", async () => {
        harbor.fail({ method: "POST", url: "/robots", ...FAULTS.lost() });
        let posted = false;
        harbor.intercept = ({ method }, response) => {
            const isCut = posted;
            posted ||= method === "POST";
            if (isCut) {
                response.destroy();
            }
            return isCut;
        };
        const { reasons, step } = await robot.up(inputs);
        expect([step, ...reasons]).toEqual(["failed", expect.stringContaining("is not known; the next update asks")]);
        harbor.intercept = undefined;
        expect(robot.outputs.secret).toBeUndefined();
        expect((await robot.up(inputs)).step).toBe("update");
        expectRight();
        expect(all()).toHaveLength(1);
        expect(robot.outputs.adopted).toBe(false);
        expect((await robot.up(inputs)).step).toBe("same");
        await robot.destroy();
        expect(all()).toEqual([]);
    });

    it("keeps the secret that Harbor told where the look after it failed", async () => {
        harbor.intercept = ({ method, url }, response) => {
            const isAfter = method === "GET" && url.includes("/robots/") && all().length > 0;
            if (isAfter) {
                response.destroy();
            }
            return isAfter;
        };
        expect((await robot.up(inputs)).step).toBe("failed");
        expectRight();
        harbor.intercept = undefined;
        harbor.asked();
        expect((await robot.up(inputs)).step).toBe("update");
        expect(writes()).toEqual([]);
        expectRight();
        expect((await robot.up(inputs)).step).toBe("same");
    });

    it("keeps its secret where only what its creation leaves out failed, and is mended by the next up", async () => {
        harbor.fail({ method: "PUT", ...FAULTS.forbidden() });
        expect((await robot.up({ ...inputs, disabled: true })).step).toBe("failed");
        expectRight();
        expect((await robot.up({ ...inputs, disabled: true })).step).toBe("update");
        expect(there()?.disable).toBe(true);
        expectRight();
    });

    it("keeps both secrets where nobody can say which one is set, and asks the next time", async () => {
        await robot.up({ ...inputs, rotate: 1 });
        const first = robot.outputs.secret;
        for (const isSet of [true, false]) {
            let sent = false;
            harbor.intercept = ({ method, url }, response) => {
                const isPatch = method === "PATCH";
                const isCut = (isPatch && !isSet) || (sent && url.startsWith("/service/token"));
                sent ||= isPatch;
                if (isCut) {
                    response.destroy();
                }
                return isCut;
            };
            if (isSet) {
                harbor.fail({ method: "PATCH", ...FAULTS.lost() });
            }
            const rotate = isSet ? 2 : 3;
            const before = robot.outputs.secret;
            const { reasons, step } = await robot.up({ ...inputs, rotate });
            expect([step, ...reasons]).toEqual([
                "failed",
                expect.stringMatching(
                    /Whether robot\$mirror\+ci has its new secret is not known; the state keeps both/,
                ),
            ]);
            expect(robot.outputs.secret).toBe(before);
            expect(robot.outputs.candidate === there()?.secret).toBe(isSet);
            harbor.intercept = undefined;
            harbor.asked();
            expect((await robot.up({ ...inputs, rotate })).step).toBe("update");
            expect(writes()).toHaveLength(isSet ? 0 : 1);
            expectRight();
            expect(robot.outputs.candidate).toBeUndefined();
            expect((await robot.up({ ...inputs, rotate })).step).toBe("same");
        }
        expect(there()?.secret).not.toBe(first);
    });

    it.each([
        ["401", FAULTS.unauthorized, /said 401.* check the user and password/],
        ["403", FAULTS.forbidden, /said 403.* take an administrator's login/],
        ["500", FAULTS.broken, /said 500.* run it again later/],
    ] as const)("whose new secret met a %s has the old one, and the next up gives it", async (_status, fault, said) => {
        await robot.up(inputs);
        const { secret } = robot.outputs;
        harbor.fail({ method: "PATCH", ...fault() });
        const { reasons, step } = await robot.up({ ...inputs, rotate: 2, permissions: ["pull"] });
        expect([step, ...reasons]).toEqual(["failed", expect.stringMatching(said)]);
        expect([robot.outputs.secret, there()?.secret]).toEqual([secret, secret]);
        expect((await robot.up({ ...inputs, rotate: 2, permissions: ["pull"] })).step).toBe("update");
        expectRight();
        expect(there()?.secret).not.toBe(secret);
    });

    it("is nothing that can be said of while Harbor does not answer, and then as it was", async () => {
        await robot.up(inputs);
        const { outputs } = robot;
        harbor.fail({ method: "GET", url: "/service/token", ...FAULTS.closed(), times: 20 });
        const { lines, step } = await robot.up(inputs);
        expect([step, ...lines]).toEqual(["same", expect.stringContaining("Could not ask whether the robot")]);
        await robot.refresh();
        expect(robot.outputs).toEqual(outputs);
    });

    it.each([
        [{ name: "robot$mirror+ci" }, /^name must be the short one, without Harbor's prefix and the project/],
        [{ name: "CI" }, /^name must be the short one/],
        [{ duration: 0 }, /^duration must be whole days from 1 on, or -1 for ever$/],
        [{ duration: 1.5 }, /^duration must be whole days/],
        [{ permissions: [] }, /^permissions are none/],
        [{ permissions: ["psuh"] }, /^permission "psuh" is not known; did you mean "push"\?$/],
        [{ permissions: ["*"] }, /^a permission is none of "\*"/],
        [{ permissions: [{ resource: "repository", action: "*" }] }, /^a permission is none of "\*"/],
        [{ permissions: [{ resource: "repository" }] }, /^a permission is a word such as "pull", or/],
        [{ project: undefined }, /^a robot without a project has permissions of places/],
        [
            { project: undefined, permissions: [{ project: "mirror", access: [] }] },
            /^permissions of project mirror are/,
        ],
        [{ project: undefined, permissions: [{ project: "a", system: true, access: ["pull"] }] }, /of places/],
        [{ keepSecret: true }, /^keepSecret is of a robot that is taken over: set adopt: true/],
        [{ rotateAfter: "soon" }, /^rotateAfter must be a duration, such as 90d$/],
        [{ rotateAfter: "5m" }, /^rotateAfter must be 1h or longer$/],
    ] as [Partial<RobotInputs>, RegExp][])("with %j is refused before Harbor is asked", async (more, said) => {
        const { reasons, step } = await robot.preview({ ...inputs, ...more });
        expect([step, ...reasons]).toEqual(["refused", expect.stringMatching(said)]);
        expect(harbor.asked()).toEqual([]);
    });

    it.each([
        [
            "repository",
            "psh",
            /gives no robot "repository:psh" in a project; of repository it gives delete, list, pull/,
        ],
        ["repositry", "pull", /gives no robot "repositry:pull" in a project; did you mean "repository:pull"\?/],
        ["registry", "list", /gives no robot "registry:list" in a project/],
    ])(
        "with a right %s:%s that this Harbor does not give is refused at the preview",
        async (resource, action, said) => {
            const permissions = ["pull", { resource, action }];
            expect((await robot.preview({ ...inputs, permissions })).reasons).toEqual([expect.stringMatching(said)]);
            expect(writes()).toEqual([]);
        },
    );

    it("is refused by Harbor itself where it does not tell what it gives, as before 2.11", async () => {
        harbor.fail({ url: "/permissions", status: 404, message: "not found" });
        const permissions = [{ resource: "repository", action: "psh" }];
        const { reasons, step } = await robot.up({ ...inputs, permissions });
        expect([step, ...reasons]).toEqual(["failed", expect.stringMatching(/bad request permission: repository:psh/)]);
        harbor.fail({ url: "/permissions", status: 404, message: "not found" });
        expect((await robot.up(inputs)).step).toBe("create");
    });

    it("makes robots that may as much as itself, and no more", async () => {
        const { project, ...system } = inputs;
        const maker = newRobot();
        const rights = [
            "pull",
            "read",
            ...["create", "read", "list", "delete"].map((action) => ({ resource: "robot", action })),
        ];
        await maker.up({
            ...system,
            name: "maker",
            permissions: [{ project: "mirror", access: [...rights, { resource: "project", action: "read" }] }],
        });
        process.env.HARBOR_USERNAME = maker.outputs.username;
        process.env.HARBOR_PASSWORD = maker.outputs.secret;
        const { reasons, step } = await robot.up(inputs);
        expect([step, ...reasons]).toEqual([
            "failed",
            expect.stringMatching(
                /^Could not create the robot ci: the login at Harbor at \S+ is a robot itself, and makes none that may do more than it: give it fewer permissions, or take an administrator's login\.$/,
            ),
        ]);
        expect((await robot.up({ ...inputs, permissions: ["pull"] })).step).toBe("create");
        expectRight();
    });

    it("has no secret that is told by anything but the state", async () => {
        const lines: string[] = [];
        const run = async (more: Partial<RobotInputs>) => {
            const ran = await robot.up({ ...inputs, ...more });
            lines.push(...ran.lines, ...ran.reasons);
            secrets.push(robot.outputs.secret ?? "none", robot.outputs.candidate ?? "none", there()?.secret ?? "none");
        };
        const secrets: string[] = [];
        await run({});
        harbor.byHand("PATCH", `/robots/${there()?.id}`, { secret: "Somebody-elses-1" });
        await run({});
        harbor.fail({ method: "PATCH", ...FAULTS.broken() });
        await run({ rotate: 2 });
        await run({ rotate: 2 });
        await run({ rotate: 2, permissions: ["nothing"] });
        expect(new Set(secrets).size).toBeGreaterThan(3);
        expect(lines.length).toBeGreaterThan(3);
        for (const secret of secrets.filter((one) => one !== "none")) {
            expect(lines.join("\n")).not.toContain(secret);
            expect(JSON.stringify(robot.state?.inputs)).not.toContain(secret);
        }
    });

    it("with values that are not known yet is shown as what changes, and asked of later", async () => {
        const unknown = { ...inputs, project: UNKNOWN };
        expect((await robot.preview(unknown)).step).toBe("create");
        await robot.up(inputs);
        await robot.up(inputs);
        const hooks = harborHooks(robotKind, () => robot.session());
        const { inputs: checked } = await hooks.check(robot.state?.inputs ?? {}, { ...inputs, description: UNKNOWN });
        expect(checked).toMatchObject({ username: "robot$mirror+ci", objectId: there()?.id, observed: UNKNOWN });
        expect(await hooks.diff("", robot.outputs, checked)).toEqual({ changes: true });
    });
});
