import { type Catalog, defineCatalog, HarborMirror } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, describeHarborWithEngine, LocalHarbor } from "../support/harbor";

const HUB = { username: "bot-43", password: "Secret-78-of-hub" };

describeHarborWithEngine("a mirror at a Harbor", (engine) => {
    let harbor: LocalHarbor;
    let stack: TestStack;
    let more: Record<string, object> = {};
    let robotSecret = "";
    const texts: string[] = [];

    const catalog = (): Catalog =>
        defineCatalog({
            version: 1,
            registries: {
                harbor: { host: "harbor.example.com/mirror", kind: "harbor" },
                hub: { host: "docker.io", credentials: { from: "config", key: "dockerhub" } },
                ghcr: { host: "ghcr.io" },
            },
            defaults: { targets: ["harbor"] },
            images: {
                vault: { source: "docker.io/hashicorp/vault", tags: ["1.18", "1.18.3"] },
                api: { source: "ghcr.io/acme/api", tags: ["latest"] },
                web: { source: "ghcr.io/acme/web", tags: ["latest"] },
                app: { source: "ghcr.io/acme/app", tags: [{ from: "1", to: "stable" }] },
                ...more,
            },
        } as never) as Catalog;

    beforeAll(async () => {
        harbor = await LocalHarbor.start();
        const logins = { harbor: ADMIN, dockerhub: HUB };
        stack = await TestStack.open(
            engine,
            async () => {
                const mirror = new HarborMirror("m", {
                    catalog: catalog(),
                    url: harbor.url,
                    project: { autoScan: true },
                    garbageCollection: { schedule: "weekly" },
                    scanAll: "daily",
                    proxyCaches: { hubcache: { source: "hub" } },
                });
                const { carriedByTransship, endpoints, projects, robot, rules } = mirror;
                return { carriedByTransship, endpoints, projects, rules, user: robot?.username, secret: robot?.secret };
            },
            { config: { "transship:credentials": { value: JSON.stringify(logins), secret: true } } },
        );
    });

    afterAll(async () => {
        await harbor?.close();
    });

    async function run(call: Promise<EngineRun>): Promise<EngineRun> {
        const done = await call;
        texts.push(done.text);
        return done;
    }

    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET") && !line.endsWith("/ping"));
    const filters = () =>
        Object.fromEntries(
            [...harbor.world.policies.values()].map(({ filters: all, name }) => [
                name,
                (all as { value: string }[]).map(({ value }) => value).join(":"),
            ]),
        );

    it("is made whole by the first up, and the next has nothing to do", async () => {
        const first = await run(stack.up());
        expect(first.ok, first.text).toBe(true);
        expect(filters()).toEqual({
            "m-ghcr-mirror-acme-api": "acme/{api,web}:latest",
            "m-hub-mirror-hashicorp-vault": "hashicorp/vault:{1.18,1.18.3}",
        });
        expect(harbor.world.project("mirror")?.metadata).toMatchObject({
            auto_scan: "true",
            retention_id: expect.any(String),
        });
        expect(harbor.world.project("hubcache")?.registry_id).toBeGreaterThan(0);
        const hub = [...harbor.world.registries.values()].find(({ name }) => name === "m-hub");
        expect(hub).toMatchObject({ type: "docker-hub", credential: { access_key: HUB.username } });
        robotSecret = String(first.outputs.secret);
        expect(robotSecret.length).toBeGreaterThan(10);
        expect(first.outputs).toMatchObject({
            projects: { mirror: harbor.world.project("mirror")?.project_id },
            rules: { "m-hub-mirror-hashicorp-vault": { source: "hub", images: ["vault"] } },
            carriedByTransship: { app: [{ tags: ["stable"] }] },
            user: "robot$m-ci",
        });
        expect([...harbor.world.robots.values()].map(({ permissions }) => permissions)).toMatchObject([
            [
                { namespace: "hubcache", access: [{ action: "pull" }] },
                { namespace: "mirror", access: [{ action: "pull" }, { action: "push" }] },
            ],
        ]);
        harbor.asked();
        const again = await run(stack.up());
        expect(again.changes).toEqual({ same: expect.any(Number) });
        expect(writes()).toEqual([]);
    });

    it("an image that comes changes its rule and what is kept, and no other", async () => {
        more = { ui: { source: "ghcr.io/acme/ui", tags: ["latest"] } };
        harbor.asked();
        const up = await run(stack.up());
        expect(up.ok, up.text).toBe(true);
        expect(up.changes).toEqual({ same: expect.any(Number), update: 1 });
        expect(writes().filter((line) => !line.startsWith("PUT /replication/policies/"))).toEqual([]);
        expect(filters()).toMatchObject({ "m-ghcr-mirror-acme-api": "acme/{api,ui,web}:latest" });
    });

    it("and one that goes takes its rule away, while its project and its images stay", async () => {
        more = { ui: { source: "ghcr.io/acme/ui", tags: ["edge"] } };
        expect((await run(stack.up())).ok).toBe(true);
        expect(filters()).toMatchObject({
            "m-ghcr-mirror-acme-api": "acme/{api,web}:latest",
            "m-ghcr-mirror-acme-ui": "acme/ui:edge",
        });
        more = {};
        harbor.asked();
        const gone = await run(stack.up());
        expect(gone.changes).toMatchObject({ delete: 1 });
        expect(writes().filter((line) => line.startsWith("DELETE"))).toEqual([
            expect.stringMatching(/^DELETE \/replication\/policies\/\d+$/),
        ]);
        expect(Object.keys(filters())).not.toContain("m-ghcr-mirror-acme-ui");
    });

    it("what somebody changed by hand is told, and put right", async () => {
        const rule = [...harbor.world.policies.values()].find(({ name }) => name === "m-hub-mirror-hashicorp-vault");
        Object.assign(rule ?? {}, { enabled: false });
        const preview = await run(stack.preview());
        expect(preview.text).toMatch(/m-hub-mirror-hashicorp-vault at \S+: /);
        expect((await run(stack.up())).changes).toMatchObject({ update: 1 });
        expect(rule?.enabled).toBe(true);
    });

    it("destroy leaves a project that has images, in one sentence, and takes the rest", async () => {
        harbor.world.project("mirror")?.repositories.set("acme/api", []);
        const refused = await run(stack.destroy());
        expect(refused.ok).toBe(false);
        expect(refused.text).toMatch(/mirror.*repositories/);
        expect(refused.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        expect(harbor.world.project("mirror")?.repositories.size).toBe(1);
        harbor.world.project("mirror")?.repositories.clear();
        const done = await run(stack.destroy());
        expect(done.ok, done.text).toBe(true);
        expect([...harbor.world.projects.values()].map(({ name }) => name)).toEqual(["library"]);
        expect([harbor.world.policies.size, harbor.world.registries.size, harbor.world.robots.size]).toEqual([0, 0, 0]);
    });

    it("and no secret is in what was printed or kept, and every request is one of Harbor's", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(1000);
        for (const secret of [ADMIN.password, HUB.password, HUB.username, robotSecret]) {
            expect(all).not.toContain(secret);
        }
        expect(harbor.violations).toEqual([]);
    });
});
