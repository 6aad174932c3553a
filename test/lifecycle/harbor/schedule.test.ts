import { beforeEach, describe, expect, it } from "vitest";
import type { HarborState } from "../../../core/lifecycle/harbor/kind";
import { scheduleKind } from "../../../core/lifecycle/harbor/schedule";
import type { ScheduleInputs } from "../../../core/lifecycle/harbor/types";
import { addProject, describeHarbor, FAULTS, type LocalHarbor } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

describeHarbor("A schedule of Harbor", () => {
    let harbor: LocalHarbor;
    let resource: Resource<ScheduleInputs, ScheduleInputs & HarborState>;
    let gc: ScheduleInputs;
    let scan: ScheduleInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        resource = objectOf(scheduleKind);
        const common = { url: harbor.url, credentials: "harbor", schedule: "daily" };
        gc = { ...common, name: "garbage-collection" };
        scan = { ...common, name: "scan-all" };
    });

    const host = () => new URL(harbor.url).host;
    const title = () => `schedule of garbage collection at ${host()}`;
    const there = (job: "gc" | "scanAll" = "gc") => harbor.world.schedules.get(job);
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const byHand = (body: object) => harbor.byHand("PUT", "/system/gc/schedule", body);

    it("of garbage collection is made with its parameters, and not asked to change again", async () => {
        const whole = { ...gc, deleteUntagged: true, workers: 3 };
        expect((await resource.up(whole)).step).toBe("create");
        expect(writes()).toEqual(["POST /system/gc/schedule"]);
        expect(there()).toMatchObject({
            type: "Daily",
            cron: "0 0 0 * * *",
            parameters: { delete_untagged: true, workers: 3 },
        });
        expect(resource.outputs).toMatchObject({ objectId: 1, adopted: false, observed: {} });
        expect((await resource.up({ ...whole, schedule: "0 0  0 * * *" })).step).toBe("update");
        expect((await resource.up({ ...whole, schedule: "0 0  0 * * *" })).step).toBe("same");
        expect(writes()).toEqual([]);
    });

    it("of the scan of all images is one of its own", async () => {
        expect((await resource.up(scan)).step).toBe("create");
        expect((await resource.up({ ...scan, schedule: "hourly" })).step).toBe("update");
        expect(writes()).toEqual(["POST /system/scanAll/schedule", "PUT /system/scanAll/schedule"]);
        expect(there("scanAll")).toMatchObject({ type: "Hourly", cron: "0 0 * * * *" });
        expect(there()).toBeUndefined();
        expect((await resource.up({ ...scan, schedule: "hourly" })).step).toBe("same");
        await resource.destroy();
        expect(there("scanAll")).toBeUndefined();
    });

    it("takes Harbor's words and crons, each as Harbor keeps it", async () => {
        for (const [schedule, type, cron] of [
            ["hourly", "Hourly", "0 0 * * * *"],
            ["weekly", "Weekly", "0 0 0 * * 0"],
            [" 0 30  2 * * MON", "Custom", "0 30 2 * * MON"],
        ] as const) {
            await resource.up({ ...gc, schedule });
            expect(there()).toMatchObject({ type, cron });
            expect((await resource.up({ ...gc, schedule })).step).toBe("same");
        }
    });

    it("keeps the parameters that the program does not name, of which Harbor takes all or none", async () => {
        await resource.up(gc);
        expect(there()?.parameters).toEqual({ delete_untagged: false, delete_tag: false, workers: 0 });
        byHand({ schedule: { type: "Daily", cron: "0 0 0 * * *" }, parameters: { delete_untagged: true, workers: 4 } });
        expect((await resource.up(gc)).step).toBe("same");
        await resource.up({ ...gc, schedule: "weekly" });
        expect(there()).toMatchObject({ type: "Weekly", parameters: { delete_untagged: true, workers: 4 } });
        await resource.up({ ...gc, schedule: "weekly", workers: 2 });
        expect(there()?.parameters).toEqual({ delete_untagged: true, delete_tag: false, workers: 2 });
    });

    it("has one worker where Harbor has none, which it does not take back", async () => {
        await resource.up({ ...gc, workers: 1 });
        byHand({ schedule: { type: "Daily", cron: "0 0 0 * * *" } });
        expect((await resource.up({ ...gc, workers: 1 })).step).toBe("same");
        expect((await resource.up({ ...gc, deleteUntagged: true })).step).toBe("update");
        expect(there()?.parameters).toMatchObject({ delete_untagged: true, workers: 0 });
    });

    it.each([
        ["schedule", { schedule: { type: "Weekly", cron: "0 0 0 * * 0" } }, ["schedule: have weekly, want daily"]],
        ["cron", { schedule: { type: "Custom", cron: "0 5 4 * * *" } }, ["schedule: have 0 5 4 * * *, want daily"]],
        [
            "parameters",
            { schedule: { type: "Daily", cron: "0 0 0 * * *" }, parameters: { workers: 9, delete_untagged: false } },
            ["deleteUntagged: have false, want true", "workers: have 9, want 3"],
        ],
    ])("whose %s somebody changed is told and put right, although Harbor makes it anew", async (_what, body, lines) => {
        const whole = { ...gc, deleteUntagged: true, workers: 3 };
        await resource.up(whole);
        const parameters = { delete_untagged: true, workers: 3 };
        byHand({ parameters, ...body });
        const preview = await resource.preview(whole);
        expect([preview.step, ...preview.lines]).toEqual(["update", ...lines.map((line) => `${title()}: ${line}`)]);
        expect((await resource.refresh()).lines).toEqual(preview.lines);
        harbor.asked();
        await resource.up(whole);
        expect(writes()).toEqual(["PUT /system/gc/schedule"]);
        expect((await resource.up(whole)).step).toBe("same");
    });

    it("that somebody ended is made again", async () => {
        await resource.up(gc);
        byHand({ schedule: { type: "None" } });
        expect((await resource.preview(gc)).lines).toEqual([`${title()}: deleted there: it is made again`]);
        await resource.up(gc);
        expect(there()?.type).toBe("Daily");
        expect((await resource.up(gc)).step).toBe("same");
    });

    describe.each(["garbage-collection", "scan-all"] as const)("that is manual, of %s,", (name) => {
        const job = name === "scan-all" ? "scanAll" : "gc";

        it("is none, and stays the same; one that somebody makes is ended", async () => {
            const manual = { ...gc, name, schedule: "manual" };
            expect((await resource.up(manual)).step).toBe("create");
            expect(writes()).toEqual([]);
            expect((await resource.up(manual)).step).toBe("same");
            harbor.byHand("PUT", `/system/${job}/schedule`, { schedule: { type: "Weekly", cron: "0 0 0 * * 0" } });
            expect((await resource.preview(manual)).lines).toEqual([
                expect.stringContaining("schedule: have weekly, want manual"),
            ]);
            await resource.refresh();
            expect((await resource.up(manual)).step).toBe("update");
            expect(there(job)).toBeUndefined();
            expect((await resource.up(manual)).step).toBe("same");
            expect((await resource.destroy()).step).toBe("deleted");
        });

        it("becomes one by the clock, and is manual again, without ever being taken for deleted", async () => {
            const manual = { ...gc, name, schedule: "manual" };
            await resource.up(manual);
            await resource.up(manual);
            const clock = { ...manual, schedule: "weekly" };
            expect(await resource.up(clock)).toMatchObject({ step: "update", lines: [] });
            expect(there(job)?.type).toBe("Weekly");
            expect(await resource.up(manual)).toMatchObject({ step: "update", lines: [] });
            expect(there(job)).toBeUndefined();
            expect((await resource.up(manual)).step).toBe("same");
        });
    });

    it("that is there already is refused, then adopted, and stays after destroy", async () => {
        byHand({ schedule: { type: "Weekly", cron: "0 0 0 * * 0" }, parameters: { workers: 5 } });
        expect((await resource.preview(gc)).reasons).toEqual([
            `There is a ${title()} already, which this stack did not make: set adopt: true to take it over.`,
        ]);
        expect((await resource.preview({ ...gc, schedule: "manual" })).reasons).toHaveLength(1);
        const { lines, step } = await resource.up({ ...gc, adopt: true });
        expect([step, ...lines]).toEqual([
            "create",
            `${title()}: taken over as it is there, and brought to what is wanted`,
            `${title()}: schedule: have weekly, want daily`,
        ]);
        expect(there()).toMatchObject({ type: "Daily", parameters: { workers: 5 } });
        await resource.destroy();
        expect(there()?.type).toBe("Daily");
    });

    it("is ended by destroy", async () => {
        await resource.up(gc);
        await resource.up(gc);
        expect((await resource.destroy()).step).toBe("deleted");
        expect(there()).toBeUndefined();
    });

    it("that would empty a proxy cache is refused with the reason, unless that is meant", async () => {
        const untagged = { ...gc, deleteUntagged: true };
        harbor.byHand("POST", "/registries", { name: "hub", type: "docker-hub", url: "https://hub.docker.com" });
        addProject(harbor.world, "cache", { registry: 1 });
        const reason = `deleteUntagged empties the proxy cache of cache at ${host()}, where whatever was pulled by digest has no tag (goharbor/harbor#23570): take it away, or set allowWithProxyCache: true`;
        expect((await resource.preview(untagged)).reasons).toEqual([
            `The schedule of garbage collection is refused: ${reason}.`,
        ]);
        expect((await resource.preview(gc)).reasons).toEqual([]);
        expect((await resource.up({ ...untagged, allowWithProxyCache: true })).step).toBe("create");
        expect(there()?.parameters.delete_untagged).toBe(true);
    });

    it("is told at every preview of a proxy cache that came later", async () => {
        const untagged = { ...gc, deleteUntagged: true };
        await resource.up(untagged);
        harbor.byHand("POST", "/registries", { name: "hub", type: "docker-hub", url: "https://hub.docker.com" });
        addProject(harbor.world, "cache", { registry: 1 });
        const { lines, step } = await resource.preview(untagged);
        expect([step, ...lines]).toEqual([
            "same",
            expect.stringContaining(`${title()}: deleteUntagged empties the proxy cache of cache`),
        ]);
        byHand({ schedule: { type: "None" } });
        expect((await resource.preview(untagged)).reasons).toEqual([
            expect.stringMatching(/^The schedule of garbage collection is refused: deleteUntagged empties/),
        ]);
    });

    it.each<[mistake: string, inputs: object, reason: RegExp]>([
        ["no job", { name: "replication" }, /^job must be "garbage-collection" or "scan-all"/],
        ["no cron", { schedule: "yearly" }, /^schedule has one field and not six: .*; or it is "hourly"/],
        ["five fields", { schedule: "0 2 * * *" }, /^schedule has 5 fields and not six/],
        ["seconds", { schedule: "30 0 2 * * *" }, /must have 0 as its first field/],
        ["no worker", { workers: 0 }, /^workers must be 1 or more/],
        ["too many workers", { workers: 11 }, /^workers must be 10 or less/],
        ["workers that scan", { name: "scan-all", workers: 2 }, /are of garbage collection/],
        ["parameters of nothing", { schedule: "manual", deleteUntagged: true }, /^with the schedule "manual"/],
    ])("with a mistake is refused in one sentence: %s", async (_mistake, wrong, reason) => {
        expect((await resource.preview({ ...gc, ...wrong })).reasons).toEqual([expect.stringMatching(reason)]);
        expect(harbor.asked()).toEqual([]);
    });

    it("of a scan without a scanner is refused in Harbor's words", async () => {
        harbor.world.hasScanner = false;
        expect((await resource.preview(scan)).reasons).toEqual([expect.stringMatching(/"no scanner is configured, /)]);
    });

    it.each([
        ["refused", FAULTS.broken],
        ["lost", FAULTS.lost],
    ] as const)("whose change was %s is mended by the next run", async (_how, fault) => {
        await resource.up(gc);
        harbor.fail({ method: "PUT", ...fault() });
        const weekly = { ...gc, schedule: "weekly", workers: 2 };
        expect((await resource.up(weekly)).step).toBe("failed");
        expect((await resource.up(weekly)).step).toBe("update");
        expect(there()).toMatchObject({ type: "Weekly", parameters: { workers: 2 } });
        expect((await resource.up(weekly)).step).toBe("same");
    });

    it("whose making had a lost answer is there once, and the same", async () => {
        harbor.fail({ method: "POST", ...FAULTS.lost() });
        expect((await resource.up(gc)).step).toBe("create");
        expect((await resource.up(gc)).step).toBe("same");
    });
});
