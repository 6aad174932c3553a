import { beforeEach, expect, it } from "vitest";
import { quotaKind } from "../../../core/lifecycle/harbor/quota";
import type { QuotaInputs, QuotaState } from "../../../core/lifecycle/harbor/types";
import { addProject, describeHarbor, FAULTS, type LocalHarbor, removeProject } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

const GIB = 2 ** 30;

describeHarbor("A quota of Harbor", () => {
    let harbor: LocalHarbor;
    let quota: Resource<QuotaInputs, QuotaState>;
    let inputs: QuotaInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "mirror");
        quota = objectOf(quotaKind);
        inputs = { url: harbor.url, name: "storage", project: "mirror", credentials: "harbor", storage: "50GiB" };
    });

    const title = () => `quota of project mirror at ${new URL(harbor.url).host}`;
    const row = () => {
        const id = harbor.world.project("mirror")?.project_id;
        return [...harbor.world.quotas.values()].find(({ project_id }) => project_id === id);
    };
    const storage = () => row()?.hard.storage;
    const byHand = (bytes: number) => harbor.byHand("PUT", `/quotas/${row()?.id}`, { hard: { storage: bytes } });
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));

    it("is set by the first up, where it is what Harbor gives to every project", async () => {
        expect(await quota.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        expect(storage()).toBe(-1);
        expect((await quota.up(inputs)).step).toBe("create");
        expect(storage()).toBe(50 * GIB);
        expect(quota.outputs).toMatchObject({ objectId: row()?.id, adopted: false, observed: {} });
        harbor.asked();
        expect((await quota.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /projects/mirror", "GET /quotas"]);
    });

    it("that is wanted as every project has it is ours all the same", async () => {
        const unlimited = { ...inputs, storage: "unlimited" };
        await quota.up(unlimited);
        expect((await quota.up(unlimited)).step).toBe("same");
        byHand(GIB);
        expect((await quota.preview(unlimited)).lines).toEqual([`${title()}: storage: have 1GiB, want unlimited`]);
        await quota.up(unlimited);
        expect(storage()).toBe(-1);
    });

    it.each([
        [1500, 1500],
        ["1.5GiB", 1.5 * GIB],
        ["2TiB", 2048 * GIB],
        [-1, -1],
    ])("is %s: %d bytes", async (given, bytes) => {
        await quota.up({ ...inputs, storage: given });
        expect(storage()).toBe(bytes);
    });

    it("is changed where the program changes, and told where somebody did", async () => {
        await quota.up(inputs);
        harbor.asked();
        expect((await quota.up({ ...inputs, storage: "60GiB" })).lines).toEqual([]);
        expect(writes()).toEqual([`PUT /quotas/${row()?.id}`]);
        byHand(1500);
        const wanted = { ...inputs, storage: "60GiB" };
        expect(await quota.preview(wanted)).toEqual({
            step: "update",
            lines: [`${title()}: storage: have 1500 bytes, want 60GiB`],
            reasons: [],
        });
        await quota.refresh();
        expect(quota.outputs.observed).toEqual({ drift: ["storage: have 1500 bytes, want 60GiB"] });
        await quota.up(wanted);
        expect(storage()).toBe(60 * GIB);
        byHand(-1);
        expect((await quota.preview(wanted)).lines).toEqual([`${title()}: storage: have unlimited, want 60GiB`]);
    });

    it("that somebody has set, as a HarborProject with a quota does, is refused without adopt", async () => {
        byHand(GIB);
        const sentence = `There is a ${title()} already, which this stack did not make: set adopt: true to take it over.`;
        expect(await quota.preview(inputs)).toEqual({ step: "refused", lines: [], reasons: [sentence] });
        expect(storage()).toBe(GIB);
    });

    it("is adopted, and stays as it is after destroy", async () => {
        byHand(GIB);
        const adopting = { ...inputs, adopt: true };
        expect((await quota.preview(adopting)).lines).toEqual([
            `${title()}: taken over as it is there, and brought to what is wanted`,
            `${title()}: storage: have 1GiB, want 50GiB`,
        ]);
        await quota.up(adopting);
        expect((await quota.destroy()).lines).toEqual([`${title()}: it was there before this stack, and stays`]);
        expect(storage()).toBe(50 * GIB);
    });

    it("is what Harbor gives to new projects after destroy", async () => {
        await quota.up(inputs);
        harbor.byHand("PUT", "/configurations", { storage_per_project: 5 * GIB });
        expect((await quota.destroy()).step).toBe("deleted");
        expect(storage()).toBe(5 * GIB);
    });

    it("is unlimited after destroy, where the login may not read Harbor's settings", async () => {
        harbor.fail({ url: /\/configurations/, times: 99, ...FAULTS.forbidden() });
        await quota.up(inputs);
        await quota.destroy();
        expect(storage()).toBe(-1);
    });

    it("is not set back by a guess, where Harbor's settings cannot be asked", async () => {
        await quota.up(inputs);
        harbor.fail({ url: /\/configurations/, times: 99, ...FAULTS.broken() });
        const { reasons, step } = await quota.destroy();
        expect([step, ...reasons]).toEqual(["failed", expect.stringContaining("Could not read Harbor's settings")]);
        expect(storage()).toBe(50 * GIB);
    });

    it("of a Harbor whose quotas are off is an error that says so", async () => {
        harbor.world.quotas.clear();
        expect((await quota.up(inputs)).reasons).toEqual([
            `The project mirror at ${new URL(harbor.url).host} can have no quota: quotas are off in Harbor's settings. Turn them on there, or take the HarborQuota away.`,
        ]);
    });

    it("goes with its project, and comes again with it", async () => {
        await quota.up(inputs);
        removeProject(harbor.world, harbor.world.project("mirror") as never);
        expect((await quota.preview(inputs)).lines).toEqual([`${title()}: deleted there: it is made again`]);
        addProject(harbor.world, "mirror");
        await quota.up(inputs);
        expect(storage()).toBe(50 * GIB);
        removeProject(harbor.world, harbor.world.project("mirror") as never);
        await quota.refresh();
        expect(quota.state?.id).toBe("");
    });

    it.each([
        ["outage", FAULTS.badGateway],
        ["refusal", FAULTS.forbidden],
        ["limit", () => FAULTS.tooMany(3600)],
    ] as const)("that cannot be asked is no drift: %s", async (_what, fault) => {
        await quota.up(inputs);
        harbor.fail({ url: /\/quotas/, times: 99, ...fault() });
        const { lines, step } = await quota.up(inputs);
        expect(step).toBe("same");
        expect(lines).toEqual([expect.stringContaining("nothing can be said of it: Could not read the quota")]);
    });

    it("whose first answer is lost is known by a second look", async () => {
        harbor.fail({ method: "PUT", url: /\/quotas/, ...FAULTS.lost() });
        expect((await quota.up(inputs)).step).toBe("create");
        expect(quota.outputs.objectId).toBe(row()?.id);
        expect(harbor.counts().PUT).toBe(1);
    });

    it("whose change fails is made by the next up", async () => {
        await quota.up(inputs);
        harbor.fail({ method: "PUT", url: /\/quotas/, ...FAULTS.broken() });
        const wanted = { ...inputs, storage: "1GiB" };
        expect((await quota.up(wanted)).step).toBe("failed");
        expect((await quota.up(wanted)).step).toBe("update");
        expect(storage()).toBe(GIB);
    });

    it.each([
        ["lots", 'storage must be bytes, or a text such as "50GiB" or "unlimited"'],
        [0, 'storage must be bytes, or a text such as "50GiB" or "unlimited"'],
        [true, 'storage must be bytes, or a text such as "50GiB" or "unlimited"'],
    ])("of %s is refused in one sentence", async (given, sentence) => {
        expect((await quota.preview({ ...inputs, storage: given as never })).reasons).toEqual([sentence]);
        expect(harbor.asked()).toEqual([]);
    });
});
