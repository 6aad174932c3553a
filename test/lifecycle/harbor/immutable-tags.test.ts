import { beforeEach, expect, it } from "vitest";
import { immutableTagsKind } from "../../../core/lifecycle/harbor/immutable-tags";
import type { ImmutableTagsInputs, ImmutableTagsState } from "../../../core/lifecycle/harbor/types";
import { addProject, describeHarbor, FAULTS, type LocalHarbor } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

const RULES = "/projects/mirror/immutabletagrules";
const rule = (decoration: string, pattern: string) => ({
    action: "immutable",
    template: "immutable_template",
    tag_selectors: [{ kind: "doublestar", decoration, pattern }],
    scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }] },
});

describeHarbor("Immutable tags of Harbor", () => {
    let harbor: LocalHarbor;
    let tags: Resource<ImmutableTagsInputs, ImmutableTagsState>;
    let inputs: ImmutableTagsInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "mirror");
        tags = newTags();
        inputs = { url: harbor.url, name: "releases", project: "mirror", credentials: "harbor" };
    });

    const newTags = (): Resource<ImmutableTagsInputs, ImmutableTagsState> => objectOf(immutableTagsKind);
    const title = (content = "repositories **, tags all but sha256-*") =>
        `rule of immutable tags (${content}) of project mirror at ${new URL(harbor.url).host}`;
    const all = () => [...harbor.world.immutableRules.values()];
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const sent = () => harbor.log.filter(({ method }) => method === "PUT").map(({ body }) => body);

    it("are one rule, which leaves out signatures unless the program says otherwise", async () => {
        expect(await tags.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        expect((await tags.up(inputs)).step).toBe("create");
        expect(all()).toMatchObject([{ ...rule("excludes", "sha256-*"), disabled: false }]);
        expect(tags.outputs).toMatchObject({ objectId: all()[0]?.id, adopted: false, observed: {} });
        harbor.asked();
        expect((await tags.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", `GET ${RULES}`]);
    });

    it.each([
        [{ matches: "**" }, true],
        [{ matches: "*" }, true],
        [{ matches: "{v*,sha256-*}" }, true],
        [{ excludes: "latest" }, true],
        [{ excludes: "{latest,sha256-*}" }, false],
        [{ matches: "v*" }, false],
    ] as const)("warn of signatures that cannot be added: %j, %s", async (given, isWarned) => {
        const { lines, step } = await tags.up({ ...inputs, tags: given });
        expect(step).toBe("create");
        expect(lines.filter((line) => line.includes("a second signature of an image will be refused"))).toHaveLength(
            isWarned ? 1 : 0,
        );
        expect((await tags.up({ ...inputs, tags: given })).lines).toEqual([]);
    });

    it("are made disabled by two requests, since Harbor makes none so", async () => {
        await tags.up({ ...inputs, disabled: true });
        expect(writes()).toEqual([`POST ${RULES}`, `PUT ${RULES}/1`]);
        expect(all()).toMatchObject([{ disabled: true }]);
        expect((await tags.up({ ...inputs, disabled: true })).step).toBe("same");
    });

    it("stay the same rule when what they say changes, even by the first change after they were made", async () => {
        await tags.up(inputs);
        const { lines, step } = await tags.preview({ ...inputs, tags: { matches: "v*" } });
        expect({ lines, step }).toEqual({ lines: [], step: "update" });
        harbor.asked();
        await tags.up({ ...inputs, tags: { matches: "v*" }, repositories: { excludes: "scratch/**" } });
        expect(writes()).toEqual([`PUT ${RULES}/1`]);
        expect(all()).toMatchObject([{ id: 1, tag_selectors: [{ decoration: "matches", pattern: "v*" }] }]);
        expect(all()[0]?.scope_selectors.repository).toMatchObject([
            { decoration: "repoExcludes", pattern: "scratch/**" },
        ]);
    });

    it("are switched and changed by two requests, and never enforced with what they no longer say", async () => {
        await tags.up(inputs);
        harbor.log.length = 0;
        await tags.up({ ...inputs, tags: { matches: "v*" }, disabled: true });
        expect(sent()).toMatchObject([
            { id: 1, disabled: true, ...rule("excludes", "sha256-*") },
            { id: 1, disabled: true, ...rule("matches", "v*") },
        ]);
        harbor.log.length = 0;
        await tags.up({ ...inputs, tags: { matches: "w*" } });
        expect(sent()).toMatchObject([
            { id: 1, disabled: true, ...rule("matches", "w*") },
            { id: 1, disabled: false, ...rule("matches", "w*") },
        ]);
        expect(all()).toMatchObject([{ disabled: false, ...rule("matches", "w*") }]);
    });

    it("of which the second request fails are brought to the end by the next up", async () => {
        await tags.up(inputs);
        const wanted = { ...inputs, tags: { matches: "v*" }, disabled: true };
        harbor.fail({ method: "PUT", url: /immutabletagrules/, times: 1, ...FAULTS.lost() });
        expect((await tags.up(wanted)).step).toBe("failed");
        expect(all()).toMatchObject([{ disabled: true, ...rule("excludes", "sha256-*") }]);
        harbor.asked();
        expect((await tags.up(wanted)).step).toBe("update");
        expect(writes()).toEqual([`PUT ${RULES}/1`]);
        expect(all()).toMatchObject([{ disabled: true, ...rule("matches", "v*") }]);
        expect((await tags.up(wanted)).step).toBe("same");
    });

    it("that somebody changed are told field by field, and put right", async () => {
        await tags.up(inputs);
        await tags.up(inputs);
        harbor.byHand("PUT", `${RULES}/1`, { id: 1, ...rule("matches", "v1") });
        harbor.byHand("PUT", `${RULES}/1`, { id: 1, ...rule("matches", "v1"), disabled: true });
        const told = ["tags: have v1, want all but sha256-*", "disabled: have true, want false"];
        expect(await tags.preview(inputs)).toEqual({
            step: "update",
            lines: told.map((line) => `${title()}: ${line}`),
            reasons: [],
        });
        await tags.refresh();
        expect(tags.outputs.observed).toEqual({ drift: told });
        await tags.up(inputs);
        expect(all()).toMatchObject([{ id: 1, disabled: false, ...rule("excludes", "sha256-*") }]);
        expect((await tags.up(inputs)).step).toBe("same");
    });

    it("that somebody changed before a second look are put right, and not made twice", async () => {
        await tags.up(inputs);
        harbor.byHand("PUT", `${RULES}/1`, { id: 1, ...rule("matches", "v1") });
        const { lines, step } = await tags.preview(inputs);
        expect([step, ...lines]).toEqual([
            "update",
            `${title()}: changed or deleted there: it is put right, or made again`,
        ]);
        await tags.up(inputs);
        expect(all()).toMatchObject([{ id: 1, ...rule("excludes", "sha256-*") }]);
    });

    it("keep what only a newer Harbor knows", async () => {
        await tags.up(inputs);
        harbor.newer = (method, url, json) =>
            method === "GET" && url.includes("immutabletagrules") && Array.isArray(json)
                ? json.map((one) => ({ ...one, priority: 3, brand_new: true }))
                : json;
        harbor.log.length = 0;
        await tags.up({ ...inputs, tags: { matches: "v*" } });
        expect(sent()).toMatchObject([{ priority: 3, brand_new: true }]);
        harbor.violations.length = 0;
    });

    it("that are there already are refused, and others are no business of ours", async () => {
        harbor.byHand("POST", RULES, rule("matches", "v*"));
        expect((await tags.preview(inputs)).step).toBe("create");
        harbor.byHand("POST", RULES, rule("excludes", "sha256-*"));
        expect(await tags.preview(inputs)).toEqual({
            step: "refused",
            lines: [],
            reasons: [`There is a ${title()} already, which this stack did not make: set adopt: true to take it over.`],
        });
    });

    it("are adopted where they say the same, and stay after destroy", async () => {
        harbor.byHand("POST", RULES, rule("excludes", "sha256-*"));
        harbor.byHand("PUT", `${RULES}/1`, { id: 1, ...rule("excludes", "sha256-*"), disabled: true });
        const adopting = { ...inputs, adopt: true };
        expect((await tags.preview(adopting)).lines).toEqual([
            `${title()}: taken over as it is there, and brought to what is wanted`,
            `${title()}: disabled: have true, want false`,
        ]);
        await tags.up(adopting);
        expect(all()).toMatchObject([{ id: 1, disabled: false }]);
        expect((await tags.destroy()).lines).toEqual([`${title()}: it was there before this stack, and stays`]);
        expect(all()).toHaveLength(1);
    });

    it("that two resources of a program say alike are refused for the second", async () => {
        await tags.up(inputs);
        const { reasons } = await newTags().up({ ...inputs, name: "others" });
        expect(reasons).toEqual([expect.stringContaining("already, which this stack did not make")]);
    });

    it("that somebody deleted are made again, and a refresh drops them", async () => {
        await tags.up(inputs);
        await tags.up(inputs);
        harbor.byHand("DELETE", `${RULES}/1`);
        const { lines, step } = await tags.preview(inputs);
        expect([step, ...lines]).toEqual(["update", `${title()}: deleted there: it is made again`]);
        await tags.up(inputs);
        expect(tags.outputs.objectId).toBe(2);
        harbor.byHand("DELETE", `${RULES}/2`);
        await tags.refresh();
        expect(tags.state?.id).toBe("");
    });

    it("that somebody made anew are not ours", async () => {
        await tags.up(inputs);
        await tags.up(inputs);
        harbor.byHand("DELETE", `${RULES}/1`);
        harbor.byHand("POST", RULES, rule("excludes", "sha256-*"));
        const { reasons } = await tags.preview(inputs);
        expect(reasons).toEqual([expect.stringContaining("is not the one that this stack made")]);
        await tags.destroy();
        expect(all()).toHaveLength(1);
    });

    it.each([
        ["outage", FAULTS.badGateway],
        ["failure", FAULTS.broken],
        ["refusal", FAULTS.forbidden],
        ["limit", () => FAULTS.tooMany(3600)],
    ] as const)("that cannot be asked are neither gone nor drift: %s", async (_what, fault) => {
        await tags.up(inputs);
        harbor.fail({ url: /immutabletagrules/, times: 99, ...fault() });
        const { lines, step } = await tags.up(inputs);
        expect(step).toBe("same");
        expect(lines).toEqual([expect.stringContaining("nothing can be said of it: Could not list the immutable")]);
        await tags.refresh();
        expect(tags.state?.id).not.toBe("");
    });

    it("whose creation has lost its answer are known by a second look", async () => {
        harbor.fail({ method: "POST", url: /immutabletagrules/, ...FAULTS.lost() });
        expect((await tags.up(inputs)).step).toBe("create");
        expect(tags.outputs.objectId).toBe(1);
        expect(all()).toHaveLength(1);
    });

    it("are deleted by destroy", async () => {
        await tags.up(inputs);
        harbor.byHand("POST", RULES, rule("matches", "v*"));
        expect((await tags.destroy()).step).toBe("deleted");
        expect(all()).toMatchObject([rule("matches", "v*")]);
    });

    it("of a project that is not there wait for it, and are one sentence where nobody makes it", async () => {
        const other = { ...inputs, project: "edge" };
        expect((await tags.preview(other)).step).toBe("create");
        expect((await tags.up(other)).reasons).toEqual([expect.stringMatching(/^There is no project edge at /)]);
    });

    it.each([
        [
            { tags: { matches: "a,b" } },
            "tags.matches has a comma outside of braces, which Harbor takes as it stands: write {a,b}",
        ],
        [{ tags: { matches: " " } }, "tags.matches is empty"],
        [{ repositories: {} }, 'repositories must be { matches: "…" } or { excludes: "…" }'],
        [{ disabled: "no" }, "disabled must be true or false"],
        [{ project: "" }, "project is empty"],
    ])("are refused with %j, in one sentence", async (over, sentence) => {
        expect((await tags.preview({ ...inputs, ...over } as never)).reasons).toEqual([sentence]);
        expect(harbor.asked()).toEqual([]);
    });
});
