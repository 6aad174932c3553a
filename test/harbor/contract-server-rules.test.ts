import { expect, it } from "vitest";
import { addProject, describeHarbor, type LocalHarbor, localHarbor } from "../support/harbor";
import { ask, post, told } from "../support/harbor/ask";

const selector = (decoration: string, pattern = "**") => ({ kind: "doublestar", decoration, pattern });
const SELECTORS = {
    tag_selectors: [selector("matches")],
    scope_selectors: { repository: [selector("repoMatches")] },
};
const RULE = { action: "retain", template: "latestPushedK", params: { latestPushedK: 10 }, ...SELECTORS };
const RETENTION = {
    algorithm: "or",
    rules: [RULE],
    trigger: { kind: "Schedule", settings: { cron: "0 0 3 * * *" } },
    scope: { level: "project", ref: 2 },
};

async function withMirror(): Promise<LocalHarbor> {
    const harbor = await localHarbor();
    addProject(harbor.world, "mirror");
    return harbor;
}

// src/server/v2.0/handler/retention.go, src/pkg/retention/manager.go, src/pkg/retention/policy/models.go
describeHarbor("Retentions of the local Harbor", () => {
    it("are one for a project, whose metadata name it, with when it runs next", async () => {
        const harbor = await withMirror();
        expect((await post(harbor, "/retentions", RETENTION)).headers.get("location")).toBe("/api/v2.0/retentions/1");
        expect((await ask(harbor, "GET", "/projects/mirror")).json.metadata.retention_id).toBe("1");
        const { json } = await ask(harbor, "GET", "/retentions/1");
        expect(json).toMatchObject({ algorithm: "or", rules: [RULE], scope: { level: "project", ref: 2 } });
        expect(Object.keys(json.trigger.settings)).toEqual(["cron", "next_scheduled_time"]);
        expect(told(await ask(harbor, "POST", "/retentions", RETENTION))[2]).toBe(
            "bad request: project 2 already has retention policy 1",
        );
        const other = { metadata: { retention_id: "7" } };
        expect(told(await ask(harbor, "PUT", "/projects/mirror", other))[0]).toBe(400);
        const rules = [{ ...RULE, disabled: true }];
        await ask(harbor, "PUT", "/retentions/1", { ...RETENTION, rules });
        expect((await ask(harbor, "GET", "/retentions/1")).json.rules).toMatchObject([{ disabled: true }]);
    });

    it("that are gone are 500 where they are read, 400 where they are taken away, 404 where they are changed", async () => {
        const harbor = await withMirror();
        await post(harbor, "/retentions", RETENTION);
        expect((await ask(harbor, "DELETE", "/retentions/1")).status).toBe(200);
        expect((await ask(harbor, "GET", "/projects/mirror")).json.metadata).toEqual({ public: "false" });
        expect(told(await ask(harbor, "GET", "/retentions/1"))).toEqual([500, "UNKNOWN", "internal server error"]);
        expect(told(await ask(harbor, "DELETE", "/retentions/1"))).toEqual([
            400,
            "BAD_REQUEST",
            "bad request: no such Retention policy with id 1",
        ]);
        expect(told(await ask(harbor, "PUT", "/retentions/1", RETENTION))).toEqual([
            404,
            "NOT_FOUND",
            "resource not found: the retention policy id 1 does not match",
        ]);
    });

    it.each<[string, object, number, string]>([
        ["a rule twice", { rules: [RULE, RULE] }, 409, "resource conflict: rule 1 is conflict with rule 0"],
        ["16 rules", { rules: Array(16).fill(RULE) }, 400, "bad request: only 15 rules are allowed at most"],
        ["another scope", { scope: { level: "system", ref: 2 } }, 400, "bad request: scope system is not support"],
        ["no project", { scope: { level: "project", ref: 9 } }, 400, "bad request: invalid Project id 9"],
        [
            "a cron of five fields",
            { trigger: { kind: "Schedule", settings: { cron: "0 3 * * *" } } },
            400,
            "invalid cron string for scheduled tag retention: 0 3 * * *, error: expected exactly 6 fields, found 5: [0 3 * * *]",
        ],
    ])("are refused with %s", async (_what, over, status, message) => {
        const harbor = await withMirror();
        const asked = await ask(harbor, "POST", "/retentions", { ...RETENTION, ...over });
        expect([asked.status, told(asked)[2]]).toEqual([status, message]);
    });

    it("run, dry or not, and tell what templates there are", async () => {
        const harbor = await withMirror();
        await post(harbor, "/retentions", RETENTION);
        await post(harbor, "/retentions/1/executions", { dry_run: true });
        const runs = async () => (await ask(harbor, "GET", "/retentions/1/executions")).json;
        expect(await runs()).toMatchObject([{ id: 1, policy_id: 1, status: "Running", dry_run: true }]);
        for (let step = 0; step < 3; step++) {
            harbor.step();
        }
        expect(await runs()).toMatchObject([{ status: "Success" }]);
        const { templates } = (await ask(harbor, "GET", "/retentions/metadatas")).json;
        expect(templates.map((one: { rule_template: string }) => one.rule_template)).toContain("nDaysSinceLastPull");
    });
});

