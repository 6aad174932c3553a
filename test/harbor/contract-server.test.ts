import { expect, it } from "vitest";
import { addProject, addRobot, closeHarbors, describeHarbor, FAULTS, localHarbor } from "../support/harbor";
import { ask, told } from "../support/harbor/ask";

const PROJECT = { project_name: "mirror", metadata: { public: "false" } };

describeHarbor("The local Harbor, held to Harbor's description,", () => {
    it.each<[string, string, unknown, string]>([
        ["GET", "/mirrors", undefined, "is not in Harbor's description"],
        ["PATCH", "/projects/1", {}, "is not in Harbor's description"],
        ["GET", "/audit-logs", undefined, "the local Harbor does not know it"],
        ["POST", "/projects", { ...PROJECT, quota: 7 }, "must NOT have additional properties"],
        [
            "POST",
            "/projects",
            { project_name: "mirror", metadata: { public: true } },
            "/metadata/public must be string",
        ],
        ["POST", "/projects", undefined, "must be object"],
        ["PUT", "/registries/1", { credential: { access_key: "a" } }, "must NOT have additional properties"],
        ["PUT", "/projects/1/immutabletagrules/one", { id: 1 }, "immutable_rule_id is one"],
        ["GET", "/projects?page_size=101", undefined, "page_size is 101"],
        ["GET", "/projects?visible=true", undefined, "no parameter visible"],
        ["GET", "/users/search", undefined, "username is missing"],
        ["POST", "/system/gc/schedule", { schedule: { type: "Yearly" } }, "must be equal to one of the allowed values"],
        ["DELETE", "/labels/1", { id: 1 }, "takes no body"],
    ])("refuses what that does not have: %s %s", async (method, path, body, told) => {
        const harbor = await localHarbor();
        expect((await ask(harbor, method, path, body)).status).toBeGreaterThanOrEqual(404);
        // Left there, they would fail the test.
        expect(harbor.violations.splice(0)).toEqual([expect.stringContaining(told)]);
    });

    it("refuses headers and bodies of other kinds", async () => {
        const harbor = await localHarbor();
        await ask(harbor, "POST", "/projects", PROJECT, { headers: { "content-type": "text/plain" } });
        await ask(harbor, "GET", "/projects/1", undefined, { headers: { "x-is-resource-name": "yes" } });
        await ask(harbor, "GET", "/registries", undefined, { headers: { "x-is-resource-name": "true" } });
        expect(harbor.violations.splice(0)).toEqual([
            "POST /projects: the body is text/plain",
            "GET /projects/{project_name_or_id}: X-Is-Resource-Name is yes",
            "GET /registries: X-Is-Resource-Name is true",
        ]);
    });

    it("holds its own answers to it, too", async () => {
        const harbor = await localHarbor();
        Object.assign(harbor.world.project("library") ?? {}, { repo_limit: 7 });
        expect(await ask(harbor, "GET", "/projects/library")).toMatchObject({ status: 500 });
        expect(harbor.violations.splice(0)).toEqual([
            expect.stringMatching(
                /our own answer is not as Harbor describes it: .* must NOT have additional properties/,
            ),
        ]);
    });

    it("fails whatever test asked, once that is over", async () => {
        const harbor = await localHarbor();
        await ask(harbor, "GET", "/mirrors");
        await expect(closeHarbors()).rejects.toMatchObject({
            actual: [expect.stringContaining("is not in Harbor's description")],
        });
        await expect(closeHarbors()).resolves.toBeUndefined();
    });

    it("takes changes by hand, past its log and its faults, and holds them to it as well", async () => {
        const harbor = await localHarbor();
        harbor.fail({ ...FAULTS.broken(), method: "PUT" });
        harbor.world.now += 60_000;
        harbor.byHand("PUT", "/projects/library", { metadata: { auto_scan: "true" } });
        expect(harbor.log).toEqual([]);
        const { json } = await ask(harbor, "GET", "/projects/library");
        expect([json.metadata.auto_scan, json.update_time]).toEqual(["true", "2026-11-22T05:18:00.000Z"]);
        expect(() => harbor.byHand("DELETE", "/projects/gone")).toThrow("404");
        expect(() => harbor.byHand("PUT", "/projects/library", { quota: 7 })).toThrow("422");
        expect(harbor.violations.splice(0)).toEqual([expect.stringContaining("additional properties")]);
    });

    it("takes a newer Harbor's fields as what nobody has described yet", async () => {
        const harbor = await localHarbor();
        harbor.newer = (_method, _url, json) => ({ ...(json as object), sealed_by: "nobody" });
        expect((await ask(harbor, "GET", "/projects/library")).json).toMatchObject({ sealed_by: "nobody" });
    });
});

