import { HarborImmutableTags, HarborProject, HarborQuota, HarborRetention, HarborRobot } from "transship";
import { expect } from "vitest";
import { imageIndex, pushTree, singleImage } from "../../support/images";
import { digestAt } from "./digest";
import { describeLife } from "./life";
import { byHand, listed, madeByHand, named } from "./place";

const GIB = 2 ** 30;

describeLife("robots, retentions, immutable tags and quotas of a real Harbor", (place) => {
    const { prefix, url } = place;
    const names = { apps: `${prefix}-apps`, other: `${prefix}-other`, system: `${prefix}-sync` };
    const project = () => byHand(place, "GET", `/projects/${names.apps}`);
    const robots = async () =>
        listed(place, `/robots?q=${encodeURIComponent(`Level=project,ProjectID=${(await project()).project_id}`)}`);
    const robot = async () => {
        const found = (await robots()).find(({ name }) => name.endsWith("+ci"));
        expect(found).toBeDefined();
        return found ?? {};
    };
    const retention = async () => byHand(place, "GET", `/retentions/${(await project()).metadata.retention_id}`);
    const immutable = () => listed(place, `/projects/${names.apps}/immutabletagrules`);
    const quota = async () => {
        const { project_id } = await byHand(place, "GET", `/projects/${names.other}`);
        return (await byHand(place, "GET", `/quotas?reference=project&reference_id=${project_id}&page_size=10`))[0];
    };
    const secrets: string[] = [];
    let login = { username: "", password: "" };

    return {
        count: 7,
        changes: 5,
        secrets: () => secrets,
        program: ({ adopt, changed }) => {
            const common = { url, adopt };
            const apps = new HarborProject("apps", { ...common, name: names.apps });
            const other = new HarborProject("other", { ...common, name: names.other });
            const ci = new HarborRobot("ci", {
                ...common,
                name: "ci",
                project: apps.name,
                permissions: changed ? ["push", "delete"] : ["push"],
                duration: changed ? 60 : 30,
                description: changed ? "two" : "one",
                rotate: changed ? 2 : 1,
            });
            const system = new HarborRobot("system", {
                ...common,
                name: names.system,
                permissions: [
                    { project: apps.name, access: ["pull"] },
                    { project: "*", access: changed ? ["pull", "list"] : ["list"] },
                    { system: true, access: [{ resource: "registry", action: "list" }] },
                ],
            });
            new HarborRetention("retention", {
                ...common,
                project: apps.name,
                rules: [
                    { tags: { matches: "v*" }, keep: "always" },
                    { tags: { excludes: "v*" }, keep: { latestPushed: changed ? 7 : 5 }, untagged: false },
                ],
                schedule: changed ? "daily" : "0 30 2 * * *",
            });
            new HarborImmutableTags("immutable", {
                ...common,
                project: apps.name,
                tags: { matches: changed ? "r*" : "v*" },
                disabled: false,
            });
            new HarborQuota("quota", { ...common, project: other.name, storage: changed ? "3GiB" : "2GiB" });
            ci.username.apply((username) => {
                login = { ...login, username };
            });
            ci.secret.apply((password) => {
                login = { ...login, password };
                secrets.push(...(password ? [password] : []));
            });
            return { robot: ci.username, system: system.username };
        },
        isThere: async ({ changed }) => {
            const { access } = (await robot()).permissions[0];
            const rights = access.map((one: { resource: string; action: string }) => `${one.resource}:${one.action}`);
            expect(rights).toEqual(expect.arrayContaining(["repository:pull", "repository:push"]));
            expect(rights.includes("artifact:delete")).toBe(changed);
            expect(await robot()).toMatchObject({ duration: changed ? 60 : 30, description: changed ? "two" : "one" });
            expect((await named(place, "/robots", (await sysName()) ?? "")).permissions).toHaveLength(3);
            expect(await retention()).toMatchObject({
                rules: expect.arrayContaining([
                    expect.objectContaining({ template: "always" }),
                    expect.objectContaining({ params: { latestPushedK: changed ? 7 : 5 } }),
                ]),
                trigger: { settings: { cron: changed ? "0 0 0 * * *" : "0 30 2 * * *" } },
            });
            expect(await immutable()).toMatchObject([{ tag_selectors: [{ pattern: changed ? "r*" : "v*" }] }]);
            expect((await quota()).hard).toEqual({ storage: (changed ? 3 : 2) * GIB });
        },
        works: {
            title: "push an image with the robot's secret, whose tag nobody can move, and which Harbor gives out as it was",
            does: async () => {
                const tree = imageIndex({ seed: prefix });
                const before = singleImage({ seed: `${prefix} other` });
                await pushTree(place.url, `${names.apps}/app`, tree, { tag: "v1", auth: login });
                await pushTree(place.url, `${names.apps}/app`, before, { tag: "dev", auth: login });
                await pushTree(place.url, `${names.apps}/app`, tree, { tag: "dev", auth: login });
                const moved = pushTree(place.url, `${names.apps}/app`, before, { tag: "v1", auth: login });
                await expect(moved).rejects.toThrow(/412|immutable/);
                expect(await digestAt({ ...place, ...login }, `${names.apps}/app`, "v1")).toBe(tree.root);
                const foreign = pushTree(place.url, `${names.other}/app`, tree, { tag: "v1", auth: login });
                await expect(foreign).rejects.toThrow(/401|403/);
            },
        },
        outside: [
            {
                title: "rights and duration of a robot",
                does: async () => {
                    const found = await robot();
                    const access = [{ resource: "repository", action: "pull" }];
                    const permissions = [{ kind: "project", namespace: names.apps, access }];
                    await byHand(place, "PUT", `/robots/${found.id}`, { ...found, permissions, duration: -1 });
                },
                told: /duration: have -1, want 60/,
                isMended: async () => expect(await robot()).toMatchObject({ duration: 60 }),
            },
            {
                title: "the rules of a retention",
                does: async () => {
                    const found = await retention();
                    await byHand(place, "PUT", `/retentions/${found.id}`, { ...found, rules: found.rules.slice(0, 1) });
                },
                told: /retention .*rules: /,
                isMended: async () => expect((await retention()).rules).toHaveLength(2),
            },
            {
                title: "an immutable rule that is disabled",
                does: async () => {
                    const [rule] = await immutable();
                    const path = `/projects/${names.apps}/immutabletagrules/${rule?.id}`;
                    await byHand(place, "PUT", path, { ...rule, disabled: true });
                },
                told: /disabled: have true, want false/,
                isMended: async () => expect((await immutable())[0]?.disabled ?? false).toBe(false),
            },
            {
                title: "a quota",
                does: async () =>
                    byHand(place, "PUT", `/quotas/${(await quota()).id}`, { hard: { storage: 77 * GIB } }),
                told: /storage: have 77.*, want 3/,
                isMended: async () => expect((await quota()).hard).toEqual({ storage: 3 * GIB }),
            },
        ],
        deleted: [
            {
                title: "a robot that is deleted",
                does: async () => byHand(place, "DELETE", `/robots/${(await robot()).id}`),
                told: /robot ci of project .*deleted there: it is made again/,
                isMended: () => robot(),
            },
            {
                title: "a retention that is deleted",
                does: async () => byHand(place, "DELETE", `/retentions/${(await retention()).id}`),
                told: /retention.*deleted there: it is made again/,
                isMended: () => retention(),
            },
            {
                title: "an immutable rule that is deleted",
                does: async () =>
                    byHand(place, "DELETE", `/projects/${names.apps}/immutabletagrules/${(await immutable())[0]?.id}`),
                told: /immutable.*deleted there: it is made again/,
                isMended: async () => expect(await immutable()).toHaveLength(1),
            },
        ],
        empty: () => byHand(place, "DELETE", `/projects/${names.apps}/repositories/app`),
        others: async () => {
            const id = await madeByHand(place, "/projects", { project_name: names.apps });
            await madeByHand(place, "/projects", { project_name: names.other });
            const access = [{ resource: "repository", action: "pull" }];
            const permissions = [{ kind: "project", namespace: names.apps, access }];
            await byHand(place, "POST", "/robots", { name: "ci", level: "project", duration: -1, permissions });
            await byHand(place, "POST", "/robots", { name: names.system, level: "system", duration: -1, permissions });
            const selector = { kind: "doublestar", pattern: "**" };
            const tags = [{ ...selector, decoration: "matches" }];
            const scopes = { repository: [{ ...selector, decoration: "repoMatches" }] };
            await byHand(place, "POST", "/retentions", {
                algorithm: "or",
                rules: [{ action: "retain", template: "always", tag_selectors: tags, scope_selectors: scopes }],
                trigger: { kind: "Schedule", settings: { cron: "" } },
                scope: { level: "project", ref: id },
            });
            await byHand(place, "POST", `/projects/${names.apps}/immutabletagrules`, {
                action: "immutable",
                template: "immutable_template",
                tag_selectors: [{ ...selector, decoration: "matches", pattern: "r*" }],
                scope_selectors: scopes,
            });
            await byHand(place, "PUT", `/quotas/${(await quota()).id}`, { hard: { storage: 5 * GIB } });
        },
        isLeft: async () => {
            await robot();
            await retention();
            expect(await immutable()).toHaveLength(1);
            expect((await quota()).hard).toEqual({ storage: 3 * GIB });
        },
    };

    /** With whatever prefix this Harbor has. */
    async function sysName(): Promise<string | undefined> {
        return (await listed(place, "/robots")).find(({ name }) => name.endsWith(names.system))?.name;
    }
});
