import { expect, it } from "vitest";
import { describeHarbor, type LocalHarbor, localHarbor } from "../support/harbor";
import { ask, post, told } from "../support/harbor/ask";

const REGISTRY = { name: "hub", type: "docker-hub", url: "https://hub.docker.com" };

// src/controller/replication/model/model.go, src/pkg/reg/model/policy.go, src/controller/replication/execution.go
describeHarbor("Replication rules of the local Harbor", () => {
    const cron = (text: string) => ({ type: "scheduled", trigger_settings: { cron: text } });
    const ONE_SIDE = "either src_registry or dest_registry should be empty and the other one shouldn't be empty";

    it.each<[object, number, string | undefined]>([
        [{ trigger: cron("0 0 2 * * *") }, 201, undefined],
        [{ trigger: cron("0 */15 2-4 ? jan,feb MON") }, 201, undefined],
        [{ trigger: cron("0 2 * * *") }, 400, "invalid cron string for scheduled trigger: 0 2 * * *"],
        [{ trigger: cron("@daily") }, 400, "invalid cron string for scheduled trigger: @daily"],
        [{ trigger: cron("0 0 24 * * *") }, 400, "invalid cron string for scheduled trigger: 0 0 24 * * *"],
        [
            { trigger: cron("5 0 2 * * *") },
            400,
            "the 1st field (indicating Seconds of time) of the cron setting must be 0",
        ],
        [
            { trigger: cron("0 * 2 * * *") },
            400,
            "* is not allowed for the Minutes field of the cron setting of replication policy",
        ],
        [{ trigger: cron("") }, 400, "the cron string cannot be empty when the trigger type is scheduled"],
        [{ trigger: { type: "weekly" } }, 400, "invalid trigger type"],
        [{ name: "" }, 400, "empty name"],
        [{ dest_registry: { id: 1 } }, 400, ONE_SIDE],
        [{ src_registry: undefined }, 400, ONE_SIDE],
        [{ src_registry: { id: 9 } }, 404, "registry 9 not found"],
        [{ dest_namespace: "Mirror" }, 400, "invalid destination namespace: Mirror"],
        [{ filters: [{ type: "name", value: ["a"] }] }, 400, "the type of filter value isn't string"],
        [{ filters: [{ type: "label", value: "a" }] }, 400, "the type of label filter value isn't string slice"],
        [{ filters: [{ type: "resource", value: "chart" }] }, 400, "invalid resource filter: chart"],
        [
            { filters: [{ type: "name", value: "a", decoration: "matches" }] },
            400,
            "only tag and label filter support decoration",
        ],
        [{ filters: [{ type: "tag", value: "a", decoration: "not" }] }, 400, "invalid filter decoration, :not"],
        [{ filters: [{ type: "size", value: "a" }] }, 400, "invalid filter type"],
        [{ single_active_replication: true, trigger: { type: "event_based" } }, 500, "internal server error"],
        [{ name: "taken" }, 409, "replication policy taken already exists"],
    ])("with %j: %i %s", async (over, status, message) => {
        const harbor = await localHarbor();
        await post(harbor, "/registries", REGISTRY);
        await post(harbor, "/replication/policies", { name: "taken", src_registry: { id: 1 } });
        const asked = await ask(harbor, "POST", "/replication/policies", {
            name: "r",
            src_registry: { id: 1 },
            ...over,
        });
        expect([asked.status, told(asked)[2]]).toEqual([status, message]);
    });

    it("are replaced as a whole, and are 404 once they are gone", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/registries", REGISTRY);
        const filters = [{ type: "name", value: "library/{a,b}" }];
        await post(harbor, "/replication/policies", {
            name: "r",
            src_registry: { id: 1 },
            filters,
            speed: -7,
            enabled: true,
        });
        expect((await ask(harbor, "GET", "/replication/policies/1")).json).toMatchObject({
            filters,
            speed: 0,
            enabled: true,
        });
        await ask(harbor, "PUT", "/replication/policies/1", { name: "s", src_registry: { id: 1 }, deletion: true });
        const { json } = await ask(harbor, "GET", "/replication/policies/1");
        expect(json).toMatchObject({ name: "s", filters: null, deletion: true, replicate_deletion: true });
        expect(json.enabled).toBeUndefined();
        await ask(harbor, "DELETE", "/replication/policies/1");
        const gone = await ask(harbor, "GET", "/replication/policies/1");
        expect(told(gone)).toEqual([404, "NOT_FOUND", "replication policy 1 not found"]);
    });
});

