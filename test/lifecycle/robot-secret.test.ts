import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { robotSecretHooks } from "../../core/lifecycle/rotation/robot-secret";
import type { RobotSecretInputs, RobotSecretState } from "../../core/lifecycle/rotation/types";
import { ADMIN, HarborRobots } from "../support/harbor-robots";
import { Resource } from "./stack";

const DAY = 86_400_000;
const START = Date.parse("2026-11-23T10:00:00.250Z");

describe("A robot's secret", () => {
    let harbor: HarborRobots;
    let now: number;
    let robot: Resource<RobotSecretInputs, RobotSecretState>;
    let inputs: RobotSecretInputs;

    beforeAll(async () => {
        harbor = await HarborRobots.start();
        harbor.projects.set("mirror", 7);
        harbor.add("robot$mirror+ci", { project: 7 });
    });
    beforeEach(() => {
        process.env.HARBOR_USERNAME = ADMIN.username;
        process.env.HARBOR_PASSWORD = ADMIN.password;
        Object.assign(harbor.robots[0] ?? {}, { secret: "Old-secret-1", disable: false, expires_at: -1 });
        harbor.fault = undefined;
        harbor.asked();
        now = START;
        robot = new Resource(
            (session) => robotSecretHooks(() => session) as never,
            () => new Date(now),
        );
        inputs = { url: harbor.url, robot: "ci", project: "mirror", credentials: "harbor", rotateAfter: "90d" };
    });

    const current = () => harbor.robots[0]?.secret;
    const stored = () => robot.outputs.secret;
    const patches = () => harbor.asked().filter((line) => line.startsWith("PATCH")).length;
    /** Lets Harbor do a PATCH and lose its answer; afterwards nothing answers, where `gone`. */
    const loseAnswer = (gone: boolean) => {
        let lost = false;
        harbor.fault = (request, response, work) => {
            const isPatch = request.method === "PATCH";
            if (isPatch || (lost && gone)) {
                lost = true;
                if (isPatch) {
                    work();
                }
                response.destroy();
                return true;
            }
            return false;
        };
    };

    it("is made by the first up, stays while nothing is due, and is made anew once it is", async () => {
        expect(await robot.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        expect(current()).toBe("Old-secret-1");
        await robot.up(inputs);
        const first = current();
        expect(stored()).toBe(first);
        expect(robot.outputs).toMatchObject({
            username: "robot$mirror+ci",
            rotation: { number: 1, since: "2026-11-23T10:00:00Z", due: "2027-02-21T10:00:00Z" },
        });
        now += 89 * DAY;
        harbor.asked();
        expect((await robot.up(inputs)).step).toBe("same");
        expect(patches()).toBe(0);
        now += DAY;
        const line = "robot$mirror+ci: rotation due since 2027-02-21T10:00:00Z: it gets a new secret";
        expect(await robot.preview(inputs)).toEqual({ step: "update", lines: [line], reasons: [] });
        expect(current()).toBe(first);
        await robot.up(inputs);
        expect(current()).not.toBe(first);
        expect(stored()).toBe(current());
        expect((await robot.up(inputs)).step).toBe("same");
        expect(robot.outputs.rotation?.number).toBe(2);
    });

    it("is made anew when `rotate` changes, and not when only its time does", async () => {
        await robot.up(inputs);
        const first = current();
        expect((await robot.up({ ...inputs, rotateAfter: "30d" })).step).toBe("update");
        expect(current()).toBe(first);
        expect(robot.outputs.rotation?.due).toBe("2026-12-23T10:00:00Z");
        const asked = { ...inputs, rotateAfter: "30d", rotate: "leaked on Monday" };
        const { lines, step } = await robot.up(asked);
        expect([step, ...lines]).toEqual([
            "update",
            "robot$mirror+ci: a new secret is asked for by `rotate`: it gets a new secret",
        ]);
        expect(stored()).toBe(current());
        expect(current()).not.toBe(first);
        expect((await robot.up(asked)).step).toBe("same");
    });

    it("is made anew when somebody else changed it, which only the preview after it can know", async () => {
        await robot.up(inputs);
        Object.assign(harbor.robots[0] ?? {}, { secret: "Somebody-elses-1" });
        const { lines, step } = await robot.preview(inputs);
        expect([step, ...lines]).toEqual([
            "update",
            "robot$mirror+ci: Harbor no longer takes the secret that this stack gave it, so somebody else has changed it: it gets a new one",
        ]);
        await robot.up(inputs);
        expect(stored()).toBe(current());
    });

    it("is not lost where the answer was, and Harbor says that it is set", async () => {
        await robot.up(inputs);
        loseAnswer(false);
        expect((await robot.up({ ...inputs, rotate: 2 })).step).toBe("update");
        expect(stored()).toBe(current());
    });

    it.each(["first", "next"])(
        "is kept beside the old one where nobody can say which is set: the %s one",
        async (which) => {
            if (which === "next") {
                await robot.up(inputs);
            }
            const before = robot.state && stored();
            loseAnswer(true);
            const { reasons, step } = await robot.up({ ...inputs, rotate: 2 });
            expect(step).toBe("failed");
            expect(reasons.join()).toMatch(/the state keeps both, and the next update asks\.$/);
            expect(reasons.join()).not.toContain(current());
            expect(stored()).toBe(before);
            expect(robot.outputs.candidate).toBe(current());
            harbor.fault = undefined;
            harbor.asked();
            const sent = current();
            expect((await robot.up({ ...inputs, rotate: 2 })).step).toBe("update");
            expect(patches()).toBe(0);
            expect(stored()).toBe(sent);
            expect(robot.outputs.candidate).toBeUndefined();
        },
    );

    it("is made once more where what was sent never was set", async () => {
        await robot.up(inputs);
        const before = stored();
        let lost = false;
        harbor.fault = (request, response) => {
            lost ||= request.method === "PATCH";
            if (lost) {
                response.destroy();
            }
            return lost;
        };
        expect((await robot.up({ ...inputs, rotate: 2 })).step).toBe("failed");
        expect(current()).toBe(before);
        harbor.fault = undefined;
        await robot.up({ ...inputs, rotate: 2 });
        // The old one still is good, but a new one was asked for.
        expect(stored()).toBe(current());
        expect(current()).not.toBe(before);
    });

    it("waits with what is only due while Harbor cannot be asked, and refuses what was asked for", async () => {
        await robot.up(inputs);
        now += 91 * DAY;
        const down = { ...inputs, url: inputs.url };
        harbor.fault = (_request, response) => {
            response.writeHead(503).end();
            return true;
        };
        const { lines, step } = await robot.up(down);
        expect(step).toBe("same");
        expect(lines.join("\n")).toMatch(/ci: rotation due since 2027-02-21T10:00:00Z, but it stays due: .* said 503/);
        const refused = await robot.up({ ...inputs, rotate: 2 });
        expect(refused).toMatchObject({ step: "refused", reasons: [expect.stringContaining("said 503")] });
        harbor.fault = undefined;
        expect((await robot.up(inputs)).step).toBe("update");
    });

    it.each([
        ["is disabled", { disable: true }, /is disabled at Harbor, so no secret of it is any good: enable it there$/],
        [
            "has expired",
            { expires_at: 1_700_000_000 },
            /has expired at Harbor on 2023-11-14, and a new secret does not/,
        ],
    ])("is refused for a robot that %s", async (_what, change, sentence) => {
        Object.assign(harbor.robots[0] ?? {}, change);
        expect(await robot.preview(inputs)).toMatchObject({
            step: "refused",
            reasons: [expect.stringMatching(sentence)],
        });
    });

    it.each([
        [
            "no login",
            { credentials: "nobody" },
            { HARBOR_PASSWORD: "" },
            /transship:credentials\["nobody"\]\.password.*HARBOR_USERNAME and HARBOR_PASSWORD/,
        ],
        ["a wrong login", {}, { HARBOR_PASSWORD: "wrong-77" }, /said 401, "unauthorized": check the user and password/],
        [
            "an unknown robot",
            { robot: "cy" },
            {},
            /has no robot cy in the project mirror \(there are robot\$mirror\+ci\)/,
        ],
        ["a duration that is none", { rotateAfter: "3 months" }, {}, /rotateAfter must be a duration, such as 90d/],
        ["too short a duration", { rotateAfter: "5m" }, {}, /rotateAfter must be 1h or longer/],
        ["an address with a path", { url: "https://h.example.com/api" }, {}, /url must be the address of the service/],
    ])("is refused for %s before anything is changed", async (_what, change, env, sentence) => {
        Object.assign(process.env, env);
        const ran = await robot.up({ ...inputs, ...change });
        expect(ran).toMatchObject({ step: "refused", reasons: [expect.stringMatching(sentence)] });
        expect(ran.reasons.join()).not.toMatch(/wrong-77|Harbor12345/);
        expect(current()).toBe("Old-secret-1");
    });

    it("is nobody's business once the stack is destroyed: the robot keeps it", async () => {
        await robot.up(inputs);
        const last = current();
        harbor.asked();
        expect((await robot.destroy()).step).toBe("deleted");
        expect(harbor.asked()).toEqual([]);
        expect(current()).toBe(last);
    });
});
