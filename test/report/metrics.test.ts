import { describe, expect, it } from "vitest";
import { LatencyHistogram } from "../../core/registry";
import { judgementDocument, VERDICT_ORDER } from "../../core/report";
import { type MetricFamily, type MetricsInput, metricFamilies } from "../../core/report/metrics";
import { copy, EVERY_VERDICT } from "./judged";

const NOTHING = { selected: {}, failures: [] };
const STATUS = { catalogValid: true, counts: { complete: 1, incomplete: 0, failed: 0 } };

function families(over: Partial<MetricsInput> = {}): readonly MetricFamily[] {
    return metricFamilies({ version: "1.2.3", environment: "prod", status: STATUS, requests: [], ...over });
}

function standing(judged = EVERY_VERDICT, over: Partial<MetricsInput["document"]> = {}) {
    const part = judgementDocument(judged, NOTHING);
    return { document: { ...part, environment: "prod", registries: [], pulls: [], ...over } };
}

/** `{labels} value` of a family's samples, without the labels that are the same everywhere. */
function samples(all: readonly MetricFamily[], name: string, ...labels: string[]): string[] {
    const family = all.find((one) => one.name === name);
    return (family?.samples ?? []).map(
        (one) => `${labels.map((label) => one.labels[label]).join(" ")} ${one.value}${one.series ?? ""}`,
    );
}

describe("The metrics of a look", () => {
    it("say 1 of what is proven well, 0 of what is proven wrong, and nothing of what is proven neither way", () => {
        const all = families(standing());
        expect(samples(all, "transship_image_consistent", "tag")).toEqual([
            "1 1",
            "1 1",
            "2 0",
            "3 0",
            "4 0",
            "5 0",
            "9 1",
            "10 0",
            "11 0",
        ]);
        // unknown, waiting, moved-upstream
        expect(samples(all, "transship_image_verdict", "tag", "verdict")).toEqual([
            "2 different 1",
            "3 locked-mismatch 1",
            "4 missing 1",
            "5 pending 1",
            "6 unknown 1",
            "7 waiting 1",
            "8 moved-upstream 1",
            "9 subset 1",
            "10 stale 1",
            "11 same-content 1",
        ]);
    });

    it("count every verdict at every registry, zeros too", () => {
        const counts = samples(families(standing()), "transship_copies", "registry", "verdict");
        expect(counts).toHaveLength(2 * VERDICT_ORDER.length);
        expect(counts).toContain("ghcr unknown 1");
        expect(counts).toContain("hub unknown 0");
    });

    it("name each copy by labels that no other has, also where a tag goes to two names at one registry", () => {
        const twins = [
            copy(),
            copy({ reference: "stable" }),
            copy({ role: "source", registry: "ghcr", repository: "a/b" }),
        ];
        const all = families(standing(twins));
        const labels = all
            .filter(({ name }) => name === "transship_image_consistent")
            .flatMap((family) => family.samples.map((one) => JSON.stringify(one.labels)));
        expect(new Set(labels).size).toBe(3);
        expect(JSON.parse(labels[1] ?? "")).toEqual({
            environment: "prod",
            image: "vault",
            tag: "1",
            registry: "ghcr",
            repository: "acme/vault",
            reference: "stable",
        });
    });

    it("tell a waiver and its end beside the drift, by the same labels", () => {
        const waived = { until: "2026-12-01T00:00:00Z", reason: "moving" };
        const all = families(standing([copy({ verdict: "different", waived }), copy({ tag: "2" })]));
        expect(samples(all, "transship_image_consistent", "tag")).toEqual(["1 0", "2 1"]);
        expect(samples(all, "transship_image_waived", "tag")).toEqual(["1 1"]);
        expect(samples(all, "transship_image_waiver_end_timestamp_seconds", "tag")).toEqual(["1 1796083200"]);
    });

    it("tell findings once each, 0 while they are waived, and what selectors could not choose", () => {
        const finding = { code: "NOT_PUBLIC", severity: "drift", image: "a", tag: "1", message: "m" } as const;
        const waived = { until: "2026-12-01T00:00:00Z", reason: "r" };
        const problem = { status: "empty", registry: "hub", repository: "r", code: "NO_TAGS", message: "m" } as const;
        const all = families(
            standing([], {
                findings: [finding, { ...finding, waived }, { ...finding, image: "b", waived }],
                selections: [{ image: "c", tags: [], problems: [problem, { ...problem, message: "n" }] }],
            }),
        );
        expect(samples(all, "transship_finding", "image", "code")).toEqual(["a NOT_PUBLIC 1", "b NOT_PUBLIC 0"]);
        expect(samples(all, "transship_selection_problem", "image", "status")).toEqual(["c empty 1"]);
    });

    it("tell of registries whether they could be asked, and an account's pulls for each that shares it", () => {
        const registry = (name: string, up?: boolean) => ({
            name,
            host: `${name}.io`,
            kind: "other",
            requests: 1,
            ...(up === undefined ? {} : { up }),
        });
        const pulls = [
            { host: "docker.io", registries: ["hub", "hub2"], limit: 100, remaining: 76, windowSeconds: 1, keeps: 20 },
        ];
        const registries = [registry("hub", true), registry("ecr", false), registry("idle")];
        const all = families(standing([], { registries, pulls }));
        expect(samples(all, "transship_registry_up", "registry", "host")).toEqual(["hub hub.io 1", "ecr ecr.io 0"]);
        expect(samples(all, "transship_pulls_remaining", "registry", "host")).toEqual([
            "hub hub.io 76",
            "hub2 docker.io 76",
        ]);
        expect(samples(all, "transship_pulls_kept", "registry")).toEqual(["hub 20", "hub2 20"]);
    });

    it("have latency in seconds, by buckets that add up", () => {
        const latency = new LatencyHistogram();
        for (const ms of [0.5, 1, 3, 40, 40_000]) {
            latency.note(ms);
        }
        const total = { registry: "hub", host: "h", byMethod: { HEAD: 6 }, retries: 1, rateLimited: 0 };
        const all = families({ requests: [{ ...total, latency: { HEAD: latency } }] });
        const lines = samples(all, "transship_registry_request_duration_seconds", "method", "le");
        expect(lines.slice(0, 6)).toEqual([
            "HEAD 0.001 2bucket",
            "HEAD 0.0025 2bucket",
            "HEAD 0.005 3bucket",
            "HEAD 0.01 3bucket",
            "HEAD 0.025 3bucket",
            "HEAD 0.05 4bucket",
        ]);
        expect(lines.slice(-4)).toEqual([
            "HEAD 25 4bucket",
            "HEAD +Inf 5bucket",
            expect.stringMatching(/^HEAD {2}40\.0445\d*sum$/),
            "HEAD  5count",
        ]);
        expect(samples(all, "transship_registry_requests_total", "registry", "method")).toEqual(["hub HEAD 6"]);
    });

    it("are the same families before the first look, with nothing said of any image", () => {
        const before = families();
        expect(before.map(({ name }) => name)).toEqual(families(standing()).map(({ name }) => name));
        const told = before.filter((family) => family.samples.length > 0).map(({ name }) => name);
        expect(told).toEqual(["transship_build_info", "transship_looks_total", "transship_catalog_valid"]);
    });
});
