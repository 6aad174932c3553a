import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findRobot, HarborClient, type HarborError, newRobotSecret } from "../../core/harbor";
import { ADMIN, HarborRobots } from "../support/harbor-robots";
import { SKIP_MARK } from "../support/skip-mark";
import { swaggerAbsent } from "../support/swagger";

describe("A robot's new secret", () => {
    it("is what Harbor takes, whatever the dice say", () => {
        fc.assert(
            fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
                const secret = newRobotSecret((limit) => numbers.next().value % limit);
                expect(secret).toMatch(/^[A-Za-z0-9]{48}$/);
                expect([/[a-z]/, /[A-Z]/, /\d/].every((one) => one.test(secret))).toBe(true);
            }),
        );
    });

    it("is another one each time", () => {
        expect(new Set(Array.from({ length: 1_000 }, () => newRobotSecret())).size).toBe(1_000);
    });
});

describe("Harbor's robots", () => {
    let harbor: HarborRobots;
    let client: HarborClient;

    beforeAll(async () => {
        harbor = await HarborRobots.start();
        harbor.projects.set("mirror", 7);
        harbor.add("robot$ci");
        harbor.add("robot$mirror+ci", { project: 7 });
        harbor.add("robot$mirror+other-ci", { project: 7, disable: true, expires_at: 1_700_000_000 });
        for (let index = 0; index < 120; index++) {
            harbor.add(`robot$mirror+filler-${index}`, { project: 7 });
        }
        harbor.add("bot_mirror+last", { project: 7 });
    });
    beforeEach(() => {
        harbor.fault = undefined;
        client = new HarborClient({ url: harbor.url, ...ADMIN });
    });

    it.each([
        ["ci", undefined, "robot$ci"],
        ["robot$ci", undefined, "robot$ci"],
        ["ci", "mirror", "robot$mirror+ci"],
        ["robot$mirror+ci", "mirror", "robot$mirror+ci"],
        ["last", "mirror", "bot_mirror+last"],
    ])("are found as %s in %s, on any page and with any prefix", async (name, project, whole) => {
        expect((await findRobot(client, name, project)).name).toBe(whole);
    });

    it("are read with what makes a secret useless", async () => {
        expect(await findRobot(client, "other-ci", "mirror")).toMatchObject({
            disabled: true,
            expiresAt: 1_700_000_000_000,
        });
        expect(await client.robot(1)).toEqual({ id: 1, name: "robot$ci", disabled: false });
        expect(await client.robot(999)).toBeUndefined();
    });

    it("get a secret, which their token service takes from then on in the place of the one before", async () => {
        const [first, second] = [newRobotSecret(), newRobotSecret()];
        await client.setRobotSecret(1, first);
        expect(await client.accepts("robot$ci", first)).toBe(true);
        await client.setRobotSecret(1, second);
        expect(await client.accepts("robot$ci", first)).toBe(false);
        expect(await client.accepts("robot$ci", second)).toBe(true);
    });

    it.each([
        [
            "that are not there",
            () => findRobot(client, "nobody", "mirror"),
            /^HARBOR_ROBOT_UNKNOWN Harbor at .* has no robot nobody in the project mirror \(there are robot\$mirror\+ci, .*\): make it there/,
        ],
        [
            "of no project",
            () => findRobot(client, "ci", "gone"),
            /^HARBOR_NOT_FOUND Could not find the project gone: .* said 404, "project gone not found": check the name/,
        ],
        [
            "whose secret is too short",
            () => client.setRobotSecret(1, "Aa1"),
            /^HARBOR_REFUSED Could not give the robot 1 a new secret: .* said 400, "the secret must be 8-128/,
        ],
        [
            "without a login",
            () => new HarborClient({ url: harbor.url, username: "admin", password: "wrong-77" }).robots(),
            /^HARBOR_UNAUTHORIZED Could not list its robots: .* said 401, "unauthorized": check the user and password/,
        ],
        [
            "of nobody who answers",
            () => new HarborClient({ url: "http://127.0.0.1:1", ...ADMIN }, { sleep: async () => undefined }).robots(),
            /^HARBOR_UNAVAILABLE Could not list its robots: Harbor at 127\.0\.0\.1:1 gave no answer \(ECONNREFUSED\): check the address/,
        ],
    ])("%s are one sentence, without a secret", async (_what, ask, sentence) => {
        const error = await (ask() as Promise<unknown>).catch((thrown: HarborError) => thrown);
        const { code, message } = error as HarborError;
        const text = `${code} ${message}`;
        expect(text).toMatch(sentence);
        expect(text).not.toMatch(/wrong-77|Harbor12345/);
    });

    it.each([
        ["a proxy's page", (response: import("node:http").ServerResponse) => response.end("<html>")],
        ["another shape", (response: import("node:http").ServerResponse) => response.end('{"robots": []}')],
    ])("are unknown where the answer is %s", async (_what, answer) => {
        harbor.fault = (_request, response) => {
            answer(response);
            return true;
        };
        await expect(client.robots()).rejects.toMatchObject({ code: "HARBOR_UNAVAILABLE", mayBeDone: true });
    });

    it("get no secret twice: what may have been done is not sent again, a limit is waited for", async () => {
        const waits: number[] = [];
        const sleep = async (ms: number) => void waits.push(ms);
        const patient = new HarborClient({ url: harbor.url, ...ADMIN }, { sleep });
        let left = 2;
        harbor.fault = (_request, response) => {
            left -= 1;
            if (left === 1) {
                response.writeHead(429, { "retry-after": "3" }).end();
                return true;
            }
            response.writeHead(502).end();
            return true;
        };
        await expect(patient.setRobotSecret(1, newRobotSecret())).rejects.toMatchObject({ mayBeDone: true });
        expect({ waits, left }).toEqual({ waits: [3_000], left: 0 });
    });

    const inDescription = swaggerAbsent === undefined ? it : it.skip;
    const mark = swaggerAbsent === undefined ? "" : `${SKIP_MARK}${swaggerAbsent}]`;
    inDescription(`were asked and answered as Harbor's own description has it${mark}`, () => {
        expect(harbor.log.length).toBeGreaterThan(10);
        expect(harbor.problems).toEqual([]);
    });
});
