import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Exposition } from "../../cli/exporter/exposition";
import { LatencyHistogram } from "../../core/registry";
import { judgementDocument } from "../../core/report";
import { metricFamilies } from "../../core/report/metrics";
import { copy, EVERY_VERDICT } from "../report/judged";
import { temporaryFolder } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { FOLDER, metricNames, queriesOf, RULES, readDashboard } from "./files";

/** A sample of every family. */
async function everything(withProcess = true): Promise<string> {
    const latency = new LatencyHistogram();
    latency.note(12);
    const waived = { until: "2026-12-01T00:00:00Z", reason: "moving" };
    const judged = [...EVERY_VERDICT, copy({ tag: "20", verdict: "different", waived })];
    const part = judgementDocument(judged, { selected: {}, failures: [] }, [
        { code: "NOT_PUBLIC", severity: "drift", image: "a", tag: "1", message: "m" },
    ]);
    const problem = { status: "empty", registry: "hub", repository: "r", code: "NO_TAGS", message: "m" } as const;
    const families = metricFamilies({
        version: "1.2.3",
        environment: "prod",
        document: {
            ...part,
            environment: "prod",
            selections: [{ image: "c", tags: [], problems: [problem] }],
            registries: [{ name: "hub", host: "docker.io", kind: "dockerhub", requests: 1, up: true }],
            pulls: [{ host: "docker.io", registries: ["hub"], limit: 100, remaining: 7, windowSeconds: 1, keeps: 2 }],
        },
        status: {
            catalogValid: true,
            counts: { complete: 1, incomplete: 0, failed: 0 },
            lastLook: 2000,
            lastSuccess: 1000,
            duration: 500,
            interval: 300_000,
        },
        requests: [
            {
                registry: "hub",
                host: "docker.io",
                byMethod: { HEAD: 1 },
                retries: 0,
                rateLimited: 0,
                latency: { HEAD: latency },
            },
        ],
    });
    expect(families.filter(({ samples }) => samples.length === 0)).toEqual([]);
    return new Exposition(() => families, withProcess).text();
}

describeWith(["promtool"], "By the real promtool", ({ promtool }) => {
    const run = (args: readonly string[], input?: string) => {
        const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: "utf8", input });
        return { status, text: stdout + stderr };
    };

    it("the rule file has no fault and no lint", () => {
        const { status, text } = run(["check", "rules", "--lint=all", "--lint-fatal", RULES]);
        expect({ status, text }).toEqual({ status: 0, text: expect.stringContaining("SUCCESS: 13 rules found") });
    });

    it("each alert fires when it should, and not when it should not", () => {
        const { status, text } = run(["test", "rules", join(__dirname, "transship.rules.test.yml")]);
        expect({ status, text }).toEqual({ status: 0, text: expect.stringContaining("SUCCESS") });
        const tests = readFileSync(join(__dirname, "transship.rules.test.yml"), "utf8");
        const alerts = [...readFileSync(RULES, "utf8").matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? "");
        expect(alerts.filter((name) => !new RegExp(`alertname: ${name}\\n\\s+exp_alerts:\\n`).test(tests))).toEqual([]);
    });

    it("and these tests would see a rule that is wrong", async () => {
        const folder = await temporaryFolder();
        const tests = readFileSync(join(__dirname, "transship.rules.test.yml"), "utf8");
        writeFileSync(
            join(folder, "rules.yml"),
            readFileSync(RULES, "utf8").replace("unless ignoring (verdict)", "or"),
        );
        writeFileSync(join(folder, "test.yml"), tests.replace(/rule_files: .*/, "rule_files: [rules.yml]"));
        expect(run(["test", "rules", join(folder, "test.yml")]).status).not.toBe(0);
    });

    it("the metrics have no lint, those of the process neither", async () => {
        const text = await everything();
        expect(run(["check", "metrics"], text)).toEqual({ status: 0, text: "" });
        const bad = text.replaceAll("transship_copies", "transship_copies_total");
        expect(run(["check", "metrics"], bad).text).toContain("transship_copies_total");
    });

    it("rules and dashboard name no metric that the exporter does not have", async () => {
        const real = metricNames(await everything());
        const used = (text: string) => [...metricNames(text)].filter((name) => !real.has(name)).sort();
        expect(used(readFileSync(join(FOLDER, "transship.rules.yml"), "utf8"))).toEqual([]);
        expect(used(JSON.stringify(readDashboard()))).toEqual([]);
        expect(used("transship_image_konsistent")).toEqual(["transship_image_konsistent"]);
        expect(queriesOf(readDashboard()).length).toBeGreaterThan(20);
    });
});
