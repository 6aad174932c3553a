import { expect, it } from "vitest";
import { type Copy, listCopies } from "../../core/catalog";
import { isReplicated } from "../../core/replication";
import { catalogFor, verdictsOf } from "../mirror/world";
import { ADMIN, describeHarbor, FAULTS } from "../support/harbor";
import { artifact, imageIndex, pushTree } from "../support/images";
import { digestAt, pushImage } from "../support/two-registries";
import { addRule, foreseen, harborCatalog, harborWorld, messagesOf, replicated, writes } from "./world";

const TWO = { "acme/app": ["1", "2"], "acme/web": ["1"] };

describeHarbor("Harbor carries the copies that are its to carry", () => {
    it("by one execution of the rule that covers them, and each is proven by its digest", async () => {
        const world = await harborWorld(TWO);
        addRule(world, "hub", ["acme/app", "acme/web"]);
        const catalog = harborCatalog(world);
        const progress: string[] = [];
        const done = await replicated(catalog, {
            onProgress: ({ done, total }) => void progress.push(`${done}/${total}`),
        });
        expect(messagesOf(done)).toEqual([]);
        expect(verdictsOf(done).filter((line) => line.includes("@harbor"))).toEqual([
            "app:1@harbor consistent",
            "app:2@harbor consistent",
            "web:1@harbor consistent",
        ]);
        expect(await digestAt(world.behind, "mirror/acme/app", "2")).toBe(world.digests.get("acme/app:2"));
        expect(done.replicated.map(({ by, task }) => `${by} ${task.to.image}:${task.to.tag}`)).toEqual([
            "harbor app:1",
            "harbor app:2",
            "harbor web:1",
        ]);
        expect(done.lines).toEqual([`rule hub of Harbor at ${world.front.host}: started the execution 1`]);
        expect(progress.at(-1)).toBe("2/2");
        // Nothing of the images went through us: all that was asked of Harbor's registry is whether they are there.
        expect(world.front.registryLog.filter((line) => !line.startsWith("HEAD"))).toEqual([]);
        const asked = world.harbor.asked();
        expect(asked.slice(0, 3)).toEqual([
            "GET /replication/policies",
            "GET /replication/executions",
            "POST /replication/executions",
        ]);
        expect(asked.at(-1)).toBe("GET /replication/executions/1/tasks");
        expect(new Set(asked.slice(3, -1))).toEqual(new Set(["GET /replication/executions/1"]));
    });

    it("and nothing is asked of its API where all are there", async () => {
        const world = await harborWorld(TWO);
        addRule(world, "hub", ["acme/app", "acme/web"]);
        const catalog = harborCatalog(world);
        await replicated(catalog);
        world.harbor.asked();
        const again = await replicated(catalog);
        expect(messagesOf(again)).toEqual([]);
        expect(world.harbor.asked()).toEqual([]);
    });

    it("and what it calls Succeed and did not carry is a failure, with both digests", async () => {
        const world = await harborWorld(TWO);
        addRule(world, "hub", ["acme/app", "acme/web"]);
        const catalog = harborCatalog(world);
        await replicated(catalog);
        const former = world.digests.get("acme/web:1");
        const moved = await pushImage(world.hub, "acme/web", "1");
        world.jobs.idle.add("mirror/acme/web");
        // The lock knows the former digest: it was ours, and may be replaced.
        const done = await replicated({ ...catalog, lock: { web: { "1": { digest: former ?? "" } } } });
        expect(messagesOf(done)).toEqual([
            `REPLICATION_UNTRUE: could not carry web:1@harbor: the execution 2 of the rule hub of Harbor at ${world.front.host} calls it Succeed; it has ${former}, and ${moved.root} was wanted`,
        ]);
        expect(done.replicated).toEqual([]);
        expect(done.sent).toHaveLength(1);
    });

    it("and what it calls failed is told by image with its own log's line, without the login", async () => {
        const world = await harborWorld(TWO);
        addRule(world, "hub", ["acme/app", "acme/web"]);
        world.jobs.broken.set(
            "mirror/acme/app",
            [
                "2026-11-22T05:17:01Z [INFO] [/transfer.go:120]: copying acme/app:1(source registry)...",
                "2026-11-22T05:17:02Z [ERROR] [/transfer.go:441]: failed to pull the manifest of artifact acme/app:1: 429, with https://admin:Harbor12345-admin@hub/x",
                "2026-11-22T05:17:02Z [ERROR] [/transfer.go:441]: failed to pull the manifest of artifact acme/app:2: not found",
                "2026-11-22T05:17:02Z [ERROR] [/transfer.go:160]: got error during the whole transfer period, mark the job failure",
            ].join("\n"),
        );
        const done = await replicated(harborCatalog(world));
        const run = `the execution 1 of the rule hub of Harbor at ${world.front.host} calls it Failed`;
        expect(messagesOf(done)).toEqual([
            `REPLICATION_FAILED: could not carry app:1@harbor: ${run}: failed to pull the manifest of artifact acme/app:1: 429, with https://hub/x; it is not there, and ${world.digests.get("acme/app:1")} was wanted`,
            `REPLICATION_FAILED: could not carry app:2@harbor: ${run}: failed to pull the manifest of artifact acme/app:2: not found; it is not there, and ${world.digests.get("acme/app:2")} was wanted`,
        ]);
        expect(done.replicated.map(({ task }) => task.to.image)).toEqual(["web"]);
        expect(world.harbor.asked().filter((line) => line.endsWith("/log"))).toHaveLength(1);
    });

    it("and what it calls failed and is right by its digest is right, and told", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.jobs.broken.set(
            "mirror/acme/app",
            "2026-11-22T05:17:02Z [ERROR] [/transfer.go:1]: the connection broke\n",
        );
        world.jobs.brokenAfter.add("mirror/acme/app");
        const done = await replicated(harborCatalog(world));
        expect(done.failures).toEqual([]);
        expect(done.replicated).toHaveLength(1);
        expect(done.notices.map(({ message }) => message)).toEqual([
            `app:1@harbor is right by its digest, though not by its engine: the execution 1 of the rule hub of Harbor at ${world.front.host} calls it Failed: the connection broke`,
        ]);
    });

    it("and what runs already is followed, and not started twice", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"], { single_active_replication: true });
        world.jobs.slow.set("mirror/acme/app", 3);
        world.harbor.byHand("POST", "/replication/executions", { policy_id: 1 });
        const done = await replicated(harborCatalog(world));
        expect(messagesOf(done)).toEqual([]);
        expect(done.replicated).toHaveLength(1);
        expect(writes(world.harbor)).toEqual([]);
        expect(done.lines[0]).toContain("follows the execution 1, which runs already");
    });

    it("but one that ran before the image was there is no answer: the rule is started after it", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.jobs.idle.add("mirror/acme/app");
        world.harbor.byHand("POST", "/replication/executions", { policy_id: 1 });
        const { outcome } = world.harbor.world;
        world.harbor.world.outcome = (task) => {
            if (task.execution_id === 2) {
                world.jobs.idle.clear();
            }
            return outcome?.(task) ?? { status: "Success" };
        };
        const done = await replicated(harborCatalog(world));
        expect(messagesOf(done)).toEqual([]);
        expect(writes(world.harbor)).toEqual(["POST /replication/executions"]);
    });

    it("and where the answer to the start is lost, the one that it started is found in the list", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.harbor.fail({ method: "POST", url: /executions/, ...FAULTS.lost() });
        const done = await replicated(harborCatalog(world));
        expect(messagesOf(done)).toEqual([]);
        expect(writes(world.harbor)).toEqual(["POST /replication/executions"]);
        expect(world.harbor.world.executions.size).toBe(1);
    });

    it("and an outage while it goes on does not end it", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.harbor.fail({ method: "GET", url: /executions\/1$/, times: 4, ...FAULTS.badGateway() });
        const done = await replicated(harborCatalog(world), { sleep: async () => {} });
        expect(messagesOf(done)).toEqual([]);
    });

    it("and one that makes no progress is given up after a while, and goes on at Harbor", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.jobs.slow.set("mirror/acme/app", 1_000_000);
        let now = 0;
        const done = await replicated(harborCatalog(world), {
            now: () => now,
            sleep: async (ms) => {
                now += ms;
            },
            patienceMs: 60_000,
        });
        // The copy may be there already, since only its end is late: then nothing is wrong with it.
        expect([...messagesOf(done), ...done.notices.map(({ message }) => message)].join()).toMatch(
            /execution 1 of the rule hub of Harbor at \S+ made no progress for too long/,
        );
        expect(world.harbor.world.executions.get(1)?.status).toBe("Running");
    });

    it("and where the run is cancelled it is followed no more, Harbor goes on, and the next run follows it", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.jobs.slow.set("mirror/acme/app", 6);
        const controller = new AbortController();
        const lines: string[] = [];
        const catalog = harborCatalog(world);
        const cut = replicated(catalog, {
            signal: controller.signal,
            onLine: (line) => void lines.push(line),
            onProgress: () => controller.abort(new Error("stopped by a person")),
        });
        await expect(cut).rejects.toThrow("stopped by a person");
        expect(lines.at(-1)).toMatch(
            /is followed no more: Harbor goes on with the execution 1, and the next run follows it/,
        );
        expect(writes(world.harbor)).toEqual(["POST /replication/executions"]);
        const done = await replicated(catalog);
        expect(messagesOf(done)).toEqual([]);
        expect(writes(world.harbor)).toEqual([]);
    });

    it("as few rules as do it, and the one that the catalogue names", async () => {
        const world = await harborWorld(TWO);
        addRule(world, "app", ["acme/app"]);
        addRule(world, "both", ["acme/app", "acme/web"]);
        const done = await replicated(harborCatalog(world));
        expect(done.lines.map((line) => line.replace(/ of Harbor.*/, ""))).toEqual(["rule both"]);
        const other = await harborWorld(TWO);
        addRule(other, "both", ["acme/app", "acme/web"]);
        addRule(other, "a rule = mine", ["acme/app", "acme/web"]);
        const named = await replicated(harborCatalog(other, {}, { rule: "a rule = mine" }));
        expect(messagesOf(named)).toEqual([]);
        expect(named.lines.map((line) => line.replace(/ of Harbor.*/, ""))).toEqual(["rule a rule = mine"]);
    });

    it("and where no rule does, one sentence says so, and nothing is started", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "web", ["acme/web"]);
        addRule(world, "off", ["acme/**"], { enabled: false });
        addRule(world, "elsewhere", ["acme/*"], { dest_namespace: "other" });
        const done = await replicated(harborCatalog(world));
        expect(messagesOf(done)).toEqual([
            `RULE_MISSING: could not carry app:1@harbor: no enabled rule of Harbor at ${world.front.host} carries it to mirror/acme/app (elsewhere: it puts acme/app at other/acme/app, and not at mirror/acme/app; off: it is disabled): make one that pulls acme/app from ${world.hub.host}, or name one by "rule" in the catalogue`,
        ]);
        expect(writes(world.harbor)).toEqual([]);
        const named = await replicated(harborCatalog(world, {}, { rule: "webb" }));
        expect(messagesOf(named)[0]).toContain(`has no rule "webb" that carries it to mirror/acme/app`);
    });

    it("and a rule that would overwrite somebody's work at another tag is not started", async () => {
        const world = await harborWorld(TWO);
        addRule(world, "hub", ["acme/app", "acme/web"]);
        const theirs = imageIndex();
        await pushTree(world.behind.host, "mirror/acme/web", theirs, { tag: "1" });
        const done = await replicated(harborCatalog(world));
        expect(messagesOf(done)[0]).toBe(
            `RULE_UNSAFE: could not carry app:1@harbor: the rule hub of Harbor at ${world.front.host} is not started: it would set mirror/acme/web:1 at harbor to ${world.digests.get("acme/web:1")} too, which is to stay as it is (the digest here was never ours); mend that first, or leave it out of the rule`,
        );
        expect(await digestAt(world.behind, "mirror/acme/web", "1")).toBe(theirs.root);
        expect(writes(world.harbor)).toEqual([]);
    });

    it("and under a lock nothing is carried that the source has moved on to", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        const locked = world.digests.get("acme/app:1") ?? "";
        const moved = await pushImage(world.hub, "acme/app", "1");
        const catalog = {
            ...harborCatalog(world),
            upstream: "locked" as const,
            lock: { app: { "1": { digest: locked } } },
        };
        const done = await replicated(catalog);
        expect(messagesOf(done)).toEqual([
            `REPLICATION_MOVED: could not carry app:1@harbor: Harbor carries what the source shows now, ${moved.root}, and ${locked} is wanted: lock that one, or carry it ourselves by "replicateWith: transship"`,
        ]);
        expect(writes(world.harbor)).toEqual([]);
    });

    it.each([
        ["a login that Harbor does not know", FAULTS.unauthorized(), "HARBOR_UNAUTHORIZED"],
        ["one that may not see rules", FAULTS.forbidden(), "HARBOR_FORBIDDEN"],
    ])("with %s it says so", async (_title, fault, code) => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.harbor.fail({ method: "GET", url: /policies/, times: 5, ...fault });
        const done = await replicated(harborCatalog(world));
        expect(messagesOf(done)[0]).toMatch(
            new RegExp(`^${code}: could not carry app:1@harbor: Could not list its replication rules`),
        );
    });

    it("with the login harbor where the registry's own may not, and not where there are several Harbors", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.harbor.fail({ method: "GET", url: /policies/, ...FAULTS.forbidden() });
        const logins = { harbor: ADMIN };
        const catalog = harborCatalog(world);
        const several = { name: "theirs", host: "theirs.example.com", prefix: "", kind: "harbor" as const };
        const two = { ...catalog, registries: { ...catalog.registries, theirs: several } };
        expect(messagesOf(await replicated(two, { logins }))[0]).toMatch(/^HARBOR_FORBIDDEN: /);
        world.harbor.fail({ method: "GET", url: /policies/, ...FAULTS.forbidden() });
        expect(messagesOf(await replicated(catalog, { logins }))).toEqual([]);
    });

    it("and a run that had no task for it is a failure, with Harbor's reason and no password", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        world.jobs.rules.clear();
        const left = await replicated(harborCatalog(world));
        const run = `the execution 1 of the rule hub of Harbor at ${world.front.host}`;
        expect(messagesOf(left)[0]).toContain(
            `REPLICATION_LEFT_OUT: could not carry app:1@harbor: ${run} succeeded and had no task for it, "no resources need to be replicated"; it is not there`,
        );
        const status_text = "failed to fetch artifacts: https://u:s3cret@hub/v2/: http status code: 404";
        const onLine = () =>
            void Object.assign(world.harbor.world.executions.get(2) ?? {}, { status: "Error", status_text });
        const ended = await replicated(harborCatalog(world), { onLine });
        expect(messagesOf(ended)[0]).toContain(
            `execution 2 of the rule hub of Harbor at ${world.front.host} is Failed and had no task for it, "failed to fetch artifacts: https://hub/v2/: http status code: 404"; it is not there`,
        );
    });

    it("which pushes what it has as the source", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        // The other way round: what is behind the Harbor is the source.
        const { root } = await pushImage(world.behind, "own/app", "1");
        const to = { host: world.hub.host, repository: "backup/own/app" };
        world.jobs.rules.set("out", [{ from: { host: world.behind.host, repository: "own/app" }, to, tags: ["1"] }]);
        world.harbor.byHand("POST", "/replication/policies", {
            name: "out",
            dest_registry: { id: 1 },
            dest_namespace: "backup",
            dest_namespace_replace_count: 0,
            filters: [{ type: "name", value: "own/**" }],
            enabled: true,
        });
        const catalog = catalogFor(
            { hub: world.front, vault: { host: world.hub.host } },
            {
                app: {
                    source: `${world.front.host}/own/app`,
                    tags: ["1"],
                    targets: [{ registry: "vault", replicateWith: "harbor" }],
                },
            },
            {
                hub: { kind: "harbor", credentials: { from: "config", key: "harbor" } },
                vault: { host: `${world.hub.host}/backup` },
            },
        );
        expect(messagesOf(await replicated(catalog))).toEqual([]);
        expect(await digestAt(world.hub, "backup/own/app", "1")).toBe(root);
    });

    it("and what refers to an image, which it leaves behind, is carried by us after it", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        addRule(world, "hub", ["acme/app"]);
        const tree = imageIndex();
        await pushTree(world.hub.host, "acme/app", tree, { tag: "1" });
        const signature = artifact({ subject: tree });
        await pushTree(world.hub.host, "acme/app", signature);
        const done = await replicated(harborCatalog(world, { referrers: true }));
        expect(messagesOf(done)).toEqual([]);
        expect(done.referrers).toBe(1);
        const listed = await fetch(`http://${world.behind.host}/v2/mirror/acme/app/referrers/${tree.root}`);
        expect(
            ((await listed.json()) as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest),
        ).toEqual([signature.root]);
    });

    it("but a tag that is there without all that is below it is ours to mend: to Harbor it is there", async () => {
        const world = await harborWorld({ "acme/app": ["1"] });
        const catalog = harborCatalog(world);
        const [target] = listCopies(catalog).filter(({ role }) => role === "target");
        const state = { status: "present" as const, digest: "sha256:1", mediaType: "", size: 1 };
        const whole = {
            ...(target as Copy),
            state,
            verdict: "different" as const,
            reason: "",
            action: "carry" as const,
        };
        expect(isReplicated(catalog, whole)).toBe(true);
        expect(isReplicated(catalog, { ...whole, verdict: "missing" })).toBe(false);
    });

    it("and a preview says which rules would run, and what none would, and starts nothing", async () => {
        const world = await harborWorld({ ...TWO, "other/tool": ["1"] });
        addRule(world, "hub", ["acme/app", "acme/web"]);
        const lines = await foreseen(harborCatalog(world));
        expect(lines).toEqual([
            `Harbor at ${world.front.host} would run its rule hub for app:1@harbor, app:2@harbor, web:1@harbor`,
            expect.stringContaining("Harbor would not carry tool:1@harbor: no enabled rule of Harbor"),
        ]);
        expect(world.harbor.asked()).toEqual(["GET /replication/policies"]);
    });
});
