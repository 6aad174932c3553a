import { expect, it } from "vitest";
import { addProject, describeHarbor, localHarbor } from "../support/harbor";
import { ask, post, told } from "../support/harbor/ask";

// src/server/v2.0/handler/quota.go, src/controller/quota/driver/project/project.go
describeHarbor("Quotas of the local Harbor", () => {
    it("are found by their project, changed, and refused without sense", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        const [quota] = (await ask(harbor, "GET", "/quotas?reference=project&reference_id=2")).json;
        expect(quota).toMatchObject({
            id: 2,
            hard: { storage: -1 },
            ref: { id: 2, name: "mirror", owner_name: "" },
        });
        const put = (hard: object) => ask(harbor, "PUT", "/quotas/2", { hard });
        expect((await put({ storage: 4096 })).status).toBe(200);
        expect((await ask(harbor, "GET", "/quotas/2")).json.hard).toEqual({ storage: 4096 });
        expect(told(await put({ storage: 0 }))[2]).toBe("invalid non-positive value for quota limit, value=0");
        expect(told(await put({ count: 7 }))[2]).toBe("resource count not support");
        expect(told(await put({}))[2]).toBe("hard required in body");
        expect(told(await ask(harbor, "GET", "/quotas/9"))).toEqual([404, "NOT_FOUND", "quota 9 not found"]);
    });
});

// src/server/v2.0/handler/webhook.go, src/pkg/notification/policy/dao/dao.go
describeHarbor("Webhooks of the local Harbor", () => {
    const policies = "/projects/library/webhook/policies";
    const HOOK = {
        name: "hook",
        enabled: true,
        event_types: ["PUSH_ARTIFACT"],
        targets: [{ type: "http", address: "https://hooks.example.com/a/?token=b", auth_header: "Bearer c" }],
    };

    it("have a format, and an address as it was sent; who made them is not kept", async () => {
        const harbor = await localHarbor();
        await post(harbor, policies, HOOK);
        const path = `${policies}/1`;
        expect((await ask(harbor, "GET", path)).json).toMatchObject({
            enabled: true,
            project_id: 1,
            targets: [
                { address: "https://hooks.example.com/a/?token=b", auth_header: "Bearer c", payload_format: "Default" },
            ],
        });
        await ask(harbor, "PUT", path, { ...HOOK, enabled: false, description: "d" });
        expect((await ask(harbor, "GET", path)).json).toMatchObject({ enabled: false, description: "d" });
        expect((await ask(harbor, "GET", "/projects/library/webhook/events")).json.event_type).toHaveLength(10);
        await ask(harbor, "DELETE", path);
        expect(told(await ask(harbor, "GET", path))).toEqual([404, "NOT_FOUND", "notificationPolicy 1 not found"]);
    });

    it.each<[object, number, string]>([
        [{}, 409, "notification policy named hook already exists"],
        [{ name: "b", event_types: [] }, 400, "empty event type"],
        [{ name: "b", event_types: ["PUSH_CHART"] }, 400, "unsupported event type PUSH_CHART"],
        [{ name: "b", targets: [] }, 400, "empty notification target with policy b"],
        [
            { name: "b", targets: [{ type: "mail", address: "http://a" }] },
            400,
            "unsupported target type mail with policy b",
        ],
        [
            { name: "b", targets: [{ type: "slack", address: "http://a", payload_format: "Default" }] },
            400,
            "set payload format is not allowed for slack",
        ],
    ])("are refused with %j", async (over, status, message) => {
        const harbor = await localHarbor();
        await post(harbor, policies, HOOK);
        const asked = await ask(harbor, "POST", policies, { ...HOOK, ...over });
        expect([asked.status, told(asked)[2]]).toEqual([status, message]);
    });
});

// src/server/v2.0/handler/label.go, src/pkg/label/dao/dao.go
describeHarbor("Labels of the local Harbor", () => {
    it("are everybody's or a project's, and keep their scope", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/labels", { name: "kept", scope: "g", color: "#48960C" });
        await post(harbor, "/labels", { name: "kept", scope: "p", project_id: 1 });
        const again = await ask(harbor, "POST", "/labels", { name: "kept", scope: "g", project_id: 1 });
        expect(told(again)).toEqual([409, "CONFLICT", "label kept already exists"]);
        expect((await ask(harbor, "GET", "/labels?scope=p&project_id=1")).json).toMatchObject([{ id: 2, scope: "p" }]);
        expect(told(await ask(harbor, "GET", "/labels"))[2]).toBe("invalid scope: ");
        expect(told(await ask(harbor, "GET", "/labels?scope=p"))[2]).toBe(
            "must with project ID when to query project labels",
        );
        await ask(harbor, "PUT", "/labels/1", { name: "held", scope: "p" });
        const { json } = await ask(harbor, "GET", "/labels/1");
        expect(json).toMatchObject({ name: "held", scope: "g" });
        expect(json.color).toBeUndefined();
        await ask(harbor, "DELETE", "/labels/1");
        expect(told(await ask(harbor, "GET", "/labels/1"))).toEqual([404, "NOT_FOUND", "label 1 not found"]);
    });
});

