import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pacer } from "../../core/registry/http/pacer";
import { clientOf, FakeClock, scripted } from "./scripted-server";

const PUT = { method: "PUT", subject: "manifest", path: "/", access: "push" } as const;

describe("a rate that a registry documents", () => {
    it("lets a second's worth pass at once, and the next one a second after the first", () => {
        const pacer = new Pacer({ manifestPuts: 10, uploadStarts: 100, uploadEnds: 100 });
        const waits = Array.from({ length: 25 }, () => pacer.reserve(PUT, 0));
        expect(waits).toEqual([...Array(10).fill(0), ...Array(10).fill(1000), ...Array(5).fill(2000)]);
        // Five went at 2000: five more are free at once, the next ones a second after those.
        expect(Array.from({ length: 6 }, () => pacer.reserve(PUT, 2500))).toEqual([0, 0, 0, 0, 0, 500]);
    });

    it("never lets more than its rate through in any second, whenever they come", () => {
        const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 80 });
        fc.assert(
            fc.property(gaps, fc.integer({ min: 1, max: 12 }), (pauses, rate) => {
                const pacer = new Pacer({ manifestPuts: rate, uploadStarts: 1, uploadEnds: 1 });
                let now = 0;
                const times = pauses.map((pause) => {
                    now += pause;
                    return now + pacer.admit(PUT, now);
                });
                const crowd = (time: number) => times.filter((one) => one >= time && one < time + 1000).length;
                expect(Math.max(...times.map(crowd))).toBeLessThanOrEqual(rate);
                // And it makes nobody wait without need: whoever waits has as many before him as there may be.
                times.forEach((time, index) => {
                    const came = pauses.slice(0, index + 1).reduce((sum, pause) => sum + pause, 0);
                    const before = times.slice(0, index).filter((one) => one > time - 1001);
                    expect(time === came || before.length >= rate).toBe(true);
                });
            }),
        );
    });

    it("counts each kind of request for itself, and reads not at all", () => {
        const pacer = new Pacer({ manifestPuts: 1, uploadStarts: 1, uploadEnds: 1 });
        const kinds = [
            PUT,
            { ...PUT, subject: "upload" },
            { ...PUT, subject: "upload", method: "POST" },
            { ...PUT, method: "HEAD" },
            { ...PUT, method: "GET" },
            { ...PUT, subject: "blob", method: "GET" },
        ] as const;
        expect(kinds.map((one) => pacer.reserve(one, 0))).toEqual([0, 0, 0, 0, 0, 0]);
        expect(kinds.map((one) => pacer.reserve(one, 0))).toEqual([1000, 1000, 1000, 0, 0, 0]);
    });

    it("holds for all requests to the host, in the client", async () => {
        const clock = new FakeClock();
        const times: number[] = [];
        const server = await scripted((_request, response) => {
            times.push(clock.time);
            response.writeHead(201, { location: "/v2/x" }).end();
        });
        const credentials = { pull: { from: "config", key: "me" }, push: { from: "config", key: "me" } } as const;
        const client = clientOf(
            server,
            { kind: "ecr", credentials },
            { now: clock.now, sleep: clock.sleep, credentials: { me: { username: "AWS", password: "p" } } },
        );
        const started = clock.time;
        for (let index = 0; index < 25; index += 1) {
            await client.putManifest("a/b", `t${index}`, Buffer.from(`{"n":${index}}`), "application/json");
        }
        expect(times).toHaveLength(25);
        expect(times.filter((time) => time === started)).toHaveLength(10);
        expect(clock.slept).toEqual([1000, 1000]);
    });
});
