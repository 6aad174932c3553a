import { defineCatalog, ImageFleet } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { embeddedForFile } from "../support/embedded";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, describeHarborWithEngine, LocalHarbor } from "../support/harbor";
import { type HarborFront, startFront } from "../support/harbor/front";
import { JobService } from "../support/harbor/job-service";
import { digestAt, pushImage } from "../support/two-registries";

describeHarborWithEngine("a fleet that Harbor carries", (engine) => {
    const digests = new Map<string, string>();
    const texts: string[] = [];
    let harbor: LocalHarbor;
    let jobs: JobService;
    let front: HarborFront;
    let stack: TestStack;
    let hub: { readonly host: string };
    let behind: { readonly host: string };

    beforeAll(async () => {
        [hub, behind] = [await embeddedForFile(), await embeddedForFile()];
        harbor = await LocalHarbor.start();
        front = await startFront(harbor.url, behind.host);
        jobs = new JobService(harbor);
        harbor.byHand("POST", "/registries", { name: "hub", type: "docker-registry", url: `http://${hub.host}` });
        harbor.byHand("POST", "/replication/policies", {
            name: "apps",
            src_registry: { id: 1 },
            dest_namespace: "mirror",
            dest_namespace_replace_count: 0,
            trigger: { type: "manual" },
            filters: [{ type: "name", value: "acme/**" }],
            override: true,
            enabled: true,
            single_active_replication: true,
        });
        const carried = ["app", "web"].map((name) => ({
            from: { host: hub.host, repository: `acme/${name}` },
            to: { host: behind.host, repository: `mirror/acme/${name}` },
            tags: ["1"],
        }));
        jobs.rules.set("apps", carried);
        for (const name of ["app", "web"]) {
            digests.set(name, (await pushImage(hub, `acme/${name}`, "1")).root);
        }
        const program = async () => {
            const catalog = defineCatalog({
                version: 1,
                defaults: { targets: ["harbor"], referrers: false },
                registries: {
                    hub: { host: hub.host, kind: "distribution", insecure: true },
                    harbor: {
                        host: `${front.host}/mirror`,
                        kind: "harbor",
                        insecure: true,
                        credentials: { from: "config", key: "bot" },
                        replicateWith: "harbor",
                    },
                },
                images: {
                    app: { source: `${hub.host}/acme/app`, tags: ["1"] },
                    web: { source: `${hub.host}/acme/web`, tags: ["1"] },
                },
            });
            return { refs: new ImageFleet("images", { catalog }).refs };
        };
        stack = await TestStack.open(engine, program, {
            config: { "transship:credentials": { value: JSON.stringify({ bot: ADMIN }), secret: true } },
        });
    });

    afterAll(async () => {
        await front?.close();
        await harbor?.close();
    });

    async function run(call: Promise<EngineRun>): Promise<EngineRun> {
        harbor.asked();
        front.registryLog.length = 0;
        const done = await call;
        texts.push(done.text);
        return done;
    }
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const at = (name: string) => digestAt(behind, `mirror/acme/${name}`, "1");

    it("says in a preview which rule would run, and starts nothing", async () => {
        const preview = await run(stack.preview());
        expect(preview.ok, preview.text).toBe(true);
        expect(preview.text).toContain(
            `Harbor at ${front.host} would run its rule apps for app:1@harbor, web:1@harbor`,
        );
        expect(writes()).toEqual([]);
        expect(await at("app")).toBeUndefined();
    });

    it("is carried by one execution, and not a byte of it by us", async () => {
        const up = await run(stack.up());
        expect(up.ok, up.text).toBe(true);
        expect(up.text).toContain(`rule apps of Harbor at ${front.host}: started the execution 1`);
        expect(up.text).toContain("Harbor carried 2 tags, verified by digest");
        expect([await at("app"), await at("web")]).toEqual([digests.get("app"), digests.get("web")]);
        expect(up.outputs.refs).toMatchObject({
            app: { "1": { harbor: `${front.host}/mirror/acme/app:1@${digests.get("app")}` } },
        });
        expect(writes()).toEqual(["POST /replication/executions"]);
        expect(front.registryLog.filter((line) => /^(PUT|POST|PATCH)/.test(line))).toEqual([]);
    });

    it("starts nothing at the next up, and does not ask Harbor's API at all", async () => {
        const again = await run(stack.up());
        expect(again.changes).toEqual({ same: 3 });
        expect(harbor.asked()).toEqual([]);
    });

    it("fails with the image that Harbor could not carry, and carries the others", async () => {
        digests.set("app", (await pushImage(hub, "acme/app", "1")).root);
        digests.set("web", (await pushImage(hub, "acme/web", "1")).root);
        jobs.broken.set(
            "mirror/acme/web",
            `2026-11-22T05:17:02Z [ERROR] [/transfer.go:441]: failed to pull the manifest of artifact acme/web:1: unauthorized\n`,
        );
        const failed = await run(stack.up());
        expect(failed.ok).toBe(false);
        expect(failed.text).toMatch(
            /could not carry web:1@harbor: the execution 2 of the rule apps of Harbor at \S+ calls it Failed: failed to pull the manifest of artifact acme\/web:1: unauthorized; it has sha256:/,
        );
        expect(failed.text).not.toContain("could not carry app:1@harbor");
        expect(failed.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        expect(await at("app")).toBe(digests.get("app"));
        expect(await at("web")).not.toBe(digests.get("web"));
    });

    it("is put right by the next up", async () => {
        jobs.broken.clear();
        const mended = await run(stack.up());
        expect(mended.ok, mended.text).toBe(true);
        expect(writes()).toEqual(["POST /replication/executions"]);
        expect(await at("web")).toBe(digests.get("web"));
        expect((await run(stack.up())).changes).toEqual({ same: 3 });
    });

    it("and no login is in what was printed or kept, and every request is one of Harbor's", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(1000);
        expect(all).not.toContain(ADMIN.password);
        expect(harbor.violations).toEqual([]);
    });
});