// src/controller/p2p/preheat/controller.go, src/server/v2.0/handler/preheat.go
describeHarbor("Preheating with the local Harbor", () => {
    const INSTANCE = {
        name: "df",
        vendor: "dragonfly",
        endpoint: "https://df.example.com",
        auth_mode: "BASIC",
        enabled: true,
    };
    const instances = "/p2p/preheat/instances";
    const policies = "/projects/library/preheat/policies";
    const policy = (cron: string) => ({
        name: "warm",
        provider_id: 1,
        filters: '[{"type":"repository","value":"**"}]',
        trigger: JSON.stringify({ type: "scheduled", trigger_setting: { cron } }),
    });

    it("has instances by name, whose credential nobody sees, and which stay while a policy uses them", async () => {
        const harbor = await localHarbor();
        const auth_info = { username: "a", password: "s3cret" };
        const made = await post(harbor, instances, { ...INSTANCE, auth_info });
        expect(made.headers.get("location")).toBe(`/api/v2.0${instances}/df`);
        const { json, text } = await ask(harbor, "GET", `${instances}/df`);
        expect(text).not.toContain("s3cret");
        expect(json).toMatchObject({ id: 1, status: "Unknown", setup_timestamp: 1_795_324_620 });
        expect(told(await ask(harbor, "POST", instances, { ...INSTANCE, name: "b" }))[0]).toBe(500);
        await ask(harbor, "PUT", `${instances}/df`, { ...INSTANCE, id: 1, description: "d" });
        expect(harbor.world.instances.get(1)).toMatchObject({ description: "d", auth_info });
        await post(harbor, policies, policy("0 0 3 * * *"));
        expect(told(await ask(harbor, "DELETE", `${instances}/df`))).toEqual([
            412,
            "PRECONDITION",
            "Provider [df] cannot be deleted as some preheat policies are using it",
        ]);
        await ask(harbor, "DELETE", `${policies}/warm`);
        await ask(harbor, "DELETE", `${instances}/df`);
        expect(told(await ask(harbor, "GET", `${instances}/df`))[2]).toBe("instance df not found");
    });

    it("has policies of a project by name, which take a cron as the others do", async () => {
        const harbor = await localHarbor();
        await post(harbor, instances, INSTANCE);
        expect((await post(harbor, policies, policy("0 0 3 * * *"))).headers.get("location")).toMatch(
            /\/policies\/warm$/,
        );
        expect((await ask(harbor, "GET", `${policies}/warm`)).json).toMatchObject({
            id: 1,
            provider_name: "df",
            enabled: false,
        });
        expect(told(await ask(harbor, "POST", policies, policy("0 0 3 * * *")))[0]).toBe(409);
        expect(told(await ask(harbor, "POST", policies, policy("0 3 * * *")))[2]).toContain(
            "invalid cron string for scheduled preheat: 0 3 * * *",
        );
        expect(told(await ask(harbor, "POST", policies, { ...policy(""), provider_id: 9 }))[2]).toBe(
            "instance 9 not found",
        );
        expect(told(await ask(harbor, "POST", policies, { ...policy(""), filters: "{" }))[0]).toBe(500);
        await ask(harbor, "PUT", `${policies}/warm`, { ...policy("0 0 4 * * *"), id: 1, enabled: true });
        expect((await ask(harbor, "GET", policies)).json).toMatchObject([{ enabled: true }]);
    });
});

// src/controller/config/controller.go, src/controller/systeminfo/controller.go, src/server/v2.0/handler/user.go
describeHarbor("Configurations and users of the local Harbor", () => {
    it("are changed where they are sent", async () => {
        const harbor = await localHarbor();
        expect((await ask(harbor, "PUT", "/configurations", { session_timeout: 90 })).status).toBe(200);
        const { json } = await ask(harbor, "GET", "/configurations");
        expect(json.session_timeout).toEqual({ editable: true, value: 90 });
        expect(json.robot_name_prefix).toEqual({ editable: true, value: "robot$" });
        expect(told(await ask(harbor, "PUT", "/configurations", { token_expiration: 0 }))[2]).toBe(
            "the token_expiration value must be positive",
        );
        harbor.world.addUser("eva", "Password-1");
        expect(told(await ask(harbor, "PUT", "/configurations", { auth_mode: "oidc_auth" }))[2]).toBe(
            "the auth mode cannot be modified as new users have been inserted into database",
        );
    });

    it("tell who is nobody no version", async () => {
        const harbor = await localHarbor();
        expect((await ask(harbor, "GET", "/systeminfo")).json.harbor_version).toMatch(/^v2\.15\.2-/);
        const nobody = await ask(harbor, "GET", "/systeminfo", undefined, { login: undefined });
        expect([nobody.json.auth_mode, nobody.json.harbor_version]).toEqual(["db_auth", undefined]);
    });

    it("are people with good passwords, one of each name", async () => {
        const harbor = await localHarbor();
        const eva = { username: "eva", password: "Password-1", email: "eva@example.com", realname: "Eva" };
        expect((await post(harbor, "/users", eva)).headers.get("location")).toBe("/api/v2.0/users/2");
        expect(told(await ask(harbor, "POST", "/users", eva))).toEqual([
            409,
            "CONFLICT",
            "user eva or email eva@example.com already exists",
        ]);
        expect(told(await ask(harbor, "POST", "/users", { ...eva, username: "b", password: "short" }))[0]).toBe(400);
        expect((await ask(harbor, "GET", "/users/search?username=ev")).json).toEqual([{ user_id: 2, username: "eva" }]);
        expect(told(await ask(harbor, "DELETE", "/users/1"))).toEqual([
            403,
            "FORBIDDEN",
            "User with ID 1 cannot be deleted",
        ]);
        await ask(harbor, "DELETE", "/users/2");
        expect(told(await ask(harbor, "GET", "/users/2"))).toEqual([404, "NOT_FOUND", "user 2 not found"]);
    });
});
