import { describe, expect, it } from "vitest";
import { Harbor, lineOfRule, type RetentionRule, toHarborRule } from "../../core/harbor";
import { addProject, describeHarbor, FAULTS, localHarbor } from "../support/harbor";

const selector = (decoration: string, pattern = "**", extras?: string) => ({
    kind: "doublestar",
    decoration,
    pattern,
    ...(extras === undefined ? {} : { extras }),
});
const EVERY = { repository: [selector("repoMatches")] };

describe("A retention rule of ours", () => {
    it.each<[RetentionRule["keep"], string, object, string]>([
        ["always", "always", {}, "keep all"],
        [{ latestPushed: 5 }, "latestPushedK", { latestPushedK: 5 }, "keep the 5 last pushed"],
        [{ latestPulled: 6 }, "latestPulledN", { latestPulledN: 6 }, "keep the 6 last pulled"],
        [{ pushedWithinDays: 7 }, "nDaysSinceLastPush", { nDaysSinceLastPush: 7 }, "keep pushed within 7 days"],
        [{ pulledWithinDays: 8 }, "nDaysSinceLastPull", { nDaysSinceLastPull: 8 }, "keep pulled within 8 days"],
    ])("that keeps %j has Harbor's template %s", (keep, template, params, words) => {
        const rule = toHarborRule({ keep });
        expect(rule).toMatchObject({ action: "retain", template, params, scope_selectors: EVERY, disabled: false });
        expect(lineOfRule(rule)).toBe(`${words} of repositories **, tags **, with untagged`);
    });

    // src/lib/selector/selectors/doublestar/selector.go: of a rule that excludes, `untagged` excludes, too.
    it.each<[RetentionRule["tags"], boolean | undefined, string, string]>([
        [{ matches: "v*" }, undefined, '{"untagged":true}', "tags v*, with untagged"],
        [{ matches: "v*" }, false, '{"untagged":false}', "tags v*, without untagged"],
        [{ excludes: "v*" }, undefined, '{"untagged":false}', "tags all but v*, with untagged"],
        [{ excludes: "v*" }, false, '{"untagged":true}', "tags all but v*, without untagged"],
    ])("about %j with untagged %s says %s", (tags, untagged, extras, words) => {
        const rule = toHarborRule({ tags, untagged, keep: "always" });
        expect(rule.tag_selectors?.[0]?.extras).toBe(extras);
        expect(lineOfRule(rule)).toBe(`keep all of repositories **, ${words}`);
    });

    it("in the place of another keeps what that one says beside it", () => {
        const former = {
            id: 3,
            priority: 9,
            brand_new: true,
            tag_selectors: [selector("matches", "a", '{"untagged":true,"mood":"good"}')],
            scope_selectors: {
                repository: [{ ...selector("repoMatches"), since: 2 }],
                project: [selector("nsMatches")],
            },
        };
        expect(toHarborRule({ tags: { matches: "b" }, untagged: false, keep: "always" }, former)).toMatchObject({
            id: 3,
            priority: 9,
            brand_new: true,
            tag_selectors: [selector("matches", "b", '{"untagged":false,"mood":"good"}')],
            scope_selectors: { repository: [{ pattern: "**", since: 2 }], project: [selector("nsMatches")] },
        });
    });
});

describe("A retention rule of Harbor's", () => {
    it.each<[string, object, string]>([
        ["without extras", { tag_selectors: [selector("matches")] }, "tags **, with untagged"],
        [
            "with extras that nobody can read",
            { tag_selectors: [selector("matches", "**", "{")] },
            "tags **, with untagged",
        ],
        ["with empty extras", { tag_selectors: [selector("matches", "**", "{}")] }, "tags **, without untagged"],
        [
            "that excludes, without extras",
            { tag_selectors: [selector("excludes", "v*")] },
            "tags all but v*, with untagged",
        ],
        ["with an empty pattern", { tag_selectors: [selector("matches", "")] }, "tags **, with untagged"],
        [
            "of another kind",
            { tag_selectors: [{ ...selector("matches"), kind: "label" }] },
            "tags label **, with untagged",
        ],
        [
            "with two selectors",
            { tag_selectors: [selector("matches", "v*"), selector("excludes", "v1*")] },
            "tags v* and all but v1*, with untagged",
        ],
        ["with none", { tag_selectors: null, params: null }, "tags none, with untagged"],
    ])("%s is one line, too", (_what, over, words) => {
        const rule = { template: "always", action: "retain", scope_selectors: EVERY, ...over };
        expect(lineOfRule(rule)).toBe(`keep all of repositories **, ${words}`);
    });
});

describeHarbor("A retention that a project names", () => {
    it("is gone only where Harbor says so, and taken away once", async () => {
        const local = await localHarbor();
        const harbor = new Harbor(local.access(), { sleep: async () => undefined });
        const project = addProject(local.world, "mirror", { metadata: { retention_id: "7" } });
        expect(await harbor.retentions.ofProject(project)).toBeUndefined();
        await harbor.retentions.delete(7);
        local.fail({ url: /\/executions/, times: 9, ...FAULTS.badGateway() });
        await expect(harbor.retentions.ofProject(project)).rejects.toMatchObject({ code: "HARBOR_UNAVAILABLE" });
        local.fail({ method: "DELETE", url: /\/retentions/, ...FAULTS.forbidden() });
        await expect(harbor.retentions.delete(7)).rejects.toMatchObject({ code: "HARBOR_FORBIDDEN" });
    });
});
