import { expect, it } from "vitest";
import { Harbor } from "../../core/harbor";
import { addProject, describeHarbor, localHarbor } from "../support/harbor";
import { ask, post, told } from "../support/harbor/ask";

const PULL = [{ resource: "repository", action: "pull" }];
const RETENTION = { algorithm: "or", rules: [], trigger: { kind: "Schedule", settings: { cron: "" } } };

// What a real v2.15.2 answered to the same requests, where its source does not say so at a glance.
describeHarbor("The local Harbor answers as a real one did:", () => {
    it.each<[string, string, string, unknown, number, string | undefined]>([
        [
            "a CVE twice is an error without a code",
            "PUT",
            "/projects/library",
            { cve_allowlist: { items: [{ cve_id: "CVE-1" }, { cve_id: "CVE-1" }] } },
            500,
            "internal server error",
        ],
        [
            "a value of a project is added once",
            "POST",
            "/projects/library/metadatas/",
            { public: "true" },
            409,
            "metadata public already exists for project 1",
        ],
        [
            "one that is not there is not changed",
            "PUT",
            "/projects/library/metadatas/auto_scan",
            { auto_scan: "true" },
            200,
            undefined,
        ],
        [
            "no certificate",
            "POST",
            "/registries",
            { name: "r", type: "harbor", url: "https://h", ca_certificate: "none" },
            400,
            "invalid CA certificate: no valid certificates found in PEM data",
        ],
        [
            "an address with a blank",
            "POST",
            "/registries",
            { name: "r", type: "harbor", url: "no url" },
            400,
            'invalid URL: parse "http://no url": invalid character " " in host name',
        ],
        [
            "robots of a project that is gone are none",
            "GET",
            "/robots?q=Level%3Dproject%2CProjectID%3D77",
            undefined,
            200,
            undefined,
        ],
        [
            "a label of a project that is gone is made",
            "POST",
            "/labels",
            { name: "a", scope: "p", project_id: 77 },
            201,
            undefined,
        ],
        ["a role that there is not is taken", "PUT", "/projects/library/members/1", { role_id: 9 }, 200, undefined],
        ["no schedule", "PUT", "/system/gc/schedule", {}, 500, "internal server error"],
        [
            "a retention of no project",
            "PUT",
            "/retentions/7",
            { ...RETENTION, id: 7, scope: { level: "project", ref: 77 } },
            404,
            "resource not found: the retention policy id 7 does not match",
        ],
        ["pages are counted from 1, and 0 is the first", "GET", "/projects?page=0", undefined, 200, undefined],
    ])("%s", async (_what, method, path, body, status, message) => {
        const harbor = await localHarbor();
        const asked = await ask(harbor, method, path, body);
        expect([asked.status, told(asked)[2]]).toEqual([status, message]);
        expect((await ask(harbor, "GET", "/projects/library")).json.metadata).toEqual({ public: "true" });
    });

    it("an error has a charset beside its type, an object has none, and nothing has no type", async () => {
        const harbor = await localHarbor();
        const type = async (method: string, path: string, body?: unknown) =>
            (await ask(harbor, method, path, body)).headers.get("content-type");
        expect(await type("GET", "/projects/library")).toBe("application/json");
        expect(await type("GET", "/projects/gone")).toBe("application/json; charset=utf-8");
        expect(await type("PUT", "/projects/library", { metadata: {} })).toBeNull();
        expect((await ask(harbor, "GET", "/projects?page=0")).json).toHaveLength(1);
    });

    it("permissions of a robot come in any order, with the effect that was sent, or none", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror");
        const permissions = [
            { kind: "system", namespace: "/", access: [{ resource: "catalog", action: "read" }] },
            { kind: "project", namespace: "mirror", access: [{ ...PULL[0], effect: "deny" }] },
        ];
        await post(harbor, "/robots", { name: "a", level: "system", duration: -1, permissions });
        const { json } = await ask(harbor, "GET", "/robots/1");
        expect(json.permissions).toEqual([
            { kind: "project", namespace: "mirror", access: permissions[1]?.access },
            permissions[0],
        ]);
    });

    it("a schedule is a job that runs, and of a quota nobody says when it changed", async () => {
        const harbor = await localHarbor();
        await ask(harbor, "PUT", "/system/gc/schedule", { schedule: { type: "Daily", cron: "0 0 0 * * *" } });
        expect((await ask(harbor, "GET", "/system/gc/schedule")).json).toMatchObject({ job_status: "Running" });
        expect((await ask(harbor, "GET", "/quotas/1")).json.update_time).toBe("0001-01-01T00:00:00.000Z");
    });

    it("a log is a string of JSON for who takes that, and our client reads it as it was written", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/registries", { name: "hub", type: "docker-registry", url: "http://hub" });
        const filters = [{ type: "name", value: "library/a" }];
        await post(harbor, "/replication/policies", { name: "r", src_registry: { id: 1 }, filters, enabled: true });
        harbor.world.outcome = () => ({ status: "Error", log: "one [INFO] a\ntwo [ERROR] b\n" });
        await post(harbor, "/replication/executions", { policy_id: 1 });
        for (let at = 0; at < 4; at++) {
            harbor.step();
        }
        const path = "/replication/executions/1/tasks/1/log";
        const plain = (await ask(harbor, "GET", path)).text;
        expect(plain).toMatch(/\ntwo \[ERROR\] b\n$/);
        const asked = await ask(harbor, "GET", path, undefined, { headers: { accept: "application/json" } });
        expect(asked.text).toBe(`${JSON.stringify(plain)}\n`);
        const client = new Harbor(harbor.access());
        expect(await client.replicationExecutions.taskLog(1, 1)).toBe(plain);
        await client.close();
    });
});
