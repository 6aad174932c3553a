import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import { labelKind } from "../../../core/lifecycle/harbor/label";
import type { LabelInputs, LabelState } from "../../../core/lifecycle/harbor/types";
import { addProject, describeHarbor, FAULTS, type LocalHarbor } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

describeHarbor("A label of Harbor", () => {
    let harbor: LocalHarbor;
    let label: Resource<LabelInputs, LabelState>;
    let inputs: LabelInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "mirror");
        label = objectOf(labelKind);
        inputs = { url: harbor.url, name: "stable", credentials: "harbor", color: "#0065ab" };
    });

    const host = () => new URL(harbor.url).host;
    const all = () => [...harbor.world.labels.values()];
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));

    it("of the whole Harbor is made, stays, changes and is deleted", async () => {
        expect(await label.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        await label.up(inputs);
        expect(all()).toMatchObject([{ name: "stable", scope: "g", project_id: 0, color: "#0065ab" }]);
        harbor.asked();
        expect((await label.up({ ...inputs, color: "#0065AB" })).step).toBe("update");
        expect(writes()).toEqual([]);
        await label.up({ ...inputs, color: "#FF0000", description: "goes to production" });
        expect(writes()).toEqual([`PUT /labels/${all()[0]?.id}`]);
        expect(all()).toMatchObject([{ color: "#FF0000", description: "goes to production", scope: "g" }]);
        await label.destroy();
        expect(all()).toEqual([]);
    });

    it("of a project is another one than that of the whole Harbor, and than another project's", async () => {
        await label.up(inputs);
        const other = { ...inputs, project: "mirror" };
        label.state = undefined;
        await label.up(other);
        expect(all().map(({ project_id, scope }) => [scope, project_id])).toEqual([
            ["g", 0],
            ["p", harbor.world.project("mirror")?.project_id],
        ]);
        harbor.asked();
        expect((await label.up(other)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /projects/mirror", "GET /labels"]);
        const hooks = harborHooks(labelKind, () => label.session());
        expect(await hooks.diff("", label.outputs, { ...inputs, project: "library" })).toMatchObject({
            replaces: ["project"],
        });
        await label.destroy();
        expect(all().map(({ scope }) => scope)).toEqual(["g"]);
    });

    it("is renamed as the same one, which the images keep", async () => {
        await label.up(inputs);
        const [{ id } = { id: 0 }] = all();
        await label.up({ ...inputs, name: "released" });
        expect(all()).toMatchObject([{ id, name: "released", color: "#0065ab" }]);
        harbor.fail({ method: "PUT", ...FAULTS.lost() });
        expect((await label.up({ ...inputs, name: "final" })).step).toBe("failed");
        expect((await label.up({ ...inputs, name: "final" })).step).toBe("update");
        expect(all()).toMatchObject([{ id, name: "final" }]);
        expect((await label.up({ ...inputs, name: "final" })).step).toBe("same");
    });

    it("that somebody changed is told field by field at the preview and at a refresh, and put right", async () => {
        const wished = { ...inputs, description: "ours" };
        await label.up(wished);
        Object.assign(all()[0] ?? {}, { color: "#FFFFFF", description: "theirs" });
        const drift = ["color: have #FFFFFF, want #0065AB", "description: have theirs, want ours"];
        expect((await label.preview(wished)).lines).toEqual(drift.map((line) => `label stable at ${host()}: ${line}`));
        await label.refresh();
        expect(label.outputs.observed).toEqual({ drift });
        await label.up(wished);
        expect(all()).toMatchObject([{ color: "#0065ab", description: "ours" }]);
        expect((await label.up(wished)).step).toBe("same");
    });

    it("that nobody described keeps the description and the colour that somebody gave it", async () => {
        const plain = { ...inputs, color: undefined };
        await label.up(plain);
        Object.assign(all()[0] ?? {}, { color: "#FFFFFF", description: "theirs" });
        expect((await label.up(plain)).step).toBe("same");
        await label.up({ ...plain, name: "released" });
        expect(all()).toMatchObject([{ name: "released", color: "#FFFFFF", description: "theirs" }]);
    });

    it("that is there already is refused, adopted where it is asked for, and left by destroy", async () => {
        const project_id = harbor.world.project("mirror")?.project_id;
        harbor.byHand("POST", "/labels", { name: "stable", scope: "p", project_id, color: "#FFFFFF" });
        const own = { ...inputs, project: "mirror" };
        expect((await label.preview(own)).reasons).toEqual([
            expect.stringMatching(/^There is a label stable of project mirror at \S+ already, .* set adopt: true/),
        ]);
        await label.up({ ...own, adopt: true });
        expect(all()).toMatchObject([{ color: "#0065ab" }]);
        await label.destroy();
        expect(all()).toHaveLength(1);
    });

    it("that is gone is made again, and one that was made anew by somebody is not taken for it", async () => {
        await label.up(inputs);
        harbor.world.labels.clear();
        expect((await label.up(inputs)).lines).toEqual([`label stable at ${host()}: deleted there: it is made again`]);
        await label.up(inputs);
        harbor.world.labels.clear();
        harbor.byHand("POST", "/labels", { name: "stable", scope: "g", color: "#0065ab" });
        expect((await label.preview(inputs)).reasons).toEqual([
            expect.stringContaining("is not the one that this stack made"),
        ]);
        await label.destroy();
        expect(all()).toHaveLength(1);
    });

    it("whose creation nobody was told of is found, and mended where it was refused", async () => {
        harbor.fail({ method: "POST", url: "/labels", ...FAULTS.lost() });
        expect((await label.up(inputs)).step).toBe("create");
        expect(all()).toHaveLength(1);
        expect(label.outputs.adopted).toBe(false);
        harbor.fail({ method: "PUT", ...FAULTS.broken() });
        expect((await label.up({ ...inputs, color: "#FF0000" })).step).toBe("failed");
        expect((await label.up({ ...inputs, color: "#FF0000" })).step).toBe("update");
        expect(all()).toMatchObject([{ color: "#FF0000" }]);
    });

    it("of a project that is not there yet is made later, and says so", async () => {
        const later = { ...inputs, project: "later" };
        expect((await label.preview(later)).step).toBe("create");
        const { reasons, step } = await label.up(later);
        expect([step, ...reasons]).toEqual([
            "failed",
            `Could not create the label stable: there is no project later at Harbor at ${host()}: make it first, or check its name.`,
        ]);
    });

    it.each([
        [{ color: "blue" }, "color must be a colour as Harbor's pages take it, such as #0065AB"],
        [{ name: "" }, "name is empty"],
        [{ name: "x".repeat(129) }, "name has more than 128 characters"],
    ])("with %j is refused before Harbor is asked", async (more, sentence) => {
        const refused = { step: "refused", lines: [], reasons: [sentence] };
        expect(await label.preview({ ...inputs, ...more })).toEqual(refused);
        expect(harbor.asked()).toEqual([]);
    });
});
