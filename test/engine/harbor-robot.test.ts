import { HarborLabel, HarborMember, HarborProject, HarborRobot, type HarborRobotArgs } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, addRobot, describeHarborWithEngine, FAULTS, LocalHarbor } from "../support/harbor";
import { type SecretStore, StoredSecret, secretStore } from "../support/secret-store";

const LOGIN = { username: "admin", password: ADMIN.password };

describeHarborWithEngine("robots, members and labels of a Harbor", (engine) => {
    let harbor: LocalHarbor;
    let stack: TestStack;
    let store: SecretStore;
    let robotArgs: Partial<HarborRobotArgs> = { permissions: ["push"], duration: 90, description: "of CI" };
    let role: "developer" | "maintainer" = "developer";
    let color = "#0065AB";
    const texts: string[] = [];
    /** Every secret that there ever was. */
    const secrets = new Set<string>([ADMIN.password]);

    beforeAll(async () => {
        harbor = await LocalHarbor.start();
        harbor.world.now = Date.now();
        store = await secretStore();
        harbor.world.addUser("alice", "Alice-pass-1");
        stack = await TestStack.open(
            engine,
            async () => {
                const { url } = harbor;
                const { name: project } = new HarborProject("mirror", { url, name: "mirror" });
                const robot = new HarborRobot("ci", { url, name: "ci", project, permissions: ["push"], ...robotArgs });
                new HarborMember("alice", { url, project, user: "alice", role });
                new HarborLabel("stable", { url, project, name: "stable", color });
                new StoredSecret(store, "harbor", robot.secret);
                return { username: robot.username, secret: robot.secret, expiresAt: robot.expiresAt };
            },
            { config: { "transship:credentials": { value: JSON.stringify({ harbor: LOGIN }), secret: true } } },
        );
    });

    afterAll(async () => {
        await harbor?.close();
    });

    /** Notes what is written, and every secret that there is at any moment. */
    async function run(call: Promise<EngineRun>): Promise<EngineRun> {
        const done = await call;
        texts.push(done.text);
        for (const { secret } of harbor.world.robots.values()) {
            secrets.add(secret);
        }
        return done;
    }

    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const robot = () => [...harbor.world.robots.values()].at(-1);
    const member = () => [...harbor.world.members.values()].at(-1);
    const label = () => [...harbor.world.labels.values()].at(-1);
    /** What depends on the secret has the one that Harbor takes. */
    const expectRight = () => expect(store.held.get("harbor")).toBe(robot()?.secret);

    it("are made by the first up, and the next has nothing to do", async () => {
        const first = await run(stack.up());
        expect(first.ok, first.text).toBe(true);
        expect(first.changes).toEqual({ create: 6 });
        expect(robot()?.permissions[0]?.access).toHaveLength(2);
        expect(member()).toMatchObject({ role_id: 2 });
        expect(label()).toMatchObject({ name: "stable", color: "#0065AB" });
        const expiresAt = `${new Date((robot()?.expires_at ?? 0) * 1000).toISOString().slice(0, 19)}Z`;
        expect(first.outputs).toMatchObject({ username: "robot$mirror+ci", expiresAt });
        expectRight();
        harbor.asked();
        expect((await run(stack.up())).changes).toEqual({ same: 6 });
        expect(writes()).toEqual([]);
    });

    it("are changed in place, and what depends on a new secret has it in the same up", async () => {
        const before = robot()?.secret;
        robotArgs = { ...robotArgs, permissions: ["pull"], rotate: 2 };
        role = "maintainer";
        color = "#FF0000";
        const preview = await run(stack.preview({ diff: true }));
        expect(preview.changes).toMatchObject({ update: 4, same: 2 });
        expect(preview.text).toMatch(/robot ci of project mirror at \S+: a new secret is asked for by `rotate`/);
        expect(robot()?.secret).toBe(before);
        const changed = await run(stack.up());
        expect(changed.ok, changed.text).toBe(true);
        expect(changed.changes).toEqual({ same: 2, update: 4 });
        expect(robot()?.permissions).toMatchObject([{ access: [{ action: "pull" }] }]);
        expect([member()?.role_id, label()?.color]).toEqual([4, "#FF0000"]);
        expect(robot()?.secret).not.toBe(before);
        expectRight();
    });

    it("show at the next preview and at a refresh what somebody changed, the secret too, and are put right", async () => {
        Object.assign(robot() ?? {}, { description: "by hand" });
        harbor.byHand("PATCH", `/robots/${robot()?.id}`, { secret: "Somebody-elses-1" });
        Object.assign(member() ?? {}, { role_id: 1 });
        Object.assign(label() ?? {}, { color: "#FFFFFF" });
        const preview = await run(stack.preview({ diff: true }));
        expect(preview.text).toMatch(/robot ci of project mirror at \S+: description: have by hand, want of CI/);
        expect(preview.text).toMatch(
            /member alice of project mirror at \S+: role: have project-admin, want maintainer/,
        );
        expect(preview.text).toMatch(/label stable of project mirror at \S+: color: have #FFFFFF, want #FF0000/);
        const refreshed = await run(stack.refresh());
        expect(refreshed.changes).toMatchObject({ update: 3 });
        expect(refreshed.text).toContain("secret: Harbor no longer takes the one that this stack gave it");
        const up = await run(stack.up());
        expect(up.ok, up.text).toBe(true);
        expect(robot()?.description).toBe("of CI");
        expect([member()?.role_id, label()?.color]).toEqual([4, "#FF0000"]);
        expect(robot()?.secret).not.toBe("Somebody-elses-1");
        expectRight();
    });

    it("that a deploy left half-made, and whose secret nobody was told, are mended by the next", async () => {
        robotArgs = { ...robotArgs, name: "cd", disabled: true };
        harbor.fail({ method: "POST", url: "/robots", ...FAULTS.lost() });
        harbor.fail({ method: "PUT", url: "/robots", ...FAULTS.forbidden() });
        const failed = await run(stack.up());
        expect(failed.ok).toBe(false);
        expect(failed.text).toMatch(/Could not change the robot robot\$mirror\+cd: .* said 403/);
        expect(failed.text).not.toMatch(/\n\s+at .*\.js:\d+/);
        const mended = await run(stack.up());
        expect(mended.ok, mended.text).toBe(true);
        expect([...harbor.world.robots.values()]).toMatchObject([{ name: "mirror+cd", disable: true }]);
        expectRight();
        expect((await run(stack.up())).changes).toEqual({ same: 6 });
    });

    it("that are there already are refused in one sentence, and adopted with a new secret where it is asked for", async () => {
        const project_id = harbor.world.project("mirror")?.project_id;
        const { secret } = addRobot(harbor.world, "mirror+theirs", { project_id, duration: 90 });
        secrets.add(secret);
        robotArgs = { ...robotArgs, name: "theirs" };
        const refused = await run(stack.preview());
        expect(refused.ok).toBe(false);
        expect(refused.text).toMatch(/has a problem: There is a robot theirs of project mirror at \S+ already/);
        robotArgs = { ...robotArgs, adopt: true };
        const adopted = await run(stack.up());
        expect(adopted.ok, adopted.text).toBe(true);
        expect(adopted.text).toMatch(/it gets a new secret, since Harbor tells nobody the one that it has/);
        expect(robot()?.secret).not.toBe(secret);
        expectRight();
    });

    it("are deleted by destroy, but for the one that was there before", async () => {
        harbor.intercept = ({ method, url }, response) => {
            const isProject = method === "DELETE" && url.endsWith("/projects/mirror");
            if (isProject) {
                response.writeHead(200).end();
            }
            return isProject;
        };
        const destroyed = await run(stack.destroy());
        expect(destroyed.ok, destroyed.text).toBe(true);
        expect([...harbor.world.robots.values()].map(({ name }) => name)).toEqual(["mirror+theirs"]);
        expect(harbor.world.labels.size).toBe(0);
        expect([...harbor.world.members.values()].map(({ entity_id }) => entity_id)).not.toContain(2);
    });

    it("and no secret that there ever was is in what was printed or kept", async () => {
        const all = [...texts, await stack.backendText()].join("\n");
        expect(all.length).toBeGreaterThan(10_000);
        expect(secrets.size).toBeGreaterThanOrEqual(8);
        expect([...secrets].filter((secret) => all.includes(secret))).toEqual([]);
        expect(harbor.violations).toEqual([]);
    });
});