// src/controller/immutable/controller.go, src/pkg/immutable/dao/dao.go, src/pkg/immutable/model/rule.go
describeHarbor("Immutable tags of the local Harbor", () => {
    const rules = "/projects/mirror/immutabletagrules";
    const LOCKED = { action: "immutable", template: "immutable_template", ...SELECTORS };

    it("are rules of a project, the same one once", async () => {
        const harbor = await withMirror();
        expect((await post(harbor, rules, LOCKED)).headers.get("location")).toBe(`/api/v2.0${rules}/1`);
        expect((await ask(harbor, "GET", rules)).json).toEqual([{ id: 1, ...LOCKED }]);
        expect(told(await ask(harbor, "POST", rules, LOCKED))).toEqual([
            409,
            "CONFLICT",
            "immutable rule already exists",
        ]);
        const elsewhere = await ask(harbor, "DELETE", "/projects/library/immutabletagrules/1");
        expect(told(elsewhere)[2]).toBe("resource not found: project id 1 does not match");
        await ask(harbor, "DELETE", `${rules}/1`);
        expect(told(await ask(harbor, "DELETE", `${rules}/1`))[2]).toBe("immutable rule 1 not found");
    });

    it("are never disabled when they are made, and one that was changed may be made again", async () => {
        const harbor = await withMirror();
        await post(harbor, rules, { ...LOCKED, disabled: true });
        expect((await ask(harbor, "GET", rules)).json).toEqual([{ id: 1, ...LOCKED }]);
        await post(harbor, rules, LOCKED);
        expect(told(await ask(harbor, "POST", rules, LOCKED))[0]).toBe(409);
        await ask(harbor, "PUT", `${rules}/2`, { ...LOCKED, id: 2 });
        await post(harbor, rules, LOCKED);
        expect((await ask(harbor, "GET", rules)).json).toHaveLength(3);
    });

    it("change nothing else where they are disabled or enabled, and name their id in the body", async () => {
        const harbor = await withMirror();
        await post(harbor, rules, LOCKED);
        const tag_selectors = [selector("excludes", "sha256-*")];
        const put = (body: object) => ask(harbor, "PUT", `${rules}/1`, { ...LOCKED, ...body });
        expect(told(await put({}))[0]).toBe(400);
        await put({ id: 1, disabled: true, tag_selectors });
        expect((await ask(harbor, "GET", rules)).json).toEqual([{ id: 1, disabled: true, ...LOCKED }]);
        await put({ id: 1, disabled: true, tag_selectors });
        expect((await ask(harbor, "GET", rules)).json).toEqual([{ id: 1, disabled: true, ...LOCKED, tag_selectors }]);
    });
});

// src/server/v2.0/handler/gc.go, scan_all.go; src/common/utils/utils.go, `ValidateCronString`
describeHarbor("Schedules of the local Harbor", () => {
    const weekly = { schedule: { type: "Custom", cron: "0 0 3 * * 0" } };

    it("of its garbage collection are nothing at first, and not 404", async () => {
        const harbor = await localHarbor();
        const path = "/system/gc/schedule";
        const none = await ask(harbor, "GET", path);
        expect([none.status, none.text]).toEqual([200, ""]);
        const parameters = { delete_untagged: true, workers: 3 };
        expect((await post(harbor, path, { ...weekly, parameters })).headers.get("location")).toBe(
            "/api/v2.0/system/gc/0",
        );
        await ask(harbor, "PUT", path, { ...weekly, parameters });
        expect((await ask(harbor, "GET", path)).json).toMatchObject({
            id: 2,
            job_parameters: '{"delete_tag":false,"delete_untagged":true,"workers":3}',
            schedule: { type: "Custom", cron: "0 0 3 * * 0" },
        });
        await ask(harbor, "PUT", path, { schedule: { type: "None" } });
        expect((await ask(harbor, "GET", path)).text).toBe("");
        await post(harbor, path, { schedule: { type: "Manual" }, parameters: { dry_run: true } });
        expect((await ask(harbor, "GET", "/system/gc")).json).toMatchObject([
            { id: 1, job_status: "Running", schedule: { type: "Manual" }, job_parameters: '{"dry_run":true}' },
        ]);
    });

    it.each([
        ["", "empty cron string is invalid"],
        ["0 3 * * *", "expected exactly 6 fields, found 5: [0 3 * * *]"],
        ["7 0 3 * * *", "the 1st field (indicating Seconds of time) of the cron setting must be 0"],
    ])("refuse the cron %j", async (cron, words) => {
        const harbor = await localHarbor();
        const schedule = { schedule: { type: "Custom", cron } };
        for (const [path, what] of [
            ["/system/gc/schedule", "gc"],
            ["/system/scanAll/schedule", "scan all"],
        ]) {
            const asked = await ask(harbor, "POST", path ?? "", schedule);
            expect(told(asked)[2]).toBe(`invalid cron string for scheduled ${what}: ${cron}, error: ${words}`);
        }
    });

    it("of scanning are made once, changed ever after, and need a scanner", async () => {
        const harbor = await localHarbor();
        const path = "/system/scanAll/schedule";
        await post(harbor, path, weekly);
        expect(told(await ask(harbor, "POST", path, weekly))).toEqual([
            412,
            "PRECONDITION",
            "fail to set schedule for scan all as always had one, please delete it firstly then to re-schedule",
        ]);
        await ask(harbor, "PUT", path, { schedule: { type: "Daily", cron: "0 0 0 * * *" } });
        expect((await ask(harbor, "GET", path)).json.schedule).toMatchObject({ type: "Daily", cron: "0 0 0 * * *" });
        await ask(harbor, "PUT", path, { schedule: { type: "None" } });
        expect((await ask(harbor, "GET", path)).text).toBe("");
        harbor.world.hasScanner = false;
        expect(told(await ask(harbor, "GET", path))[0]).toBe(412);
    });
});
