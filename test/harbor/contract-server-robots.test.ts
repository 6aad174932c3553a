import { expect, it } from "vitest";
import { addProject, addRobot, describeHarbor, localHarbor } from "../support/harbor";
import { ask, post, told } from "../support/harbor/ask";

const PULL = [{ resource: "repository", action: "pull" }];
const of = (namespace: string, access: object[] = PULL) => [{ kind: "project", namespace, access }];
const CI = { name: "ci", level: "project", duration: 30, permissions: of("mirror") };

// src/server/v2.0/handler/robot.go, src/controller/robot/controller.go, src/pkg/robot/dao/dao.go
describeHarbor("Robots of the local Harbor", () => {
    it("have a prefix and their project before their name, and a secret that is told once", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        const made = await post(harbor, "/robots", { ...CI, secret: "Chosen-Secret-1", disable: true });
        expect(made.headers.get("location")).toBe("/api/v2.0/robots/1");
        expect(made.json).toMatchObject({ id: 1, name: "robot$mirror+ci", expires_at: 1_797_916_620 });
        const { secret } = made.json;
        const login = { username: "robot$mirror+ci", password: secret };
        const token = async (password: string) =>
            (await ask(harbor, "GET", "/service/token", undefined, { login: { ...login, password }, root: "" })).status;
        expect([await token(secret), await token("Chosen-Secret-1")]).toEqual([200, 401]);
        const { json, text } = await ask(harbor, "GET", "/robots/1");
        expect(text).not.toContain(secret);
        expect(json).toMatchObject({
            name: "robot$mirror+ci",
            level: "project",
            disable: false,
            editable: true,
            duration: 30,
            creator_type: "local",
            permissions: [{ kind: "project", namespace: "mirror", access: PULL }],
        });
        await ask(harbor, "PUT", "/configurations", { robot_name_prefix: "bot_" });
        expect((await ask(harbor, "GET", "/robots/1")).json.name).toBe("bot_mirror+ci");
    });

    it.each<[string, object, number, string]>([
        ["the same once more", {}, 409, "robot account 2:mirror+ci already exists"],
        ["capitals", { name: "CI" }, 400, "robot name is not in lower case or contains illegal characters"],
        [
            "no time",
            { name: "b", duration: 0 },
            400,
            "bad request error duration input: 0, duration must be either -1(Never) or a positive integer",
        ],
        ["no level", { name: "b", level: "user" }, 400, "bad request error level input: user"],
        ["no rights", { name: "b", permissions: [] }, 400, "bad request empty permission"],
        ["rights to nothing", { name: "b", permissions: of("mirror", []) }, 400, "bad request empty access"],
        [
            "two projects",
            { name: "b", permissions: [...of("mirror"), ...of("library")] },
            400,
            "bad request permission",
        ],
        [
            "a right that there is not",
            { name: "b", permissions: of("mirror", [{ resource: "repository", action: "create" }]) },
            400,
            "bad request permission: repository:create",
        ],
        ["a project that there is not", { name: "b", permissions: of("gone") }, 404, "project gone not found"],
    ])("are refused with %s", async (_what, over, status, message) => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        await post(harbor, "/robots", CI);
        const asked = await ask(harbor, "POST", "/robots", { ...CI, ...over });
        expect([asked.status, told(asked)[2]]).toEqual([status, message]);
    });

    it("are changed as a whole, with the name and level that they have", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        await post(harbor, "/robots", { ...CI, description: "d" });
        const now = (await ask(harbor, "GET", "/robots/1")).json;
        const put = async (body: object) => told(await ask(harbor, "PUT", "/robots/1", body));
        expect((await put({ ...now, name: "ci" }))[2]).toBe("cannot update the level or name of robot");
        expect((await put({ ...now, permissions: of("library") }))[2]).toBe("cannot update the project id of robot");
        const { name, level } = now;
        expect((await put({ name, level, duration: -1, disable: true, permissions: of("mirror") }))[0]).toBe(200);
        const then = (await ask(harbor, "GET", "/robots/1")).json;
        expect(then).toMatchObject({ disable: true, duration: -1, expires_at: -1 });
        expect(then.description).toBeUndefined();
    });

    it("get the secret that is sent, or one that Harbor makes up", async () => {
        const harbor = await localHarbor();
        const robot = addRobot(harbor.world, "ci");
        expect((await ask(harbor, "PATCH", "/robots/1", { secret: "Chosen-Secret-1" })).json).toEqual({});
        expect(robot.secret).toBe("Chosen-Secret-1");
        const { secret } = (await ask(harbor, "PATCH", "/robots/1", {})).json;
        expect(robot.secret).toBe(secret);
        expect(told(await ask(harbor, "PATCH", "/robots/1", { secret: "short" }))[2]).toContain("8-128, inclusively");
        await ask(harbor, "DELETE", "/robots/1");
        expect(told(await ask(harbor, "GET", "/robots/1"))).toEqual([404, "NOT_FOUND", "robot 1 not found"]);
    });

    it("are listed by level, a project's by its number only", async () => {
        const harbor = await localHarbor();
        const { project_id } = addProject(harbor.world, "mirror");
        addRobot(harbor.world, "system");
        addRobot(harbor.world, "mirror+ci", { project_id });
        const list = (q: string) => ask(harbor, "GET", `/robots?q=${encodeURIComponent(q)}`);
        const names = async (q: string) => (await list(q)).json.map(({ name }: { name: string }) => name);
        expect(await names("")).toEqual(["robot$system"]);
        expect(await names("Level=project,ProjectID=2")).toEqual(["robot$mirror+ci"]);
        // A plus is a blank by then (src/lib/q/builder.go, `QueryUnescape`), unless it was encoded once more.
        expect(await names("Level=project,ProjectID=2,name=mirror+ci")).toEqual([]);
        expect(await names("Level=project,ProjectID=2,name=mirror%2Bci")).toEqual(["robot$mirror+ci"]);
        expect(await names("name=robot$system")).toEqual([]);
        expect(told(await list("Level=project"))[2]).toBe("must with project ID when to query project robots");
    });
});

