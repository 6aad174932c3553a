import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import { retentionKind } from "../../../core/lifecycle/harbor/retention";
import type { RetentionInputs, RetentionState } from "../../../core/lifecycle/harbor/types";
import { addProject, describeHarbor, FAULTS, type LocalHarbor, type Row, removeProject } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

const DOUBLESTAR = { kind: "doublestar", pattern: "**" };
const EVERY = { repository: [{ ...DOUBLESTAR, decoration: "repoMatches" }] };
/** As Harbor's own pages make one. */
const BY_HAND = {
    id: 4,
    action: "retain",
    template: "latestPulledN",
    params: { latestPulledN: 3 },
    tag_selectors: [{ ...DOUBLESTAR, decoration: "matches", extras: '{"untagged":false}' }],
    scope_selectors: EVERY,
};

describeHarbor("A retention of Harbor", () => {
    let harbor: LocalHarbor;
    let retention: Resource<RetentionInputs, RetentionState>;
    let inputs: RetentionInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "mirror");
        retention = objectOf(retentionKind);
        inputs = {
            url: harbor.url,
            name: "rules",
            project: "mirror",
            credentials: "harbor",
            rules: [{ keep: { latestPushed: 10 } }, { tags: { matches: "v*" }, untagged: false, keep: "always" }],
        };
    });

    const title = () => `retention of project mirror at ${new URL(harbor.url).host}`;
    const project = () => harbor.world.project("mirror");
    const id = () => Number(project()?.metadata.retention_id);
    const there = () => harbor.world.retentions.get(id()) as Row;
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const byHand = (over: object) => {
        const { creation_time: _c, update_time: _u, ...policy } = there();
        harbor.byHand("PUT", `/retentions/${id()}`, { ...policy, ...over });
    };

    it("is made by the first up, named by its project, and not asked to change again", async () => {
        expect(await retention.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        expect(writes()).toEqual([]);
        expect((await retention.up(inputs)).step).toBe("create");
        expect(there()).toMatchObject({
            algorithm: "or",
            scope: { level: "project", ref: project()?.project_id },
            trigger: { kind: "Schedule", settings: { cron: "" } },
            rules: [
                {
                    disabled: false,
                    action: "retain",
                    template: "latestPushedK",
                    params: { latestPushedK: 10 },
                    tag_selectors: [{ ...DOUBLESTAR, decoration: "matches", extras: '{"untagged":true}' }],
                    scope_selectors: EVERY,
                },
                {
                    template: "always",
                    params: {},
                    tag_selectors: [
                        { kind: "doublestar", decoration: "matches", pattern: "v*", extras: '{"untagged":false}' },
                    ],
                },
            ],
        });
        expect(retention.outputs).toMatchObject({ objectId: id(), adopted: false, observed: {} });
        harbor.asked();
        expect((await retention.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /projects/mirror", `GET /retentions/${id()}`]);
    });

    it.each([
        ["hourly", "0 0 * * * *"],
        ["daily", "0 0 0 * * *"],
        ["weekly", "0 0 0 * * 0"],
        ["manual", ""],
        ["0  30 2 * * MON-FRI", "0 30 2 * * MON-FRI"],
    ])("runs %s", async (schedule, cron) => {
        await retention.up({ ...inputs, schedule });
        expect(there().trigger).toEqual({ kind: "Schedule", settings: { cron } });
        expect((await retention.up({ ...inputs, schedule })).step).toBe("same");
    });

    it("has the same rules in any order, with whatever numbers", async () => {
        await retention.up(inputs);
        byHand({ rules: [...there().rules].reverse().map((rule: Row, at: number) => ({ ...rule, id: at + 7 })) });
        expect(await retention.preview(inputs)).toEqual({ step: "same", lines: [], reasons: [] });
        const { rules } = inputs;
        expect((await retention.up({ ...inputs, rules: [...rules].reverse() })).step).toBe("update");
        expect(writes().filter((line) => line.startsWith("PUT"))).toEqual([]);
    });

    it("whose rules somebody changed is told rule by rule, and put right by the up", async () => {
        await retention.up({ ...inputs, schedule: "daily" });
        byHand({ rules: [there().rules[0], BY_HAND], trigger: { kind: "Schedule", settings: { cron: "" } } });
        const told = [
            `${title()}: rules: missing "keep all of repositories **, tags v*, without untagged"`,
            `${title()}: rules: not wanted "keep the 3 last pulled of repositories **, tags **, without untagged"`,
            `${title()}: schedule: have manual, want 0 0 0 * * *`,
        ];
        const wanted = { ...inputs, schedule: "daily" };
        expect(await retention.preview(wanted)).toEqual({ step: "update", lines: told, reasons: [] });
        await retention.refresh();
        expect(retention.outputs.observed?.drift).toEqual(told.map((line) => line.replace(`${title()}: `, "")));
        harbor.asked();
        await retention.up(wanted);
        expect(writes()).toEqual([`PUT /retentions/${id()}`]);
        expect(there().rules).toHaveLength(2);
        expect(there().trigger.settings).toEqual({ cron: "0 0 0 * * *" });
        expect((await retention.up(wanted)).step).toBe("same");
    });

    it.each<[string, (rule: Row) => object, string]>([
        ["untagged", ({ tag_selectors: [one] }) => ({ tag_selectors: [{ ...one, extras: "{}" }] }), "without untagged"],
        ["disabled", () => ({ disabled: true }), "with untagged, disabled"],
        ["the number", () => ({ params: { latestPushedK: 11 } }), "keep the 11 last pushed"],
        ["the template", () => ({ template: "latestActiveK" }), "keep what latestActiveK says of"],
        ["the action", () => ({ action: "delete" }), "delete the 10 last pushed"],
        ["tags", () => ({ tag_selectors: [{ ...DOUBLESTAR, decoration: "excludes" }] }), "tags all but **"],
        [
            "repositories",
            () => ({
                scope_selectors: { repository: [{ ...DOUBLESTAR, pattern: "a/*", decoration: "repoExcludes" }] },
            }),
            "repositories all but a/*",
        ],
    ])("tells %s that somebody changed", async (_what, over, words) => {
        await retention.up(inputs);
        const [first, ...others] = there().rules;
        byHand({ rules: [{ ...first, ...over(first) }, ...others] });
        const { lines } = await retention.preview(inputs);
        expect(lines).toEqual([
            `${title()}: rules: missing "keep the 10 last pushed of repositories **, tags **, with untagged"`,
            expect.stringContaining(words),
        ]);
        await retention.up(inputs);
        expect((await retention.up(inputs)).step).toBe("same");
    });

    it("leaves alone what is not asked for: the schedule, and what only a newer Harbor knows of a rule", async () => {
        await retention.up(inputs);
        const [first, second] = there().rules;
        first.id = 7;
        first.priority = 2;
        harbor.newer = (method, url, json) => {
            const policy = json as { rules?: Row[] } | undefined;
            return method === "GET" && /\/retentions\/\d+$/.test(url) && policy?.rules
                ? {
                      ...policy,
                      notify: "me",
                      rules: policy.rules.map((rule) => ({ ...rule, brand_new: rule.template })),
                  }
                : json;
        };
        byHand({ rules: [first, second], trigger: { kind: "Schedule", settings: { cron: "0 0 5 * * *" } } });
        await retention.up({
            ...inputs,
            rules: [{ keep: { pushedWithinDays: 9 } }, { keep: "always", disabled: true }],
        });
        const sent = harbor.log.filter(({ method }) => method === "PUT").at(-1)?.body as Row;
        expect(sent.notify).toBe("me");
        expect(sent.trigger).toEqual({ kind: "Schedule", settings: { cron: "0 0 5 * * *" } });
        expect(sent.rules).toMatchObject([
            // In place of the one about the same images: its number and what nobody knows stay.
            { id: 7, priority: 2, brand_new: "latestPushedK", params: { nDaysSinceLastPush: 9 } },
            { template: "always", disabled: true },
        ]);
        expect(sent.rules[1].id).toBeUndefined();
        harbor.violations.length = 0;
    });

    it("that is there already is refused, with the option's name", async () => {
        const policy = { algorithm: "or", rules: [BY_HAND], trigger: { kind: "Schedule", settings: { cron: "" } } };
        harbor.byHand("POST", "/retentions", { ...policy, scope: { level: "project", ref: project()?.project_id } });
        const sentence = `There is a ${title()} already, which this stack did not make: set adopt: true to take it over.`;
        expect(await retention.preview(inputs)).toEqual({ step: "refused", lines: [], reasons: [sentence] });
        expect(writes()).toEqual([]);
    });

    it("of a proxy cache, which Harbor makes itself, is adopted, and stays after destroy", async () => {
        addProject(harbor.world, "cache", { registry: 1 });
        const adopting = { ...inputs, project: "cache", adopt: true };
        const name = title().replace("mirror", "cache");
        expect((await retention.preview(adopting)).lines).toEqual([
            `${name}: taken over as it is there, and brought to what is wanted`,
            `${name}: rules: missing "keep the 10 last pushed of repositories **, tags **, with untagged"`,
            `${name}: rules: missing "keep all of repositories **, tags v*, without untagged"`,
            `${name}: rules: not wanted "keep pulled within 7 days of repositories **, tags **, with untagged"`,
        ]);
        await retention.up(adopting);
        const policy = [...harbor.world.retentions.values()][0];
        expect(policy?.rules).toMatchObject([{ id: 1, template: "latestPushedK" }, { template: "always" }]);
        expect(policy?.trigger.settings).toEqual({ cron: "0 0 0 * * *" });
        expect((await retention.up(adopting)).step).toBe("same");
        expect((await retention.destroy()).lines).toEqual([`${name}: it was there before this stack, and stays`]);
        expect(harbor.world.retentions.size).toBe(1);
    });

    it("that somebody deleted is made again, and a refresh drops it", async () => {
        await retention.up(inputs);
        harbor.byHand("DELETE", `/retentions/${id()}`);
        const { lines, step } = await retention.preview(inputs);
        expect([step, ...lines]).toEqual(["update", `${title()}: deleted there: it is made again`]);
        await retention.up(inputs);
        expect(retention.outputs.objectId).toBe(id());
        harbor.byHand("DELETE", `/retentions/${id()}`);
        await retention.refresh();
        expect(retention.state?.id).toBe("");
    });

    it("whose deletion broke off half-way, so that the project names one that is gone, is made again", async () => {
        await retention.up(inputs);
        const former = id();
        harbor.world.retentions.delete(former);
        expect((await retention.preview(inputs)).lines).toEqual([`${title()}: deleted there: it is made again`]);
        harbor.asked();
        expect((await retention.up(inputs)).step).toBe("update");
        expect(writes()).toEqual(["DELETE /projects/mirror/metadatas/retention_id", "POST /retentions"]);
        expect(id()).toBeGreaterThan(former);
        harbor.world.retentions.delete(id());
        expect((await retention.destroy()).step).toBe("deleted");
    });

    it("that somebody made anew is another one: neither changed nor deleted", async () => {
        await retention.up(inputs);
        const { creation_time: _c, id: _id, update_time: _u, ...policy } = there();
        harbor.byHand("DELETE", `/retentions/${id()}`);
        harbor.byHand("POST", "/retentions", { ...policy, rules: [BY_HAND] });
        const { reasons } = await retention.up(inputs);
        expect(reasons).toEqual([expect.stringContaining("is not the one that this stack made")]);
        await retention.destroy();
        expect(there().rules).toEqual([BY_HAND]);
    });

    it("of a project that is not there is one sentence, and waits for a project that the program makes", async () => {
        expect((await retention.preview({ ...inputs, project: "edge" })).step).toBe("create");
        expect(await retention.up({ ...inputs, project: "edge" })).toMatchObject({
            step: "failed",
            reasons: [
                `There is no project edge at ${new URL(harbor.url).host}: make it first, with project: project.name of its HarborProject where that is in this program.`,
            ],
        });
        await retention.up(inputs);
        removeProject(harbor.world, project() as never);
        addProject(harbor.world, "mirror");
        expect((await retention.up(inputs)).step).toBe("update");
        expect(there().rules).toHaveLength(2);
    });

    it.each([
        ["outage", FAULTS.badGateway],
        ["failure", FAULTS.broken],
        ["refusal", FAULTS.forbidden],
        ["expired login", FAULTS.unauthorized],
        ["limit", () => FAULTS.tooMany(3600)],
    ] as const)("that cannot be asked is neither gone nor drift: %s", async (_what, fault) => {
        await retention.up(inputs);
        byHand({ rules: [BY_HAND] });
        harbor.fail({ url: /\/retentions/, times: 99, ...fault() });
        const { lines, step } = await retention.up(inputs);
        expect(step).toBe("same");
        expect(lines).toEqual([expect.stringContaining(`${title()}: nothing can be said of it: Could not read the`)]);
        await retention.refresh();
        expect(retention.state?.id).not.toBe("");
    });

    it("whose creation has lost its answer is known by a second look", async () => {
        harbor.fail({ method: "POST", url: /\/retentions/, ...FAULTS.lost() });
        expect((await retention.up(inputs)).step).toBe("create");
        expect(retention.outputs.objectId).toBe(id());
        expect(harbor.counts().POST).toBe(1);
    });

    it("whose change fails is kept as it was, and made by the next up", async () => {
        await retention.up(inputs);
        harbor.fail({ method: "PUT", url: /\/retentions/, ...FAULTS.broken() });
        const wanted = { ...inputs, rules: [{ keep: "always" as const }] };
        const { reasons, step } = await retention.up(wanted);
        expect([step, ...reasons]).toEqual([
            "failed",
            expect.stringMatching(/^Could not change the retention rules \d/),
        ]);
        expect((await retention.up(wanted)).step).toBe("update");
        expect(there().rules).toMatchObject([{ template: "always" }]);
        expect((await retention.up(wanted)).step).toBe("same");
    });

    it("is deleted by destroy, and none comes in its place", async () => {
        await retention.up(inputs);
        expect((await retention.destroy()).step).toBe("deleted");
        expect(harbor.world.retentions.size).toBe(0);
        expect(project()?.metadata).toEqual({ public: "false" });
    });

    it("of another project is another one", async () => {
        const hooks = harborHooks(retentionKind, () => retention.session());
        await retention.up(inputs);
        expect(await hooks.diff("", retention.outputs, { ...inputs, project: "library" })).toEqual({
            changes: true,
            replaces: ["project"],
            deleteBeforeReplace: false,
        });
    });

    const KEEP =
        'must be "always", or one of latestPushed, latestPulled, pushedWithinDays, pulledWithinDays with a number';
    it.each<[Partial<Record<keyof RetentionInputs, unknown>>, string]>([
        [{ rules: [] }, "rules is empty: a project without rules needs no retention"],
        [{ rules: Array(16).fill({ keep: "always" }) }, "rules has more than 15, which is what Harbor takes"],
        [{ rules: "all" }, "rules must be a list of rules"],
        [
            { rules: [{ keep: "always" }, { keep: "always", untagged: true }] },
            "rules 1 and 2 say the same: take one of them away",
        ],
        [{ rules: [{ keep: "never" }] }, `keep of rule 1 ${KEEP}`],
        [{ rules: [{ keep: { latestPushed: 0 } }] }, `keep of rule 1 ${KEEP}`],
        [{ rules: [{ keep: { latestPushed: 32_767 } }] }, `keep of rule 1 ${KEEP}`],
        [{ rules: [{ keep: { latestPushed: 1, pulledWithinDays: 1 } }] }, `keep of rule 1 ${KEEP}`],
        [{ rules: [{ keep: { toString: 1 } }] }, `keep of rule 1 ${KEEP}`],
        [
            { rules: [{ keep: "always", tags: { matches: "a,b" } }] },
            "tags of a rule.matches has a comma outside of braces, which Harbor takes as it stands: write {a,b}",
        ],
        [
            { rules: [{ keep: "always", repositories: { matches: "a", excludes: "b" } }] },
            'repositories of a rule must be { matches: "…" } or { excludes: "…" }',
        ],
        [{ rules: [{ keep: "always", tags: "v*" }] }, 'tags of a rule must be { matches: "…" } or { excludes: "…" }'],
        [{ rules: [{ keep: "always", untagged: "no" }] }, "untagged of a rule must be true or false"],
        [
            { schedule: "0 2 * * *" },
            "schedule has 5 fields and not six: second, minute, hour, day of the month, month and day of the week, such as 0 0 2 * * *",
        ],
        [{ schedule: "30 0 2 * * *" }, "schedule must have 0 as its first field, which is the second"],
        [{ schedule: "0 0 25 * * *" }, 'schedule is no cron: "25" is no hour (0 to 23)'],
    ])("is refused with %j, in one sentence", async (over, sentence) => {
        expect(await retention.preview({ ...inputs, ...over } as never)).toEqual({
            step: "refused",
            lines: [],
            reasons: [sentence],
        });
        expect(harbor.asked()).toEqual([]);
    });
});
