import { HarborProject, type HarborProjectArgs, HarborRegistryEndpoint } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, addProject, describeHarborWithEngine, LocalHarbor } from "../support/harbor";

const LOGIN = { username: "bot-41", password: "Secret-77-of-ghcr" };

describeHarborWithEngine("projects of a Harbor", (engine) => {
    let harbor: LocalHarbor;
    let stack: TestStack;
    let args: Partial<HarborProjectArgs> = { public: true, autoScan: true, quota: "50GiB" };
    let description: string | undefined;
    const texts: string[] = [];

    beforeAll(async () => {
        harbor = await LocalHarbor.start();
        const credentials = { harbor: ADMIN, ghcr: LOGIN };
        stack = await TestStack.open(
            engine,
            async () => {
                const endpoint = new HarborRegistryEndpoint("ghcr", {
                    url: harbor.url,
                    name: "ghcr",
                    type: "github-ghcr",
                    endpoint: "https://ghcr.io",
                    registryCredentials: "ghcr",
                    description,
                });
                const mirror = new HarborProject("mirror", { url: harbor.url, name: "mirror", ...args });
                const cache = new HarborProject("cache", {
                    url: harbor.url,
                    name: "cache",
                    proxyCache: { registryId: endpoint.objectId, speed: 800 },
                });
                return { mirror: mirror.objectId, cache: cache.objectId };
            },
            { config: { "transship:credentials": { value: JSON.stringify(credentials), secret: true } } },
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
    const mirror = () => harbor.world.project("mirror");

    it("are made by the first up, an endpoint before the cache of it, and the next has nothing to do", async () => {
        const first = await run(stack.up());
        expect(first.ok, first.text).toBe(true);
        expect(first.changes).toEqual({ create: 4 });
        expect(mirror()?.metadata).toMatchObject({ public: "true", auto_scan: "true" });
        expect(harbor.world.project("cache")).toMatchObject({ registry_id: 1, metadata: { proxy_speed_kb: "800" } });
        expect(first.outputs).toEqual({
            mirror: mirror()?.project_id,
            cache: harbor.world.project("cache")?.project_id,
        });
        harbor.asked();
        const again = await run(stack.up());
        expect(again.changes).toEqual({ same: 4 });
        expect(writes()).toEqual([]);
    });

    it("are changed in place", async () => {
        args = { ...args, public: false };
        const changed = await run(stack.up());
        expect(changed.changes).toEqual({ same: 3, update: 1 });
        expect(writes()).toEqual(["PUT /projects/mirror"]);
        expect(mirror()?.metadata.public).toBe("false");
    });

    it("stay as they are when the endpoint that they name is changed", async () => {
        description = "of the mirror";
        const { changes } = await run(stack.preview());
        expect(changes).toEqual({ same: 3, update: 1 });
        await run(stack.up());
        expect(writes()).toEqual(["POST /registries/ping", "POST /registries/ping", "PUT /registries/1"]);
        expect(harbor.world.registries.get(1)?.description).toBe("of the mirror");
    });

    it("show what somebody changed at the next preview and at a refresh, and are put right", async () => {
        Object.assign(mirror()?.metadata ?? {}, { auto_scan: "false" });
        const preview = await run(stack.preview({ diff: true }));
        expect(preview.changes).toEqual({ same: 3, update: 1 });
        expect(preview.text).toMatch(/project mirror at \S+: autoScan: have false, want true/);
        expect(preview.text).toMatch(/~ observed/);
        const refreshed = await run(stack.refresh());
        expect(refreshed.changes).toMatchObject({ update: 1 });
        const kept = (await stack.checkpoint()).resources.find(({ urn }) => urn.endsWith("::mirror"));
        expect(kept?.outputs?.observed).toEqual({ drift: ["autoScan: have false, want true"] });
        const up = await run(stack.up());
        expect(up.changes).toEqual({ same: 3, update: 1 });
        expect(mirror()?.metadata.auto_scan).toBe("true");
        expect((await run(stack.up())).changes).toEqual({ same: 4 });
    });

    it("that are gone are made again after a refresh", async () => {
        harbor.world.projects.delete(mirror()?.project_id ?? 0);
        await run(stack.refresh());
        const up = await run(stack.up());
        expect(up.changes).toEqual({ create: 1, same: 3 });
        expect(mirror()?.metadata.auto_scan).toBe("true");
    });

    it("that are there already are refused in one sentence, and adopted where it is asked for", async () => {
        addProject(harbor.world, "by-hand", { metadata: { public: "true" } });
        args = { ...args, name: "by-hand" };
        const refused = await run(stack.preview());
        expect(refused.ok).toBe(false);
        expect(refused.text).toMatch(/has a problem: There is a project by-hand at \S+ already, .* set adopt: true/);
        expect(refused.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        args = { ...args, adopt: true };
        const adopted = await run(stack.up());
        expect(adopted.ok, adopted.text).toBe(true);
        expect(adopted.text).toMatch(/project by-hand at \S+: public: have true, want false/);
        expect(mirror()).toBeUndefined();
        expect(harbor.world.project("by-hand")?.metadata.public).toBe("false");
        expect((await run(stack.up())).changes).toEqual({ same: 4 });
    });

    it("are deleted by destroy, but for the one that was there before", async () => {
        const destroyed = await run(stack.destroy());
        expect(destroyed.ok, destroyed.text).toBe(true);
        expect([...harbor.world.projects.values()].map(({ name }) => name)).toEqual(["library", "by-hand"]);
        expect(harbor.world.registries.size).toBe(0);
    });

    it("and no login is in what was printed or kept, and every request is one of Harbor's", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(1000);
        for (const secret of [ADMIN.password, LOGIN.password, LOGIN.username]) {
            expect(all).not.toContain(secret);
        }
        expect(harbor.violations).toEqual([]);
    });
});