describeHarbor("Executions of the local Harbor", () => {
    async function withRule(over: object = {}): Promise<LocalHarbor> {
        const harbor = await localHarbor();
        await post(harbor, "/registries", REGISTRY);
        const filters = [{ type: "name", value: "library/{a,b}" }];
        await post(harbor, "/replication/policies", {
            name: "r",
            src_registry: { id: 1 },
            filters,
            enabled: true,
            ...over,
        });
        await post(harbor, "/replication/executions", { policy_id: 1 });
        return harbor;
    }
    const at = async (harbor: LocalHarbor, id = 1) => {
        const { json } = await ask(harbor, "GET", `/replication/executions/${id}`);
        return [json.status, json.total, json.in_progress, json.succeed, json.failed, json.stopped];
    };

    it("begin without tasks, and end as their tasks do, with the log of each", async () => {
        const harbor = await withRule();
        harbor.world.outcome = ({ src_resource }) =>
            src_resource.startsWith("library/b")
                ? { status: "Error", log: "[ERROR] failed to pull manifest: 404\n" }
                : { status: "Success" };
        expect(await at(harbor)).toEqual(["InProgress", 0, 0, 0, 0, 0]);
        harbor.step();
        expect(await at(harbor)).toEqual(["InProgress", 2, 2, 0, 0, 0]);
        harbor.step();
        const tasks = async () => (await ask(harbor, "GET", "/replication/executions/1/tasks?sort=id")).json;
        expect(await tasks()).toMatchObject([{ status: "InProgress" }, { status: "InProgress" }]);
        harbor.step();
        expect(await at(harbor)).toEqual(["Failed", 2, 0, 1, 1, 0]);
        expect(await tasks()).toMatchObject([
            { id: 1, src_resource: "library/a [1 item(s) in total]", status: "Succeed" },
            { id: 2, src_resource: "library/b [1 item(s) in total]", status: "Failed" },
        ]);
        const failed = await ask(harbor, "GET", "/replication/executions/1/tasks?status=Failed");
        expect(failed.headers.get("x-total-count")).toBe("1");
        const log = await ask(harbor, "GET", "/replication/executions/1/tasks/2/log");
        expect([log.headers.get("content-type"), log.text]).toEqual([
            "text/plain",
            expect.stringMatching(/start to copy library\/b.*\n\[ERROR\] failed to pull manifest: 404\n$/),
        ]);
        harbor.step();
        expect(await at(harbor)).toEqual(["Failed", 2, 0, 1, 1, 0]);
    });

    it("go on by every look where that is wanted", async () => {
        const harbor = await withRule();
        harbor.stepsByLooking = true;
        const seen = [await at(harbor), await at(harbor), await at(harbor)].map(([status]) => status);
        expect(seen).toEqual(["InProgress", "InProgress", "Succeed"]);
    });

    it("of a rule that allows one at a time are skipped, and say so", async () => {
        const harbor = await withRule({ single_active_replication: true });
        expect((await post(harbor, "/replication/executions", { policy_id: 1 })).headers.get("location")).toBe(
            "/api/v2.0/replication/executions/2",
        );
        expect((await ask(harbor, "GET", "/replication/executions/2")).json).toMatchObject({
            status: "Failed",
            status_text: "Execution skipped: active replication still in progress.",
        });
        expect((await ask(harbor, "GET", "/replication/executions?status=InProgress&policy_id=1")).json).toMatchObject([
            { id: 1 },
        ]);
    });

    it("are stopped, and are 404 with their rule gone", async () => {
        const harbor = await withRule();
        harbor.step();
        expect(told(await ask(harbor, "DELETE", "/replication/policies/1"))).toEqual([
            412,
            "PRECONDITION",
            "contains executions that aren't in final status, stop the execution first",
        ]);
        await ask(harbor, "PUT", "/replication/executions/1");
        expect(await at(harbor)).toEqual(["Stopped", 2, 0, 0, 0, 2]);
        await ask(harbor, "DELETE", "/replication/policies/1");
        expect(told(await ask(harbor, "GET", "/replication/executions/1"))).toEqual([
            404,
            "NOT_FOUND",
            "replication execution 1 not found",
        ]);
        expect(told(await ask(harbor, "POST", "/replication/executions", { policy_id: 1 }))[0]).toBe(404);
    });
});
