import { afterAll, beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { program } from "../../stacks/harbor-migration/program";
import { embeddedForFile } from "../support/embedded";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, describeHarborWithEngine, LocalHarbor } from "../support/harbor";
import type { ImageTree } from "../support/images";
import { digestAt, pushImage } from "../support/two-registries";

const PROJECT = "harbor-migration";

/**
 * Harbor's API is the local one, and its images are in an embedded registry: what Harbor's own rules would carry, the
 * fleet carries here, which proves it in any case.
 */
describeHarborWithEngine("the migration to a self-built Harbor, step by step", (engine) => {
    let api: LocalHarbor;
    let stable: EmbeddedRegistry;
    let images: EmbeddedRegistry;
    let stack: TestStack;
    const pushed = new Map<string, ImageTree>();
    const texts: string[] = [];

    beforeAll(async () => {
        api = await LocalHarbor.start();
        stable = await embeddedForFile();
        images = await embeddedForFile();
        for (const name of [
            "team/api:1.4.0",
            "team/api:1.4",
            "team/worker:1.4.0",
            "team/worker:1.4",
            "platform/tools:latest",
        ]) {
            const [repository = "", tag = ""] = name.split(":");
            pushed.set(name, await pushImage(stable, repository, tag));
        }
        const config = {
            harborUrl: api.url,
            insecure: "true",
            stable: stable.host,
            harbor: images.host,
            caches: "keep",
        };
        const settings = Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, { value }]);
        const logins = { harbor: ADMIN, stable: { username: "bot-41", password: "Secret-77-of-stable" } };
        stack = await TestStack.open(engine, async () => program(), {
            project: PROJECT,
            config: {
                ...Object.fromEntries(settings),
                "transship:credentials": { value: JSON.stringify(logins), secret: true },
            },
        });
    });

    afterAll(async () => {
        await api?.close();
    });

    async function to(step: string, more: Record<string, string> = {}): Promise<EngineRun> {
        for (const [key, value] of Object.entries({ step, ...more })) {
            await stack.stack.setConfig(`${PROJECT}:${key}`, { value });
        }
        const done = await stack.up();
        texts.push(done.text);
        return done;
    }

    const projects = () => [...api.world.projects.values()].map(({ name }) => name).sort();
    const rules = () => [...api.world.policies.values()].map(({ name }) => name).sort();
    const atHarbor = async () => {
        const all = await Promise.all(
            [...pushed].map(async ([name, { root }]) => {
                const [repository = "", tag = ""] = name.split(":");
                return (await digestAt(images, `mirror/${repository}`, tag)) === root ? [name] : [];
            }),
        );
        return all.flat();
    };
    const deletions = () => api.asked().filter((line) => line.startsWith("DELETE"));

    it("cannot begin with the cut-over: nothing would be at Harbor", async () => {
        const refused = await to("cut-over");
        expect(refused.ok).toBe(false);
        expect(refused.text).toMatch(/api:1.4.0@harbor/);
        expect(projects()).toEqual(["library"]);
    });

    it("1: clients pull through caches; nothing is carried yet", async () => {
        const first = await to("proxy-cache");
        expect(first.ok, first.text).toBe(true);
        expect(projects()).toEqual(["hub", "library", "mirror", "stable"]);
        expect(api.world.project("stable")?.registry_id).toBeGreaterThan(0);
        expect(rules()).toEqual([]);
        expect(await atHarbor()).toEqual([]);
        expect(Object.keys(first.outputs.carriedByTransship as object).sort()).toEqual(["api", "tools", "worker"]);
        expect(deletions()).toEqual([]);
        expect((await to("proxy-cache")).changes).toEqual({ same: expect.any(Number) });
    });

    it("2: rules bring what the catalogue names and the fleet proves it, while the caches go on", async () => {
        const second = await to("replication");
        expect(second.ok, second.text).toBe(true);
        expect(rules()).toEqual(["mirror-stable-mirror-platform-tools", "mirror-stable-mirror-team-api"]);
        const api14 = [...api.world.policies.values()].find(({ name }) => name === "mirror-stable-mirror-team-api");
        expect(api14).toMatchObject({
            dest_namespace: "mirror",
            filters: [
                { type: "name", value: "team/{api,worker}" },
                { type: "tag", value: "{1.4,1.4.0}" },
            ],
            trigger: { type: "scheduled", trigger_settings: { cron: "0 0 * * * *" } },
        });
        expect(second.outputs.carriedByTransship).toEqual({});
        expect(await atHarbor()).toEqual([...pushed.keys()]);
        expect(projects()).toEqual(["hub", "library", "mirror", "stable"]);
        expect(deletions()).toEqual([]);
    });

    it("and back: the rules go, and nothing else", async () => {
        const back = await to("proxy-cache");
        expect(back.ok, back.text).toBe(true);
        expect(deletions().every((line) => line.startsWith("DELETE /replication/policies/"))).toBe(true);
        expect(rules()).toEqual([]);
        expect(projects()).toEqual(["hub", "library", "mirror", "stable"]);
        expect(await atHarbor()).toEqual([...pushed.keys()]);
        expect((await to("replication")).ok).toBe(true);
        expect(rules()).toHaveLength(2);
        api.asked();
    });

    it("the caches cannot go while clients pull through them", async () => {
        const refused = await to("replication", { caches: "remove" });
        expect(refused.ok).toBe(false);
        expect(refused.text).toContain("caches: remove is for after the cut-over");
        expect(projects()).toContain("stable");
    });

    it("3: what is at Harbor is the image; rules end, the retention runs, and the caches stay", async () => {
        const third = await to("cut-over", { caches: "keep" });
        expect(third.ok, third.text).toBe(true);
        expect(rules()).toEqual([]);
        expect(deletions().every((line) => line.startsWith("DELETE /replication/policies/"))).toBe(true);
        expect(projects()).toEqual(["hub", "library", "mirror", "stable"]);
        const retention = [...api.world.retentions.values()].find(({ rules: all }) =>
            JSON.stringify(all).includes("1.4.0"),
        );
        expect(JSON.stringify(retention)).toMatch(/0 0 0 \* \* \*/);
        expect(await atHarbor()).toEqual([...pushed.keys()]);
    });

    it("and back again: rules as before, the retention by hand only", async () => {
        const back = await to("replication");
        expect(back.ok, back.text).toBe(true);
        expect(rules()).toHaveLength(2);
        expect(deletions()).toEqual([]);
        expect(await atHarbor()).toEqual([...pushed.keys()]);
    });

    it("a cache that has something in it stays, in one sentence; an empty one goes", async () => {
        api.world.project("stable")?.repositories.set("team/api", []);
        const refused = await to("cut-over", { caches: "remove" });
        expect(refused.ok).toBe(false);
        expect(refused.text).toMatch(/stable/);
        expect(refused.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        expect(projects()).toContain("stable");
        expect(await atHarbor()).toEqual([...pushed.keys()]);
        api.world.project("stable")?.repositories.clear();
        const done = await to("cut-over", { caches: "remove" });
        expect(done.ok, done.text).toBe(true);
        expect(projects()).toEqual(["library", "mirror"]);
        expect([...api.world.registries.values()]).toEqual([]);
    });

    it("no login is in what was printed or kept, and every request is one of Harbor's", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(1000);
        for (const secret of [ADMIN.password, "Secret-77-of-stable"]) {
            expect(all).not.toContain(secret);
        }
        expect(api.violations).toEqual([]);
    });
});