// src/controller/member/controller.go, src/pkg/member/dao/dao.go
describeHarbor("Members of the local Harbor", () => {
    const members = "/projects/mirror/members";

    it("are users and groups with a role, one each", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        await post(harbor, "/users", { username: "eva", password: "Password-1", email: "e@a.org", realname: "Eva" });
        const made = await post(harbor, members, { role_id: 4, member_user: { username: "eva" } });
        expect(made.headers.get("location")).toBe("/api/v2.0/projects/mirror/members/3");
        expect((await ask(harbor, "GET", `${members}?entityname=eva`)).json).toEqual([
            {
                entity_id: 2,
                entity_name: "eva",
                entity_type: "u",
                id: 3,
                project_id: 2,
                role_id: 4,
                role_name: "maintainer",
            },
        ]);
        const again = await ask(harbor, "POST", members, { role_id: 1, member_user: { user_id: 2 } });
        expect(told(again)).toEqual([409, "CONFLICT", "The project member specified already exist"]);
        await ask(harbor, "PUT", `${members}/3`, { role_id: 2 });
        expect((await ask(harbor, "GET", `${members}/3`)).json.role_name).toBe("developer");
        await ask(harbor, "DELETE", `${members}/3`);
        expect(told(await ask(harbor, "GET", `${members}/3`))[2]).toBe(
            "the project member is not found, project id 2, member id 3",
        );
    });

    it("that are gone are changed and taken away without a word", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        expect((await ask(harbor, "PUT", `${members}/77`, { role_id: 2 })).status).toBe(200);
        expect((await ask(harbor, "DELETE", `${members}/77`)).status).toBe(200);
    });

    it.each<[object, number, string]>([
        [{ role_id: 1 }, 500, "internal server error"],
        [{ role_id: 1, member_user: { username: "nobody" } }, 404, "user nobody is not found"],
        [{ role_id: 1, member_group: { group_name: "ops" } }, 404, "ops not found: not supported"],
        [{ role_id: 1, member_group: { id: 7 } }, 400, "Group 7 not found"],
        [
            { role_id: 9, member_user: { username: "eva" } },
            400,
            "Failed to update project member, role is not in 1,2,3",
        ],
    ])("are refused with %j", async (body, status, message) => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        harbor.world.addUser("eva", "Password-1");
        const asked = await ask(harbor, "POST", members, body);
        expect([asked.status, told(asked)[2]]).toEqual([status, message]);
    });

    it("that are a group of another login's are made known by their name", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        await ask(harbor, "PUT", "/configurations", { auth_mode: "oidc_auth" });
        await post(harbor, members, { role_id: 2, member_group: { group_name: "ops", group_type: 3 } });
        expect((await ask(harbor, "GET", "/usergroups")).json).toEqual([{ group_name: "ops", group_type: 3, id: 1 }]);
        const login = { username: "eva", password: "Password-1" };
        harbor.world.addUser(login.username, login.password, { groups: [1] });
        expect((await ask(harbor, "GET", "/projects/mirror", undefined, { login })).json.current_user_role_id).toBe(2);
    });
});