describeHarbor("The local Harbor writes answers as Go does", () => {
    // go-swagger's `omitempty`, seen in src/server/v2.0/models as it is generated; `convertRegistry` in replication.go.
    it("without zeros, lists that are none as null, times that were never set as the year 1, in the order of names", async () => {
        const harbor = await localHarbor();
        await ask(harbor, "POST", "/registries", { name: "a", type: "docker-hub", url: "https://hub.docker.com" });
        const { text } = await ask(harbor, "GET", "/registries/1");
        const at = '"2026-11-22T05:17:00.000Z"';
        expect(text).toBe(
            `{"creation_time":${at},"credential":{},"id":1,"name":"a","status":"healthy","type":"docker-hub","update_time":${at},"url":"https://hub.docker.com"}`,
        );
        const body = { name: "r", src_registry: { id: 1 }, enabled: false };
        await ask(harbor, "POST", "/replication/policies", body);
        const policy = (await ask(harbor, "GET", "/replication/policies/1")).json;
        expect(policy).toMatchObject({
            filters: null,
            dest_namespace_replace_count: -1,
            speed: 0,
            copy_by_chunk: false,
        });
        expect(Object.keys(policy)).not.toEqual(expect.arrayContaining(["enabled"]));
        expect(policy.dest_registry).toMatchObject({ id: 0, name: "Local", credential: { access_secret: "*****" } });
        const disabled = await ask(harbor, "POST", "/replication/executions", { policy_id: 1 });
        expect(told(disabled)).toEqual([412, "PRECONDITION", "the policy 1 is disabled"]);
        await ask(harbor, "PUT", "/replication/policies/1", { ...body, enabled: true });
        await ask(harbor, "POST", "/replication/executions", { policy_id: 1 });
        expect((await ask(harbor, "GET", "/replication/executions/1")).json).toMatchObject({
            status: "InProgress",
            end_time: "0001-01-01T00:00:00.000Z",
            status_text: "",
            total: 0,
        });
    });
});

describeHarbor("Who asks the local Harbor", () => {
    // src/server/middleware/security: a login that fails is nobody, and no error.
    it("is nobody with a wrong password: 200 and the public projects, but 401 for who one is", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        for (const login of [{ username: "admin", password: "wrong" }, undefined]) {
            const projects = await ask(harbor, "GET", "/projects", undefined, { login });
            expect([projects.status, projects.json.map(({ name }: { name: string }) => name)]).toEqual([
                200,
                ["library"],
            ]);
            const current = await ask(harbor, "GET", "/users/current", undefined, { login });
            expect([current.status, current.json]).toEqual([
                401,
                { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] },
            ]);
            expect((await ask(harbor, "GET", "/projects/mirror", undefined, { login })).status).toBe(401);
        }
        expect((await ask(harbor, "GET", "/users/current")).json).toMatchObject({
            username: "admin",
            sysadmin_flag: true,
        });
    });

    // src/server/v2.0/handler/base.go: rights come first, so that nobody learns what there is.
    it("is told 403 without rights, of what is there and of what is not", async () => {
        const harbor = await localHarbor();
        const login = { username: "eva", password: "Password-1" };
        const { user_id } = harbor.world.addUser(login.username, login.password);
        addProject(harbor.world, "mirror");
        const { project_id } = addProject(harbor.world, "evas", { owner: user_id });
        const status = async (method: string, path: string, body?: unknown) =>
            (await ask(harbor, method, path, body, { login })).status;
        expect(await status("GET", "/registries")).toBe(403);
        expect(await status("GET", "/projects/mirror")).toBe(403);
        expect(await status("GET", "/projects/gone")).toBe(403);
        expect(await status("GET", "/projects/evas")).toBe(200);
        expect(await status("POST", "/projects", { project_name: "proxy", registry_id: 1 })).toBe(403);
        expect(await status("PUT", `/projects/${project_id}`, { metadata: { public: "true" } })).toBe(200);
        expect((await ask(harbor, "GET", "/registries", undefined, { login })).json.errors[0].message).toBe("eva");
    });

    it("may be a robot, within what it was given", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        const access = [{ resource: "project", action: "read" }];
        const robot = addRobot(harbor.world, "ci", { permissions: [{ kind: "project", namespace: "mirror", access }] });
        const login = { username: "robot$ci", password: robot.secret };
        expect((await ask(harbor, "GET", "/projects/mirror", undefined, { login })).status).toBe(200);
        expect((await ask(harbor, "DELETE", "/projects/mirror", undefined, { login })).status).toBe(403);
        expect((await ask(harbor, "GET", "/users/current", undefined, { login })).status).toBe(412);
        robot.disable = true;
        expect((await ask(harbor, "GET", "/projects/mirror", undefined, { login })).status).toBe(401);
    });

    // src/server/middleware/csrf/csrf.go
    it("needs a token against forged requests only with a session's cookie", async () => {
        const harbor = await localHarbor();
        const cookie = { headers: { cookie: "sid=0123456789" } };
        expect((await ask(harbor, "POST", "/projects", PROJECT, cookie)).status).toBe(403);
        expect((await ask(harbor, "POST", "/projects", PROJECT)).status).toBe(201);
    });
});
