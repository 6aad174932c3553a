import { describe, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { catalogFor, statusOf } from "../mirror/world";
import { embedded } from "../support/embedded";
import { imageIndex, pushTree } from "../support/images";
import { fleetInputs, gateInputs, newFleet, newGate } from "./stack";

const NOW = new Date("2026-01-01T12:00:00");

async function story(limit: number, keepRemaining: number, count: number) {
    let clock = Date.parse("2026-01-01T00:00:00Z");
    const hub = await embedded({ pullLimit: { limit, windowSeconds: 21_600 }, now: () => clock });
    const target = await embedded();
    const images: Record<string, object> = {};
    for (let number = 0; number < count; number += 1) {
        await pushTree(hub.host, `acme/app-${number}`, imageIndex(), { tag: "1" });
        images[`app-${number}`] = { source: `${hub.host}/acme/app-${number}`, tags: ["1"], targets: ["ghcr"] };
    }
    const openAgain = () => {
        clock += 21_600_000;
    };
    return { hub, target, openAgain, catalog: catalogFor({ hub, ghcr: target }, images, { hub: { keepRemaining } }) };
}

const carried = async (target: EmbeddedRegistry, count: number) => {
    const statuses = await Promise.all(
        Array.from({ length: count }, (_, number) => statusOf(target, `mirror/acme/app-${number}`, "1")),
    );
    return statuses.filter((status) => status === 200).length;
};

describe("a fleet and a pull limit", () => {
    it("tells before the start what it costs, then spends that, then nothing, and says no more of it", async () => {
        const { hub, catalog } = await story(100, 20, 3);
        const fleet = newFleet(() => NOW);
        const preview = await fleet.preview(fleetInputs(catalog));
        expect(preview.lines).toEqual([`pulls of ${hub.host}: about 9 needed, 100 of 100 are left, 20 kept back`]);
        expect(hub.pullsSpent).toBe(0);
        const first = await fleet.up(fleetInputs(catalog));
        expect(first.lines.at(-1)).toBe(`carried 3 tags, verified by digest, 9 pulls of ${hub.host} spent`);
        expect(fleet.state?.inputs.observed?.cost.pulls).toEqual({
            [hub.host]: { needs: 9, left: 100, keeps: 20, deferred: 0 },
        });
        expect(hub.pullsSpent).toBe(9);
        expect(await fleet.preview(fleetInputs(catalog))).toEqual({ step: "same", lines: [], reasons: [] });
        expect(await fleet.up(fleetInputs(catalog))).toEqual({ step: "same", lines: [], reasons: [] });
        expect(fleet.state?.inputs.observed?.cost).toEqual({ heads: 6, carries: 0 });
        expect(hub.pullsSpent).toBe(9);
    });

    it("carries what fits, fails with one sentence, keeps the gate shut, and goes on when the window opens again", async () => {
        const { hub, target, catalog, openAgain } = await story(10, 3, 4);
        const fleet = newFleet(() => NOW);
        const preview = await fleet.preview(fleetInputs(catalog));
        expect(preview.lines).toEqual([
            `pulls of ${hub.host}: about 12 needed, 10 of 10 are left, 3 kept back; 2 tags wait: its window is 6 h, so by ` +
                "18:00 at the latest all of them are back; run it again then, or earlier for some, and it goes on where it stopped",
        ]);
        const first = await fleet.up(fleetInputs(catalog));
        expect(first).toMatchObject({
            step: "failed",
            reasons: [
                `PULL_BUDGET: 2 tags wait for the pulls of ${hub.host}, of which 4 of 10 are left, 3 kept back; its window ` +
                    "is 6 h, so by 18:00 at the latest all of them are back; run it again then, or earlier for some, and " +
                    "it goes on where it stopped",
            ],
        });
        expect([hub.pullsSpent, await carried(target, 4)]).toEqual([6, 2]);
        expect(fleet.outputs.observed).toMatchObject({ consistent: 6 });
        expect(Object.keys(fleet.outputs.proven)).toHaveLength(2);
        expect(fleet.outputs.attempted).toEqual({});
        expect((await newGate(() => NOW).up(gateInputs(catalog))).step).toBe("failed");

        openAgain();
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("update");
        expect([hub.pullsSpent, await carried(target, 4)]).toEqual([12, 4]);
        expect((await fleet.up(fleetInputs(catalog))).step).toBe("same");
    });

    it("shares one limit with a fleet that works beside it in the same process", async () => {
        const { hub, target, catalog } = await story(20, 5, 8);
        const half = (names: readonly string[], more: object) => {
            const images = Object.fromEntries(names.map((name) => [name, catalog.images[name]]));
            return { ...catalog, images, ...more } as typeof catalog;
        };
        const names = Object.keys(catalog.images);
        const one = newFleet(() => NOW);
        const session = one.session();
        const registries = { ...catalog.registries, ghcr: { ...catalog.registries.ghcr, concurrency: 7 } };
        // Other settings of a target, so that each fleet has connections of its own.
        const two = half(names.slice(4), { registries });
        await Promise.all([
            one.up(fleetInputs(half(names.slice(0, 4), {}), { fleet: "one" }), session),
            newFleet(() => NOW).up(fleetInputs(two, { fleet: "two" }), session),
        ]);
        expect(hub.pullsSpent).toBeLessThanOrEqual(15);
        expect(hub.pullsSpent).toBeGreaterThanOrEqual(12);
        expect(await carried(target, 8)).toBeGreaterThanOrEqual(4);
    });
});
