import {
    HarborImmutableTags,
    type HarborImmutableTagsArgs,
    HarborProject,
    HarborQuota,
    HarborRetention,
    type HarborRetentionArgs,
} from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, addProject, describeHarborWithEngine, FAULTS, LocalHarbor, type Row } from "../support/harbor";

const GIB = 2 ** 30;

describeHarborWithEngine("rules and quotas of a Harbor", (engine) => {
    let harbor: LocalHarbor;
    let stack: TestStack;
    let adopt: boolean | undefined;
    let rules: HarborRetentionArgs["rules"] = [
        { keep: { latestPushed: 10 } },
        { tags: { matches: "v*" }, keep: "always" },
    ];
    let tags: HarborImmutableTagsArgs["tags"];
    let storage = "50GiB";
    const texts: string[] = [];

    beforeAll(async () => {
        harbor = await LocalHarbor.start();
        addProject(harbor.world, "shared");
        stack = await TestStack.open(
            engine,
            async () => {
                const { url } = harbor;
                const apps = new HarborProject("apps", { url, name: "apps" });
                const project = adopt ? "shared" : apps.name;
                const retention = new HarborRetention("retention", { url, adopt, project, rules, schedule: "daily" });
                const releases = new HarborImmutableTags("releases", { url, adopt, project, tags });
                // Another stack's project.
                const quota = new HarborQuota("quota", { url, adopt, project: "shared", storage });
                return { retention: retention.objectId, releases: releases.objectId, quota: quota.objectId };
            },
            { config: { "transship:credentials": { value: JSON.stringify({ harbor: ADMIN }), secret: true } } },
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

    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const of = (table: "retentions" | "immutableRules" | "quotas", project: string): Row | undefined => {
        const id = harbor.world.project(project)?.project_id;
        return [...harbor.world[table].values()].find((row) => row.project_id === id || row.scope?.ref === id);
    };
    const outputsOf = async (name: string) =>
        (await stack.checkpoint()).resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs;

    it("are made by the first up, after their project, and the next has nothing to do", async () => {
        const first = await run(stack.up());
        expect(first.ok, first.text).toBe(true);
        expect(first.changes).toEqual({ create: 5 });
        expect(of("retentions", "apps")).toMatchObject({ trigger: { settings: { cron: "0 0 0 * * *" } } });
        expect(of("immutableRules", "apps")?.tag_selectors).toMatchObject([{ decoration: "excludes" }]);
        expect(of("quotas", "shared")?.hard).toEqual({ storage: 50 * GIB });
        expect(first.outputs).toEqual({
            retention: of("retentions", "apps")?.id,
            releases: of("immutableRules", "apps")?.id,
            quota: of("quotas", "shared")?.id,
        });
        harbor.asked();
        expect((await run(stack.up())).changes).toEqual({ same: 5 });
        expect(writes()).toEqual([]);
    });

    it("are changed in place", async () => {
        rules = [{ tags: { matches: "v*" }, keep: "always" }, { keep: { latestPushed: 20 } }];
        tags = { matches: "v*" };
        storage = "60GiB";
        const changed = await run(stack.up());
        expect(changed.changes, changed.text).toEqual({ same: 2, update: 3 });
        expect(writes().map((line) => line.replace(/\d+$/, "N"))).toEqual(
            expect.arrayContaining(["PUT /retentions/N", "PUT /projects/apps/immutabletagrules/N", "PUT /quotas/N"]),
        );
        expect(of("retentions", "apps")?.rules).toMatchObject([{}, { params: { latestPushedK: 20 } }]);
        expect(of("immutableRules", "apps")).toMatchObject({ id: 1, tag_selectors: [{ pattern: "v*" }] });
    });

    it("show what somebody changed at the next preview and at a refresh, and are put right", async () => {
        const retention = of("retentions", "apps") as Row;
        retention.rules[0].tag_selectors[0].pattern = "w*";
        Object.assign(of("immutableRules", "apps") as Row, { disabled: true });
        Object.assign(of("quotas", "shared") as Row, { hard: { storage: GIB } });
        const preview = await run(stack.preview({ diff: true }));
        expect(preview.changes).toEqual({ same: 2, update: 3 });
        expect(preview.text).toMatch(/rules: missing "keep all of repositories \*\*, tags v\*, with untagged"/);
        expect(preview.text).toMatch(/rules: not wanted "keep all of repositories \*\*, tags w\*, with untagged"/);
        expect(preview.text).toMatch(/tags v\*\) of project apps at \S+: disabled: have true, want false/);
        expect(preview.text).toMatch(/quota of project shared at \S+: storage: have 1GiB, want 60GiB/);
        expect((await run(stack.refresh())).changes).toMatchObject({ update: 3 });
        expect((await outputsOf("releases"))?.observed).toEqual({ drift: ["disabled: have true, want false"] });
        const up = await run(stack.up());
        expect(up.changes).toEqual({ same: 2, update: 3 });
        expect(retention.rules[0].tag_selectors[0].pattern).toBe("v*");
        expect(of("immutableRules", "apps")?.disabled).toBe(false);
        expect(of("quotas", "shared")?.hard).toEqual({ storage: 60 * GIB });
    });

    it("of which a change failed are brought to the end by the next run", async () => {
        rules = [{ keep: "always" }];
        tags = { matches: "x*" };
        storage = "70GiB";
        for (const url of [/\/retentions/, /immutabletagrules/, /\/quotas/]) {
            harbor.fail({ method: "PUT", url, ...FAULTS.broken() });
        }
        const failed = await run(stack.up({ continueOnError: true }));
        expect(failed.ok).toBe(false);
        expect(failed.text).toMatch(/Could not change the retention rules \d+: Harbor at \S+ said 500/);
        expect(failed.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        const up = await run(stack.up());
        expect(up.changes, up.text).toEqual({ same: 2, update: 3 });
        expect(of("retentions", "apps")?.rules).toMatchObject([{ template: "always" }]);
        expect(of("immutableRules", "apps")?.tag_selectors).toMatchObject([{ pattern: "x*" }]);
        expect(of("quotas", "shared")?.hard).toEqual({ storage: 70 * GIB });
    });

    it("that are there already are adopted where it is asked for, and those of the other project deleted", async () => {
        const scope = { level: "project", ref: harbor.world.project("shared")?.project_id };
        const { algorithm, trigger } = of("retentions", "apps") as Row;
        harbor.byHand("POST", "/retentions", { algorithm, rules: [], scope, trigger });
        const {
            disabled: _d,
            id: _i,
            ...rule
        } = (harbor.byHand("GET", "/projects/apps/immutabletagrules") as Row[])[0] as Row;
        harbor.byHand("POST", "/projects/shared/immutabletagrules", rule);
        adopt = true;
        const adopted = await run(stack.up());
        expect(adopted.ok, adopted.text).toBe(true);
        expect(adopted.text).toMatch(/retention of project shared at \S+: taken over as it is there/);
        expect(of("retentions", "apps")).toBeUndefined();
        expect(of("immutableRules", "apps")).toBeUndefined();
        expect(of("retentions", "shared")?.rules).toMatchObject([{ template: "always" }]);
        expect((await run(stack.up())).changes).toEqual({ same: 5 });
    });

    it("are deleted by destroy, but for those that were there before; a quota is what every project has", async () => {
        const destroyed = await run(stack.destroy());
        expect(destroyed.ok, destroyed.text).toBe(true);
        expect(harbor.world.retentions.size).toBe(1);
        expect(harbor.world.immutableRules.size).toBe(1);
        expect(of("quotas", "shared")?.hard).toEqual({ storage: -1 });
    });

    it("and no login is in what was printed or kept, and every request is one of Harbor's", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(1000);
        expect(all).not.toContain(ADMIN.password);
        expect(harbor.violations).toEqual([]);
    });
});
