import { describe, expect, it } from "vitest";
import { Exposition } from "../../../cli/exporter/exposition";
import type { MetricFamily } from "../../../core/report/metrics";

const FAMILY: MetricFamily = {
    name: "transship_test",
    help: "One sentence.",
    type: "gauge",
    samples: [{ labels: { image: 'a"b\\c\nd' }, value: 0.5 }],
};

describe("The text that Prometheus reads", () => {
    it("escapes what a label's value may hold", async () => {
        expect(await new Exposition(() => [FAMILY], false).text()).toBe(
            '# HELP transship_test One sentence.\n# TYPE transship_test gauge\ntransship_test{image="a\\"b\\\\c\\nd"} 0.5\n',
        );
    });

    it("is of the moment in which it is asked for", async () => {
        let families: readonly MetricFamily[] = [];
        const exposition = new Exposition(() => families, false);
        expect(await exposition.text()).toBe("\n");
        families = [FAMILY];
        expect(await exposition.text()).toContain("transship_test");
        families = [];
        expect(await exposition.text()).toBe("\n");
    });

    it("tells of the process, for a server, by the names of all Prometheus clients", async () => {
        const text = await new Exposition(() => [], true).text();
        expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
        expect(text).toMatch(/^process_cpu_seconds_total /m);
        expect(text).not.toMatch(/^nodejs_(?:eventloop|active|gc)/m);
    });

    it("renders a thousand images at three registries in far less than a scrape's time", async () => {
        const samples = Array.from({ length: 3000 }, (_, index) => ({
            labels: {
                environment: "prod",
                image: `image-${index % 1000}`,
                tag: "1.2.3",
                registry: `registry-${index % 3}`,
                repository: `mirror/team/image-${index % 1000}`,
                reference: "1.2.3",
            },
            value: 1,
        }));
        const exposition = new Exposition(() => [{ ...FAMILY, samples }], false);
        const started = performance.now();
        const text = await exposition.text();
        expect(performance.now() - started).toBeLessThan(2000);
        expect(text.split("\n")).toHaveLength(3003);
    });
});
