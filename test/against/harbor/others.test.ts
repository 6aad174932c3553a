import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HarborLabel, HarborMember, HarborPreheat, HarborProject, HarborSchedule, HarborWebhook } from "transship";
import { afterAll, expect } from "vitest";
import { pushTree, singleImage } from "../../support/images";
import { describeLife } from "./life";
import { ask, byHand, listed, madeByHand, named, until } from "./place";

const HEADER = "Bearer try-78-of-transship";
const told: { readonly header?: string; readonly body: string }[] = [];

/** Whom webhooks tell, and a P2P network that answers that it is well. */
const listener = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
        body += part;
    });
    request.on("end", () => {
        told.push({ header: request.headers.authorization, body });
        response.end("{}");
    });
});
afterAll(() => listener.close());

describeLife("members, labels, webhooks, preheating and schedules of a real Harbor", (place) => {
    const { prefix, url } = place;
    const names = { project: `${prefix}-apps`, user: `${prefix}-eva`, label: `${prefix}-stable`, p2p: `${prefix}-p2p` };
    const below = (path: string) => `/projects/${names.project}${path}`;
    const member = async () => (await listed(place, below("/members"))).find((one) => one.entity_name === names.user);
    const hook = () => named(place, below("/webhook/policies"), "hook");
    const label = () => named(place, "/labels?scope=g", names.label);
    const preheat = () => named(place, below("/preheat/policies"), "warm");
    const gc = async () => (await ask(place, "GET", "/system/gc/schedule")).json?.schedule ?? {};
    const instance = () => ({
        name: names.p2p,
        vendor: "dragonfly",
        endpoint: endpoint(),
        auth_mode: "NONE",
        enabled: true,
    });
    const endpoint = () =>
        process.env.TRANSSHIP_HARBOR_LISTENER ?? `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;

    let isOurs = false;
    afterAll(async () => {
        if (isOurs) {
            await byHand(place, "PUT", "/system/gc/schedule", { schedule: { type: "None" } });
        }
    });

    return {
        count: 7,
        changes: 6,
        logins: { hook: { username: "unused", password: HEADER } },
        program: ({ adopt, changed }) => {
            const common = { url, adopt };
            const project = new HarborProject("project", { ...common, name: names.project });
            new HarborMember("member", {
                ...common,
                project: project.name,
                user: names.user,
                role: changed ? "maintainer" : "guest",
            });
            new HarborLabel("label", { ...common, name: names.label, color: changed ? "#112233" : "#0065AB" });
            new HarborLabel("of", {
                ...common,
                name: "tested",
                project: project.name,
                description: changed ? "two" : "one",
            });
            new HarborWebhook("webhook", {
                ...common,
                project: project.name,
                name: "hook",
                endpoint: `${endpoint()}/hook`,
                enabled: true,
                events: changed ? ["PUSH_ARTIFACT", "DELETE_ARTIFACT"] : ["PUSH_ARTIFACT"],
                authHeader: "hook",
            });
            new HarborPreheat("preheat", {
                ...common,
                project: project.name,
                name: "warm",
                instance: names.p2p,
                repositories: "**",
                enabled: true,
                tags: changed ? "v*" : "**",
                trigger: { type: "scheduled", cron: "0 0 3 * * *" },
            });
            new HarborSchedule("gc", {
                ...common,
                job: "garbage-collection",
                schedule: changed ? "weekly" : "0 0 4 * * *",
                workers: changed ? 2 : 1,
                deleteUntagged: false,
            });
            return {};
        },
        before: async () => {
            const given = process.env.TRANSSHIP_HARBOR_LISTENER;
            const port = given === undefined ? 0 : Number(new URL(given).port);
            await new Promise<void>((resolve) =>
                listener.listen(port, given === undefined ? "127.0.0.1" : "0.0.0.0", resolve),
            );
            // There is one for the whole Harbor, and somebody's is not ours to try with.
            expect(["None", "", undefined]).toContain((await gc()).type);
            isOurs = true;
            const user = {
                username: names.user,
                email: `${prefix}@example.com`,
                realname: "Eva",
                password: "Try-77-Eva",
            };
            await byHand(place, "POST", "/users", user);
            await byHand(place, "POST", "/p2p/preheat/instances", instance());
        },
        isThere: async ({ changed }) => {
            expect(await member()).toMatchObject({ role_id: changed ? 4 : 3 });
            expect(await label()).toMatchObject({ color: changed ? "#112233" : "#0065AB" });
            expect(await hook()).toMatchObject({ enabled: true, targets: [{ auth_header: HEADER }] });
            expect((await hook()).event_types).toHaveLength(changed ? 2 : 1);
            expect(await preheat()).toMatchObject({ provider_name: names.p2p, enabled: true });
            expect((await preheat()).filters).toContain(changed ? '"v*"' : '"**"');
            expect(await gc()).toMatchObject({ type: changed ? "Weekly" : "Custom" });
        },
        works: {
            title: "tell the webhook of a push, with the header of the stack's configuration",
            does: async () => {
                const auth = { username: place.username, password: place.password };
                await pushTree(url, `${names.project}/app`, singleImage(), { tag: "v1", auth });
                const event = await until("the webhook is told", async () =>
                    told.find(({ body }) => body.includes("PUSH_ARTIFACT")),
                );
                expect(event.header).toBe(HEADER);
                expect(event.body).toContain(`${names.project}/app`);
            },
        },
        outside: [
            {
                title: "a member's role",
                does: async () => byHand(place, "PUT", below(`/members/${(await member())?.id}`), { role_id: 2 }),
                told: /role: have developer, want maintainer/,
                isMended: async () => expect(await member()).toMatchObject({ role_id: 4 }),
            },
            {
                title: "a label's color",
                does: async () => {
                    const found = await label();
                    await byHand(place, "PUT", `/labels/${found.id}`, { ...found, color: "#FFFFFF" });
                },
                told: /color: have #FFFFFF, want #112233/i,
                isMended: async () => expect(await label()).toMatchObject({ color: "#112233" }),
            },
            {
                title: "a webhook that is disabled, and its events",
                does: async () => {
                    const found = await hook();
                    const change = { ...found, enabled: false, event_types: ["QUOTA_EXCEED"] };
                    await byHand(place, "PUT", below(`/webhook/policies/${found.id}`), change);
                },
                told: /enabled: have false, want true/,
                isMended: async () => expect((await hook()).enabled).toBe(true),
            },
            {
                title: "a preheat policy's description and filters",
                does: async () => {
                    const found = await preheat();
                    const filters = '[{"type":"repository","value":"other"},{"type":"tag","value":"**"}]';
                    await byHand(place, "PUT", below("/preheat/policies/warm"), { ...found, filters });
                },
                told: /repositories: have other, want \*\*/,
                isMended: async () => expect((await preheat()).filters).toContain('"v*"'),
            },
            {
                title: "the schedule of garbage collection",
                does: () =>
                    byHand(place, "PUT", "/system/gc/schedule", { schedule: { type: "Hourly", cron: "0 0 * * * *" } }),
                told: /schedule: have \S+.*, want \S+/,
                isMended: async () => expect(await gc()).toMatchObject({ type: "Weekly" }),
            },
        ],
        deleted: [
            {
                title: "a member that was taken out",
                does: async () => byHand(place, "DELETE", below(`/members/${(await member())?.id}`)),
                told: /member .*deleted there: it is made again/,
                isMended: async () => expect(await member()).toBeDefined(),
            },
            {
                title: "a webhook",
                does: async () => byHand(place, "DELETE", below(`/webhook/policies/${(await hook()).id}`)),
                told: /webhook .*deleted there: it is made again/,
                isMended: () => hook(),
            },
            {
                title: "a label",
                does: async () => byHand(place, "DELETE", `/labels/${(await label()).id}`),
                told: /label .*deleted there: it is made again/,
                isMended: () => label(),
            },
            {
                title: "a schedule",
                does: () => byHand(place, "PUT", "/system/gc/schedule", { schedule: { type: "None" } }),
                told: /deleted there: it is made again/,
                isMended: async () => expect(await gc()).toMatchObject({ type: "Weekly" }),
            },
        ],
        empty: () => byHand(place, "DELETE", below("/repositories/app")),
        kept: [`p2p/preheat/instances ${names.p2p}`, `users ${names.user}`],
        others: async () => {
            const id = await madeByHand(place, "/projects", { project_name: names.project });
            await byHand(place, "POST", below("/members"), { role_id: 5, member_user: { username: names.user } });
            await byHand(place, "POST", "/labels", { name: names.label, scope: "g" });
            await byHand(place, "POST", "/labels", { name: "tested", scope: "p", project_id: id });
            const targets = [{ type: "http", address: `${endpoint()}/else` }];
            const policy = { name: "hook", enabled: false, event_types: ["PULL_ARTIFACT"], targets };
            await byHand(place, "POST", below("/webhook/policies"), policy);
            const provider = await named(place, "/p2p/preheat/instances", names.p2p);
            await byHand(place, "POST", below("/preheat/policies"), {
                name: "warm",
                project_id: id,
                provider_id: provider.id,
                enabled: false,
                filters: "[]",
                trigger: '{"type":"manual","trigger_setting":{}}',
            });
            await byHand(place, "PUT", "/system/gc/schedule", { schedule: { type: "Hourly", cron: "0 0 * * * *" } });
        },
        isLeft: async () => {
            expect(await gc()).toMatchObject({ type: "Weekly" });
            expect(await member()).toMatchObject({ role_id: 4 });
            await hook();
            await label();
            await preheat();
        },
    };
});
