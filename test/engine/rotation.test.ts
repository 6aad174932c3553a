import { DockerHubToken, HarborRobotSecret } from "transship";
import { beforeAll, expect, it } from "vitest";
import { ACCOUNT, DockerHub } from "../support/docker-hub";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { ADMIN, HarborRobots } from "../support/harbor-robots";
import { describeWithEngine } from "../support/require-program";
import { type SecretStore, StoredSecret, secretStore } from "../support/secret-store";
import { shiftedClock } from "../support/shifted-clock";

const DAYS = 86_400_000;
const PLACES = ["a", "b"];

describeWithEngine("secrets that are made anew", (engine) => {
    let harbor: HarborRobots;
    let hub: DockerHub;
    let store: SecretStore;
    let stack: TestStack;
    let rotate = 1;
    const clock = shiftedClock();
    /** Every secret that there ever was, and those who make them. */
    const secrets = new Set<string>([ADMIN.password, ACCOUNT.password]);
    const texts: string[] = [];
    /** What was written where, in its order. */
    const order: string[] = [];

    beforeAll(async () => {
        [harbor, hub, store] = await Promise.all([HarborRobots.start(), DockerHub.start(), secretStore()]);
        harbor.projects.set("mirror", 7);
        harbor.add("robot$mirror+ci", { project: 7 });
        const credentials = { harbor: ADMIN, dockerhub: ACCOUNT };
        stack = await TestStack.open(
            engine,
            async () => {
                const robot = new HarborRobotSecret("robot", {
                    url: harbor.url,
                    robot: "ci",
                    project: "mirror",
                    rotateAfter: "90d",
                    rotate,
                });
                const token = new DockerHubToken("token", { url: hub.url, rotateAfter: "90d", rotate });
                for (const place of PLACES) {
                    new StoredSecret(store, `${place}-harbor`, robot.secret);
                    new StoredSecret(store, `${place}-hub`, token.token);
                }
            },
            {
                env: clock.env,
                config: { "transship:credentials": { value: JSON.stringify(credentials), secret: true } },
            },
        );
        observe();
    });

    /** Notes what is written, and every secret that there is at any moment. */
    function observe(): void {
        const note = (line: string): void => {
            order.push(line);
            secrets.add(harbor.robots[0]?.secret || ADMIN.password);
            for (const { token } of hub.tokens) {
                secrets.add(token);
            }
        };
        hub.fault = ({ method, url }) => {
            if (method !== "GET" && url !== "/v2/auth/token") {
                note(`${method} token`);
            }
            return false;
        };
        store.accept = (place) => {
            note(`PUT ${place}`);
            return true;
        };
    }

    async function run(call: Promise<EngineRun>): Promise<EngineRun> {
        const done = await call;
        texts.push(done.text);
        return done;
    }

    function expectEverywhere(): void {
        const [token] = hub.tokens;
        for (const place of PLACES) {
            expect(store.held.get(`${place}-harbor`)).toBe(harbor.robots[0]?.secret);
            expect(store.held.get(`${place}-hub`)).toBe(token?.token);
        }
        expect(hub.tokens).toHaveLength(1);
    }

    it("are made by the first up, and nothing changes until they are due", async () => {
        const first = await run(stack.up());
        expect(first.ok, first.text).toBe(true);
        expectEverywhere();
        order.length = 0;
        clock.set(89 * DAYS);
        const again = await run(stack.up());
        expect(again.changes).toEqual({ same: 7 });
        expect(order).toEqual([]);
    });

    it("are new in every place after one deploy, and the old token works until then", async () => {
        clock.set(91 * DAYS);
        const before = [harbor.robots[0]?.secret, hub.tokens[0]?.token];
        const preview = await run(stack.preview({ diff: true }));
        expect(preview.changes).toEqual({ replace: 1, same: 1, update: 5 });
        expect(preview.text).toMatch(/robot\$mirror\+ci: rotation due since .*: it gets a new secret/);
        expect(preview.text).toMatch(/token: rotation due since .*: a new access token takes the old one's place/);
        expect([harbor.robots[0]?.secret, hub.tokens[0]?.token]).toEqual(before);
        expect(order).toEqual([]);

        const due = await run(stack.up());
        expect(due.ok, due.text).toBe(true);
        expectEverywhere();
        expect(before).not.toContain(store.held.get("a-harbor"));
        expect(before).not.toContain(store.held.get("b-hub"));
        expect(order.filter((line) => line !== "PUT a-harbor" && line !== "PUT b-harbor")).toEqual([
            "POST token",
            expect.stringMatching(/^PUT [ab]-hub$/),
            expect.stringMatching(/^PUT [ab]-hub$/),
            "DELETE token",
        ]);
    });

    it("are not lost by a deploy that fails: the old token stays, the robot's secret is known, the next ends it", async () => {
        rotate = 2;
        const old = hub.tokens[0]?.token;
        store.accept = (place) => place !== "b-hub";
        let lost = false;
        harbor.fault = (request, response, work) => {
            if (request.method === "PATCH") {
                lost = true;
                work();
            }
            if (lost) {
                response.destroy();
            }
            return lost;
        };
        const failed = await run(stack.up());
        expect(failed.ok).toBe(false);
        expect(failed.text).toContain("Whether robot$mirror+ci has its new secret is not known");
        expect(hub.tokens.map(({ token }) => token)).toContain(old);
        secrets.add(harbor.robots[0]?.secret ?? "");
        for (const { token } of hub.tokens) {
            secrets.add(token);
        }

        harbor.fault = undefined;
        harbor.asked();
        observe();
        const sent = harbor.robots[0]?.secret;
        const ended = await run(stack.up());
        expect(ended.ok, ended.text).toBe(true);
        expect(harbor.robots[0]?.secret).toBe(sent);
        expectEverywhere();
    });

    it("are in no state, preview or log, after a refresh neither", async () => {
        expect((await run(stack.refresh())).changes).toEqual({ same: 7 });
        const all = [...texts, await stack.backendText()].join("\n");
        const shown = [...secrets].filter((secret) => all.includes(secret));
        expect(secrets.size).toBeGreaterThanOrEqual(8);
        expect(shown).toEqual([]);
    });

    it("end with the stack: the token is deleted, the robot is left as it is", async () => {
        const last = harbor.robots[0]?.secret;
        const { ok, text } = await stack.destroy();
        expect(ok, text).toBe(true);
        expect(hub.tokens).toEqual([]);
        expect(harbor.robots[0]?.secret).toBe(last);
    });
});
