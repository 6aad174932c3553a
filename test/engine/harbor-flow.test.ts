import {
    HarborPreheat,
    HarborProject,
    HarborRegistryEndpoint,
    HarborReplication,
    type HarborReplicationArgs,
    HarborSchedule,
    HarborWebhook,
} from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, addProject, describeHarborWithEngine, FAULTS, LocalHarbor, type Row } from "../support/harbor";

const HEADER = "Bearer Secret-91-of-hook";
const RESOURCES = 8;

describeHarborWithEngine("what runs by itself in a Harbor", (engine) => {
    let harbor: LocalHarbor;
    let stack: TestStack;
    let names = "acme/{app,web}";
    let flatten: HarborReplicationArgs["flatten"] = "one";
    let schedule = "daily";
    let events = ["PUSH_ARTIFACT"];
    let tags = "v*";
    let adopt = false;
    const texts: string[] = [];

    beforeAll(async () => {
        harbor = await LocalHarbor.start();
        const body = {
            name: "dragonfly",
            vendor: "dragonfly",
            endpoint: "https://dragonfly.example.com",
            enabled: true,
        };
        harbor.byHand("POST", "/p2p/preheat/instances", body);
        const credentials = { harbor: ADMIN, hook: { username: "-", password: HEADER } };
        stack = await TestStack.open(engine, async () => program(), {
            config: { "transship:credentials": { value: JSON.stringify(credentials), secret: true } },
        });
    });

    function program(): object {
        const at = { url: harbor.url, adopt };
        const apps = new HarborProject("apps", { ...at, name: "apps" });
        const ghcr = new HarborRegistryEndpoint("ghcr", {
            ...at,
            name: "ghcr",
            type: "github-ghcr",
            endpoint: "https://ghcr.io",
        });
        const rule = new HarborReplication("rule", {
            ...at,
            name: "from-ghcr",
            direction: "pull",
            registryId: ghcr.objectId,
            namespace: apps.name,
            flatten,
            trigger: { type: "scheduled", cron: "0 0 2 * * *" },
            filters: { names, tags: { excludes: "dev-*" } },
        });
        new HarborSchedule("gc", { ...at, job: "garbage-collection", schedule, workers: 2 });
        new HarborSchedule("scan", { ...at, job: "scan-all", schedule: "manual" });
        new HarborWebhook("hook", {
            ...at,
            project: apps.name,
            name: "builds",
            endpoint: "https://hooks.example.com/a",
            events,
            authHeader: "hook",
        });
        new HarborPreheat("preheat", { ...at, project: apps.name, name: "releases", instance: "dragonfly", tags });
        return { rule: rule.objectId };
    }

    afterAll(async () => {
        await harbor?.close();
    });

    async function run(call: Promise<EngineRun>): Promise<EngineRun> {
        const done = await call;
        texts.push(done.text);
        return done;
    }

    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const only = (table: Map<number, Row>): Row => [...table.values()][0] ?? ({} as Row);
    const rule = () => only(harbor.world.policies);
    const hook = () => only(harbor.world.webhooks);
    const preheat = () => only(harbor.world.preheatPolicies);
    const gc = () => harbor.world.schedules.get("gc");

    it("is made by the first up, and the next has nothing to do", async () => {
        const first = await run(stack.up());
        expect(first.ok, first.text).toBe(true);
        expect(first.changes).toEqual({ create: RESOURCES });
        expect(rule()).toMatchObject({ src_registry: 1, dest_namespace: "apps", dest_namespace_replace_count: 1 });
        expect(gc()).toMatchObject({ type: "Daily", parameters: { workers: 2 } });
        expect(harbor.world.schedules.has("scanAll")).toBe(false);
        expect(hook().targets[0].auth_header).toBe(HEADER);
        expect(JSON.parse(preheat().filters)).toContainEqual({ type: "tag", value: "v*" });
        expect(first.outputs).toEqual({ rule: rule().id });
        harbor.asked();
        const again = await run(stack.up());
        expect(again.changes).toEqual({ same: RESOURCES });
        expect(writes()).toEqual([]);
    });

    it("that cannot work is refused at the preview, in one sentence", async () => {
        names = "acme/**";
        const refused = await run(stack.preview());
        expect(refused.ok).toBe(false);
        expect(refused.text).toMatch(
            /has a problem: The replication rule from-ghcr cannot pull from .*: ghcr.io has no/,
        );
        expect(refused.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        names = "acme/{app,web}";
    });

    it("is changed in place; where one of them fails, the next run mends it", async () => {
        flatten = "two";
        schedule = "0 30 3 * * *";
        events = ["PUSH_ARTIFACT", "REPLICATION"];
        tags = "w*";
        harbor.fail({ method: "PUT", url: "/webhook/", ...FAULTS.broken() });
        const failed = await run(stack.up());
        expect(failed.ok).toBe(false);
        expect(hook().event_types).toEqual(["PUSH_ARTIFACT"]);
        const mended = await run(stack.up());
        expect(mended.ok, mended.text).toBe(true);
        expect(rule().dest_namespace_replace_count).toBe(2);
        expect(gc()).toMatchObject({ type: "Custom", cron: "0 30 3 * * *", parameters: { workers: 2 } });
        expect(hook().event_types).toEqual(events);
        expect(JSON.parse(preheat().filters)).toContainEqual({ type: "tag", value: "w*" });
    });

    it("shows at the next preview and at a refresh what somebody changed, and is put right", async () => {
        rule().trigger = { type: "manual" };
        harbor.byHand("PUT", "/system/gc/schedule", { schedule: { type: "None" } });
        harbor.byHand("POST", "/system/scanAll/schedule", { schedule: { type: "Daily", cron: "0 0 0 * * *" } });
        hook().targets[0].auth_header = "Bearer Secret-92";
        preheat().filters = '[{"type":"tag","value":"**"}]';
        const preview = await run(stack.preview({ diff: true }));
        expect(preview.changes).toEqual({ same: RESOURCES - 5, update: 5 });
        for (const line of [
            /rule from-ghcr at \S+: trigger: have manual, want scheduled 0 0 2 \* \* \*/,
            /schedule of garbage collection at \S+: deleted there: it is made again/,
            /schedule of the scan of all images at \S+: schedule: have daily, want manual/,
            /webhook builds of project apps at \S+: authHeader: have another, want that of the stack's configuration/,
            /preheat policy releases of project apps at \S+: tags: have \*\*, want w\*/,
        ]) {
            expect(preview.text).toMatch(line);
        }
        await run(stack.refresh());
        const kept = (await stack.checkpoint()).resources.find(({ urn }) => urn.endsWith("::rule"));
        expect(kept?.outputs?.observed).toEqual({ drift: ["trigger: have manual, want scheduled 0 0 2 * * *"] });
        const up = await run(stack.up());
        expect(up.ok, up.text).toBe(true);
        expect(rule().trigger).toMatchObject({ type: "scheduled" });
        expect(gc()?.cron).toBe("0 30 3 * * *");
        expect(harbor.world.schedules.has("scanAll")).toBe(false);
        expect(hook().targets[0].auth_header).toBe(HEADER);
        expect((await run(stack.up())).changes).toEqual({ same: RESOURCES });
    });

    it("is deleted by destroy, and a schedule is ended", async () => {
        const destroyed = await run(stack.destroy());
        expect(destroyed.ok, destroyed.text).toBe(true);
        const { policies, preheatPolicies, schedules, webhooks } = harbor.world;
        expect([policies, preheatPolicies, schedules, webhooks].map(({ size }) => size)).toEqual([0, 0, 0, 0]);
    });

    it("that is there already is adopted where it is asked for, and stays after destroy", async () => {
        addProject(harbor.world, "apps");
        harbor.byHand("POST", "/registries", { name: "ghcr", type: "github-ghcr", url: "https://ghcr.io" });
        const id = [...harbor.world.registries.keys()][0];
        harbor.byHand("POST", "/replication/policies", { name: "from-ghcr", src_registry: { id } });
        harbor.byHand("POST", "/system/gc/schedule", { schedule: { type: "Weekly", cron: "0 0 0 * * 0" } });
        const targets = [{ type: "http", address: "https://old.example.com" }];
        const apps = "/projects/apps";
        harbor.byHand("POST", `${apps}/webhook/policies`, { name: "builds", event_types: ["REPLICATION"], targets });
        const made = { name: "releases", provider_id: 1, filters: "[]", trigger: '{"type":"manual"}' };
        harbor.byHand("POST", `${apps}/preheat/policies`, made);
        adopt = true;
        const adopted = await run(stack.up());
        expect(adopted.ok, adopted.text).toBe(true);
        expect(adopted.text).toMatch(
            /webhook builds of project apps at \S+: endpoint: have https:\/\/old.example.com\/…/,
        );
        expect(gc()?.cron).toBe("0 30 3 * * *");
        expect((await run(stack.up())).changes).toEqual({ same: RESOURCES });
        await run(stack.destroy());
        const { policies, preheatPolicies, schedules, webhooks } = harbor.world;
        expect([policies, preheatPolicies, schedules, webhooks].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    });

    it("and no secret is in what was printed or kept, and every request is one of Harbor's", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(1000);
        expect(all).not.toContain(ADMIN.password);
        expect(all).not.toMatch(/Secret-9\d/);
        expect(harbor.violations).toEqual([]);
    });
});
