import { describe, expect, it } from "vitest";
import { Pacer } from "../../core/registry/http/pacer";
import { clientOf, FakeClock, scripted } from "./scripted-server";

const PUT = { method: "PUT", subject: "manifest", path: "/", access: "push" } as const;

describe("a rate that a registry documents", () => {
    it("lets a second's worth pass at once, and the rest at its rate", () => {
        const pacer = new Pacer({ manifestPuts: 10, uploadStarts: 100, uploadEnds: 100 });
        const waits = Array.from({ length: 30 }, () => pacer.reserve(PUT, 0));
        expect(waits.slice(0, 10)).toEqual(Array(10).fill(0));
        expect(waits.slice(10, 13)).toEqual([100, 200, 300]);
        expect(waits.at(-1)).toBe(2000);
        // All are through by then; a second later there is a second's worth again.
        expect(Array.from({ length: 11 }, () => pacer.reserve(PUT, 4000)).at(-1)).toBe(100);
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
        expect(clock.slept).toEqual(Array(15).fill(100));
    });
});
