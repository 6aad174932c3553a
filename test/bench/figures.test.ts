import { describe, expect, it } from "vitest";
import { interleave, median } from "../../bench/measure/rounds";
import { parseCost } from "../../bench/measure/run-measured";
import { table } from "../../bench/report/markdown";
import { countLines } from "../../bench/servers/docker-registry";

describe("The benchmark's figures", () => {
    it.each([
        [[3], 3],
        [[9, 1, 5], 5],
        [[4, 1, 2, 100], 3],
    ])("have the median of %j at %d", (values, middle) => {
        expect(median(values)).toBe(middle);
    });

    it("come from rounds in which the order turns", async () => {
        const order: string[] = [];
        const results = await interleave(["a", "b", "c"], 3, async (name, round) => {
            order.push(name);
            return `${name}${round}`;
        });
        expect(order.join("")).toBe("abcbcacab");
        expect(results.get("b")).toEqual(["b0", "b1", "b2"]);
    });

    it.each([
        ["0.31 0.12 30472\n", { cpuMs: 430, peakBytes: 30472 * 1024 }],
        ["Command exited with non-zero status 1\n0.31 0.12 30472\n", { cpuMs: 430, peakBytes: 30472 * 1024 }],
        ["0.310 0.121\n", { cpuMs: 431 }],
    ])("read %j as a cost", (text, cost) => {
        expect(parseCost(text)).toEqual(cost);
    });

    it("are refused where there are none", () => {
        expect(() => parseCost("command not found\n")).toThrow("No processor time in");
    });

    it("count the requests of an access log by kind, without the bench's own", () => {
        const line = (method: string, target: string, agent = "crane/0") =>
            `127.0.0.1 - - [22/Nov/2026:14:00:00 +0000] "${method} ${target} HTTP/1.1" 200 0 "" "${agent}"`;
        const log = [
            line("GET", "/v2/", "transship-bench"),
            line("GET", "/v2/"),
            line("HEAD", "/v2/bench/tags/manifests/1.0"),
            line("HEAD", "/v2/bench/image-0001/manifests/1.0"),
            line("GET", "/v2/bench/image-0001/blobs/sha256:00"),
            line("POST", "/v2/bench/image-0001/blobs/uploads/?mount=sha256:00&from=a"),
            line("GET", "/v2/bench/image-0001/tags/list?n=1000"),
            'time="2026-11-22" level=error msg="something else"',
        ];
        expect(countLines(log.join("\n"))).toEqual({
            "GET ping": 1,
            "HEAD manifest": 2,
            "GET blob": 1,
            "POST upload": 1,
            "GET tags": 1,
        });
    });

    it("stand in a table that reads as plain text too", () => {
        const text = table(
            ["tool", "wall"],
            [
                ["transship check", "9 ms"],
                ["x", "1,000 ms"],
            ],
        );
        expect(text.split("\n")).toEqual([
            "| tool            |     wall |",
            "| --------------- | -------: |",
            "| transship check |     9 ms |",
            "| x               | 1,000 ms |",
        ]);
    });
});
