import { describe, expect, it } from "vitest";
import { decideEngine, type EngineFacts, OLDEST_CLI } from "../../scripts/engine/decide";

const rows: readonly (readonly [title: string, facts: EngineFacts, how: string, detail: string])[] = [
    ["takes a good CLI on PATH", { onPath: [{ command: "/a/pulumi", version: "3.250.0" }] }, "path", "/a/pulumi"],
    ["takes the oldest allowed one", { onPath: [{ command: "/a/pulumi", version: OLDEST_CLI }] }, "path", "/a/pulumi"],
    ["reads a leading v", { onPath: [{ command: "/a/pulumi", version: "v3.200.1" }] }, "path", "/a/pulumi"],
    [
        "passes over an old one for a good one behind it",
        {
            onPath: [
                { command: "/a/pulumi", version: "3.20.0" },
                { command: "/b/pulumi", version: "3.260.0" },
            ],
        },
        "path",
        "/b/pulumi",
    ],
    [
        "prefers PATH to the cache",
        {
            onPath: [{ command: "/a/pulumi", version: "3.240.0" }],
            cached: { command: "/cache/pulumi", version: "3.250.0" },
        },
        "path",
        "/a/pulumi",
    ],
    [
        "takes the cache when PATH has an old one",
        {
            onPath: [{ command: "/a/pulumi", version: "3.149.9" }],
            cached: { command: "/cache/pulumi", version: "3.250.0" },
        },
        "cache",
        "/cache/pulumi",
    ],
    ["gets one when nothing is there", { onPath: [] }, "acquire", "no Pulumi CLI on PATH"],
    ["names the version that is too old", { onPath: [{ command: "/a/pulumi", version: "3.1.0" }] }, "acquire", "3.1.0"],
    ["refuses another major", { onPath: [{ command: "/a/pulumi", version: "4.0.0" }] }, "acquire", "4.0.0"],
    ["refuses one that tells no version", { onPath: [{ command: "/a/pulumi" }] }, "acquire", "does not tell"],
    [
        "refuses a cached one that does not run",
        { onPath: [], cached: { command: "/cache/pulumi" } },
        "acquire",
        "no Pulumi CLI on PATH",
    ],
];

describe("Which Pulumi CLI is used", () => {
    it.each(rows)("%s", (_title, facts, how, detail) => {
        const decision = decideEngine(facts);
        expect(decision.how).toBe(how);
        expect(decision.how === "acquire" ? decision.why : decision.cli.command).toContain(detail);
    });
});
