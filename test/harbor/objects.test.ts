import { beforeEach, expect, it } from "vitest";
import { Harbor } from "../../core/harbor";
import { addProject, describeHarbor, type LocalHarbor, localHarbor } from "../support/harbor";

const EVERY_TAG = { kind: "doublestar", decoration: "matches", pattern: "**" };
const EVERY_REPOSITORY = { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }] };

describeHarbor("Objects of Harbor", () => {
    let local: LocalHarbor;
    let harbor: Harbor;
    let project: number;

    beforeEach(async () => {
        local = await localHarbor();
        harbor = new Harbor(local.access(), { sleep: async () => undefined });
        project = addProject(local.world, "mirror").project_id;
    });

    it("are projects, whose id is in Location", async () => {
        const id = await harbor.projects.create({ project_name: "edge", metadata: { public: "true" } });
        expect(await harbor.projects.find("edge")).toMatchObject({ project_id: id, metadata: { public: "true" } });
        await harbor.projects.update("edge", { metadata: { auto_scan: "true" } });
        expect((await harbor.projects.find("edge"))?.metadata).toMatchObject({ public: "true", auto_scan: "true" });
        await harbor.projects.delete("edge");
        expect(await harbor.projects.find("edge")).toBeUndefined();
    });

    it("are registry endpoints, of which the secret is never read and stays until another is sent", async () => {
        const credential = { type: "basic", access_key: "bot", access_secret: "Secret-77" };
        const made = { name: "ghcr", type: "github-ghcr", url: "https://ghcr.io", credential };
        const id = await harbor.registries.create(made);
        await harbor.registries.create({ ...made, name: "ghcr-2" });
        expect((await harbor.registries.find("ghcr"))?.id).toBe(id);
        await harbor.registries.update(id, { description: "of the mirror" }, "ghcr");
        expect(await harbor.registries.get(id)).toMatchObject({
            description: "of the mirror",
            credential: { access_key: "bot", access_secret: "*****" },
        });
        expect(local.world.registries.get(id)?.credential.access_secret).toBe("Secret-77");
        await harbor.registries.delete(id, "ghcr");
        expect(await harbor.registries.get(id)).toBeUndefined();
    });

    it("are reached by a ping, or Harbor says why not", async () => {
        const asked = { type: "docker-registry", url: "http://gone.example.com" };
        expect(await harbor.registries.ping(asked, "edge")).toBeUndefined();
        local.world.unreachable.add(asked.url);
        expect(await harbor.registries.ping(asked, "edge")).toMatch(/said 400, "the registry is unhealthy"/);
        await expect(harbor.registries.create({ name: "edge", ...asked })).rejects.toMatchObject({
            code: "HARBOR_REFUSED",
        });
    });

    it("are replication rules and what they carry", async () => {
        const registry = await harbor.registries.create({
            name: "hub",
            type: "docker-hub",
            url: "https://hub.docker.com",
        });
        const id = await harbor.replicationPolicies.create({
            name: "library",
            src_registry: { id: registry },
            dest_namespace: "mirror",
            trigger: { type: "manual" },
            filters: [{ type: "name", value: "library/alpine", decoration: undefined }],
            enabled: true,
            override: true,
        });
        const found = await harbor.replicationPolicies.find("library");
        expect(found?.id).toBe(id);
        await harbor.replicationPolicies.update(found as never, { speed: 1024 });
        expect(await harbor.replicationPolicies.get(id)).toMatchObject({ speed: 1024, dest_namespace: "mirror" });
        const execution = await harbor.replicationExecutions.start(id);
        for (let n = 0; n < 4; n++) {
            local.step();
        }
        expect(await harbor.replicationExecutions.get(execution)).toMatchObject({ status: "Succeed", policy_id: id });
        expect((await harbor.replicationExecutions.list(id)).map((one) => one.id)).toEqual([execution]);
        const [task] = await harbor.replicationExecutions.tasks(execution);
        expect(task).toMatchObject({ status: "Succeed", src_resource: expect.stringContaining("library/alpine") });
        expect(await harbor.replicationExecutions.taskLog(execution, task?.id ?? 0)).not.toBe("");
        await harbor.replicationPolicies.delete(id, "library");
        expect(await harbor.replicationPolicies.find("library")).toBeUndefined();
    });

    it("are robots, whose secret is told once", async () => {
        const access = [{ resource: "repository", action: "pull" }];
        const made = await harbor.robots.create({
            name: "ci",
            level: "project",
            duration: -1,
            permissions: [{ kind: "project", namespace: "mirror", access }],
        });
        expect(made).toMatchObject({ name: "robot$mirror+ci", secret: expect.stringMatching(/.{8,}/) });
        const [robot] = await harbor.robots.list(project);
        expect(robot).toMatchObject({ id: made.id, level: "project" });
        expect(robot?.secret ?? "").toBe("");
        await harbor.robots.update(robot as never, { description: "of CI" });
        expect(await harbor.robots.get(made.id)).toMatchObject({ description: "of CI", name: "robot$mirror+ci" });
        expect(await harbor.robots.list()).toEqual([]);
        await harbor.robots.delete(made.id, made.name);
        expect(await harbor.robots.get(made.id)).toBeUndefined();
    });

    it("are retention rules, which the project then names", async () => {
        const rule = {
            action: "retain",
            template: "latestPushedK",
            params: { latestPushedK: 10 },
            tag_selectors: [EVERY_TAG],
            scope_selectors: EVERY_REPOSITORY,
        };
        const id = await harbor.retentions.create({
            algorithm: "or",
            rules: [rule],
            trigger: { kind: "Schedule", settings: { cron: "" } },
            scope: { level: "project", ref: project },
        });
        expect((await harbor.projects.find("mirror"))?.metadata?.retention_id).toBe(String(id));
        const found = await harbor.retentions.ofProject((await harbor.projects.find("mirror")) as never);
        await harbor.retentions.update(found as never, {
            trigger: { kind: "Schedule", settings: { cron: "0 0 3 * * *" } },
        });
        expect(await harbor.retentions.get(id)).toMatchObject({
            trigger: { settings: { cron: "0 0 3 * * *" } },
            rules: [expect.objectContaining({ template: "latestPushedK" })],
        });
        await harbor.retentions.delete(id);
        const left = await harbor.projects.find("mirror");
        expect(await harbor.retentions.ofProject(left as never)).toBeUndefined();
        await expect(harbor.retentions.get(id)).rejects.toMatchObject({ code: "HARBOR_UNAVAILABLE" });
    });

    it("are immutable tag rules, which have no name", async () => {
        const rule = {
            action: "immutable",
            template: "immutable_template",
            tag_selectors: [EVERY_TAG],
            scope_selectors: EVERY_REPOSITORY,
        };
        const id = await harbor.immutableTagRules.create("mirror", rule);
        const [found] = await harbor.immutableTagRules.list("mirror");
        expect(found?.id).toBe(id);
        await harbor.immutableTagRules.update("mirror", found as never, { disabled: true });
        expect((await harbor.immutableTagRules.list("mirror"))[0]).toMatchObject({
            disabled: true,
            action: "immutable",
        });
        await harbor.immutableTagRules.delete("mirror", id);
        expect(await harbor.immutableTagRules.list("mirror")).toEqual([]);
    });

    it.each(["gc", "scanAll"] as const)("are schedules, of which there is one: %s", async (job) => {
        expect(await harbor.schedules.get(job)).toBeUndefined();
        const daily = { schedule: { type: "Custom", cron: "0 0 3 * * *" }, parameters: {} };
        await harbor.schedules.create(job, daily);
        await harbor.schedules.update(job, { ...daily, schedule: { type: "Custom", cron: "0 0 4 * * *" } });
        expect((await harbor.schedules.get(job))?.schedule?.cron).toBe("0 0 4 * * *");
        await harbor.schedules.update(job, { schedule: { type: "None", cron: "" }, parameters: {} });
        expect(await harbor.schedules.get(job)).toBeUndefined();
    });

    it("are a scan that is scheduled once, and only where there is a scanner", async () => {
        const daily = { schedule: { type: "Custom", cron: "0 0 3 * * *" } };
        await harbor.schedules.create("scanAll", daily);
        await expect(harbor.schedules.create("scanAll", daily)).rejects.toMatchObject({
            code: "HARBOR_PRECONDITION",
        });
        local.world.hasScanner = false;
        await expect(harbor.schedules.get("scanAll")).rejects.toMatchObject({ code: "HARBOR_PRECONDITION" });
    });

    it("are quotas, members and labels", async () => {
        const quota = await harbor.quotas.ofProject(project);
        await harbor.quotas.update(quota?.id ?? 0, 1024);
        expect((await harbor.quotas.ofProject(project))?.hard?.storage).toBe(1024);

        local.world.addUser("dev", "Dev-12345");
        const member = await harbor.members.create("mirror", { role_id: 2, member_user: { username: "dev" } });
        await harbor.members.update("mirror", member, 4);
        expect(await harbor.members.find("mirror", "dev", "u")).toMatchObject({ id: member, role_id: 4 });
        expect(await harbor.members.find("mirror", "dev", "g")).toBeUndefined();
        await harbor.members.delete("mirror", member);
        expect(await harbor.members.find("mirror", "dev", "u")).toBeUndefined();

        const label = await harbor.labels.create({ name: "proven", color: "#0065AB", scope: "p", project_id: project });
        const found = await harbor.labels.find("proven", project);
        await harbor.labels.update(found as never, { description: "by digest" });
        expect(await harbor.labels.get(label)).toMatchObject({ description: "by digest", color: "#0065AB" });
        await harbor.labels.delete(label, "proven");
        expect(await harbor.labels.find("proven", project)).toBeUndefined();
    });

    it("are webhooks", async () => {
        const target = {
            type: "http",
            address: "https://hook.example.com",
            auth_header: "Secret-77",
            skip_cert_verify: false,
        };
        const hook = { name: "drift", enabled: true, event_types: ["PUSH_ARTIFACT"], targets: [target] };
        const id = await harbor.webhooks.create("mirror", hook);
        const found = await harbor.webhooks.find("mirror", "drift");
        expect(found?.id).toBe(id);
        await harbor.webhooks.update("mirror", found as never, { event_types: ["DELETE_ARTIFACT"] });
        expect(await harbor.webhooks.find("mirror", "drift")).toMatchObject({ event_types: ["DELETE_ARTIFACT"] });
        await harbor.webhooks.delete("mirror", id);
        expect(await harbor.webhooks.list("mirror")).toEqual([]);
    });

    it("are preheat policies of a P2P network, by their names", async () => {
        const row = local.world.row("instance");
        local.world.instances.set(row.id, {
            ...row,
            name: "p2p",
            vendor: "dragonfly",
            endpoint: "http://p2p",
            enabled: true,
        });
        const [network] = await harbor.preheat.instances();
        expect(network?.name).toBe("p2p");
        await harbor.preheat.create("mirror", {
            name: "releases",
            provider_id: row.id,
            enabled: true,
            filters: '[{"type":"repository","value":"**"},{"type":"tag","value":"v*"}]',
            trigger: '{"type":"manual","trigger_setting":{"cron":""}}',
        });
        const found = await harbor.preheat.find("mirror", "releases");
        await harbor.preheat.update("mirror", found as never, { enabled: false });
        expect((await harbor.preheat.list("mirror")).map(({ name }) => name)).toEqual(["releases"]);
        expect((await harbor.preheat.find("mirror", "releases"))?.enabled ?? false).toBe(false);
        await harbor.preheat.delete("mirror", "releases");
        expect(await harbor.preheat.find("mirror", "releases")).toBeUndefined();
    });
});
