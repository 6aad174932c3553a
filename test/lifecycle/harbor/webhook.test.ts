import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import type { HarborState } from "../../../core/lifecycle/harbor/kind";
import type { WebhookInputs } from "../../../core/lifecycle/harbor/types";
import { webhookKind } from "../../../core/lifecycle/harbor/webhook";
import {
    ADMIN,
    addProject,
    describeHarbor,
    FAULTS,
    type LocalHarbor,
    localHarbor,
    type Row,
    removeProject,
} from "../../support/harbor";
import { Resource, TalkingSession } from "../stack";

const HEADER = "Bearer Secret-31";
const SLACK = "https://hooks.slack.com/services/T1/B2/Secret-32";
const FOREIGN = "https://elsewhere.example.com/Secret-33?token=Secret-34";
const SECRETS = /Secret-3\d/;

/** A provider process with this in its stack's configuration. */
class Configured extends Resource<WebhookInputs, WebhookInputs & HarborState> {
    header = HEADER;

    override session(): TalkingSession {
        const session = new TalkingSession(() => new Date(0));
        const of = (password: string) => ({ username: "-", password });
        session.configure(() => ({ harbor: ADMIN, hook: of(this.header), slack: of(SLACK), wrong: of("hooks") }));
        return session;
    }
}

describeHarbor("A webhook of Harbor", () => {
    let harbor: LocalHarbor;
    let webhook: Configured;
    let inputs: WebhookInputs;

    beforeEach(async () => {
        harbor = await localHarbor();
        addProject(harbor.world, "apps");
        webhook = new Configured(
            (session) => harborHooks(webhookKind, () => session) as never,
            () => new Date(0),
        );
        inputs = {
            url: harbor.url,
            name: "builds",
            project: "apps",
            credentials: "harbor",
            endpoint: "https://hooks.example.com/harbor?source=a",
            events: ["PUSH_ARTIFACT", "DELETE_ARTIFACT"],
            authHeader: "hook",
        };
    });

    const title = () => `webhook builds of project apps at ${new URL(harbor.url).host}`;
    const there = (): Row => [...harbor.world.webhooks.values()][0] ?? ({} as Row);
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const refusal = async (more: object) => (await webhook.preview({ ...inputs, ...more })).reasons;

    it("is made, on, with the header of the stack's configuration, which is nowhere else", async () => {
        expect((await webhook.up(inputs)).step).toBe("create");
        expect(there()).toMatchObject({
            name: "builds",
            enabled: true,
            event_types: ["PUSH_ARTIFACT", "DELETE_ARTIFACT"],
            targets: [{ type: "http", address: inputs.endpoint, auth_header: HEADER, payload_format: "Default" }],
        });
        expect(JSON.stringify(webhook.state)).not.toMatch(SECRETS);
        expect(webhook.outputs).toMatchObject({ objectId: there().id, observed: {} });
        harbor.asked();
        expect((await webhook.up({ ...inputs, events: [...inputs.events].reverse() })).step).toBe("update");
        expect(writes()).toEqual([]);
        expect((await webhook.up({ ...inputs, events: [...inputs.events].reverse() })).step).toBe("same");
    });

    it("has every argument as it is asked for", async () => {
        const whole: WebhookInputs = {
            ...inputs,
            description: "to the build",
            type: "http",
            payloadFormat: "CloudEvents",
            skipCertificateCheck: true,
            enabled: false,
        };
        await webhook.up(whole);
        expect(there()).toMatchObject({
            description: "to the build",
            enabled: false,
            targets: [{ type: "http", payload_format: "CloudEvents", skip_cert_verify: true }],
        });
        expect((await webhook.up(whole)).step).toBe("same");
    });

    it("whose address is a secret keeps it in the stack's configuration", async () => {
        const { authHeader, endpoint, ...rest } = inputs;
        const slack = { ...rest, secretEndpoint: "slack", type: "slack" };
        expect((await webhook.up(slack)).step).toBe("create");
        expect(there().targets).toEqual([{ type: "slack", address: SLACK, payload_format: "" }]);
        expect(JSON.stringify(webhook.state)).not.toMatch(SECRETS);
        expect((await webhook.up(slack)).step).toBe("same");
        there().targets[0].address = FOREIGN;
        expect((await webhook.preview(slack)).lines).toEqual([
            `${title()}: secretEndpoint: have another, want that of the stack's configuration`,
        ]);
        await webhook.up(slack);
        expect(there().targets[0].address).toBe(SLACK);
        expect(await refusal({ ...slack, endpoint: undefined, secretEndpoint: "wrong" })).toEqual([
            expect.stringContaining('The password of "wrong" in the stack\'s configuration must be the webhook'),
        ]);
    });

    it.each<[field: string, change: (row: Row) => void, lines: string[]]>([
        ["description", (row) => Object.assign(row, { description: "x" }), ["description: have x, want a"]],
        ["enabled", (row) => Object.assign(row, { enabled: false }), ["enabled: have false, want true"]],
        [
            "events",
            (row) => row.event_types.pop(),
            ["events: have [PUSH_ARTIFACT], want [DELETE_ARTIFACT, PUSH_ARTIFACT]"],
        ],
        [
            "endpoint",
            (row) => Object.assign(row.targets[0], { address: FOREIGN }),
            ["endpoint: have https://elsewhere.example.com/…, want https://hooks.example.com/harbor?source=a"],
        ],
        [
            "authHeader",
            (row) => Object.assign(row.targets[0], { auth_header: "Bearer Secret-35" }),
            ["authHeader: have another, want that of the stack's configuration"],
        ],
        [
            "no authHeader",
            (row) => Object.assign(row.targets[0], { auth_header: undefined }),
            ["authHeader: have none, want that of the stack's configuration"],
        ],
        [
            "type",
            (row) => Object.assign(row.targets[0], { type: "slack", payload_format: "" }),
            ["type: have slack, want http", "payloadFormat: have none, want Default"],
        ],
        [
            "payloadFormat",
            (row) => Object.assign(row.targets[0], { payload_format: "CloudEvents" }),
            ["payloadFormat: have CloudEvents, want Default"],
        ],
        [
            "skipCertificateCheck",
            (row) => Object.assign(row.targets[0], { skip_cert_verify: true }),
            ["skipCertificateCheck: have true, want false"],
        ],
    ])("whose %s somebody changed is told, without a secret, and put right", async (_field, change, lines) => {
        const whole: WebhookInputs = {
            ...inputs,
            description: "a",
            enabled: true,
            type: "http",
            payloadFormat: "Default",
            skipCertificateCheck: false,
        };
        await webhook.up(whole);
        change(there());
        const preview = await webhook.preview(whole);
        expect([preview.step, ...preview.lines]).toEqual(["update", ...lines.map((line) => `${title()}: ${line}`)]);
        expect((await webhook.refresh()).lines).toEqual(preview.lines);
        harbor.asked();
        await webhook.up(whole);
        expect(writes()).toEqual([`PUT /projects/apps/webhook/policies/${there().id}`]);
        expect(there().targets[0]).toMatchObject({ address: inputs.endpoint, auth_header: HEADER, type: "http" });
        expect((await webhook.up(whole)).step).toBe("same");
        expect(JSON.stringify([webhook.state, preview])).not.toMatch(SECRETS);
    });

    it("gets another header when the stack's configuration has another", async () => {
        await webhook.up(inputs);
        webhook.header = "Bearer Secret-36";
        expect((await webhook.up(inputs)).step).toBe("update");
        expect(there().targets[0].auth_header).toBe("Bearer Secret-36");
        expect((await webhook.up(inputs)).step).toBe("same");
    });

    it("leaves what the program does not say, and what newer versions have, as it is", async () => {
        const { authHeader, ...rest } = inputs;
        await webhook.up(rest);
        Object.assign(there(), { description: "by hand", enabled: false });
        Object.assign(there().targets[0], { auth_header: "by hand", skip_cert_verify: true });
        there().targets.unshift({ type: "http", address: "https://first.example.com", payload_format: "Default" });
        expect((await webhook.up(rest)).step).toBe("same");
        await webhook.up({ ...rest, events: ["REPLICATION"] });
        expect(there()).toMatchObject({
            description: "by hand",
            enabled: false,
            event_types: ["REPLICATION"],
            targets: [
                { address: "https://first.example.com" },
                { address: inputs.endpoint, auth_header: "by hand", skip_cert_verify: true },
            ],
        });
    });

    it("becomes one of Slack and back, without a format that Slack has not", async () => {
        await webhook.up(inputs);
        await webhook.up({ ...inputs, type: "slack" });
        expect(there().targets[0]).toMatchObject({ type: "slack", payload_format: "" });
        await webhook.up({ ...inputs, type: "http" });
        expect(there().targets[0]).toMatchObject({ type: "http", payload_format: "Default" });
    });

    it("is renamed as the same object; of another project it is another one", async () => {
        await webhook.up(inputs);
        const { id } = there();
        expect((await webhook.up({ ...inputs, name: "images" })).step).toBe("update");
        expect([...harbor.world.webhooks.values()]).toMatchObject([{ id, name: "images" }]);
        const hooks = harborHooks(webhookKind, () => webhook.session());
        expect(await hooks.diff("", webhook.outputs, { ...inputs, name: "images", project: "other" })).toMatchObject({
            replaces: ["project"],
        });
    });

    it("that is there is refused, then adopted, and stays after destroy", async () => {
        harbor.byHand("POST", "/projects/apps/webhook/policies", {
            name: "builds",
            event_types: ["REPLICATION"],
            targets: [{ type: "http", address: FOREIGN }],
        });
        expect(await refusal({})).toEqual([expect.stringMatching(/^There is a webhook builds of project apps at /)]);
        const { lines, step } = await webhook.up({ ...inputs, adopt: true });
        expect([step, ...lines]).toEqual([
            "create",
            `${title()}: taken over as it is there, and brought to what is wanted`,
            `${title()}: endpoint: have https://elsewhere.example.com/…, want ${inputs.endpoint}`,
            `${title()}: events: have [REPLICATION], want [DELETE_ARTIFACT, PUSH_ARTIFACT]`,
            `${title()}: authHeader: have none, want that of the stack's configuration`,
        ]);
        expect((await webhook.up({ ...inputs, adopt: true })).step).toBe("same");
        await webhook.destroy();
        expect(harbor.world.webhooks.size).toBe(1);
    });

    it("that is gone is made again, and one whose project is gone is too", async () => {
        await webhook.up(inputs);
        harbor.world.webhooks.clear();
        expect((await webhook.preview(inputs)).lines).toEqual([`${title()}: deleted there: it is made again`]);
        await webhook.up(inputs);
        harbor.world.webhooks.clear();
        const project = harbor.world.project("apps");
        if (project !== undefined) {
            removeProject(harbor.world, project);
        }
        expect((await webhook.preview(inputs)).step).toBe("update");
        expect((await webhook.up(inputs)).reasons).toEqual([expect.stringMatching(/said 404/)]);
        addProject(harbor.world, "apps");
        expect((await webhook.up(inputs)).step).toBe("update");
        await webhook.destroy();
        expect(harbor.world.webhooks.size).toBe(0);
    });

    it("of a project that the same program makes is not refused before", async () => {
        expect(await webhook.preview({ ...inputs, project: "later" })).toEqual({
            step: "create",
            lines: [],
            reasons: [],
        });
    });

    it("of what this Harbor does not know is refused with what it knows", async () => {
        expect(await refusal({ events: ["PUSH_ARTIFACT", "PUSH_CHART"], type: "teams", payloadFormat: "Xml" })).toEqual(
            [
                expect.stringMatching(
                    /^The webhook builds of project apps is refused: Harbor at \S+ knows no event "PUSH_CHART", but PUSH_ARTIFACT, PULL_ARTIFACT, .*; and no type "teams", but http, slack; and no payloadFormat "Xml", but Default, CloudEvents\.$/,
                ),
            ],
        );
    });

    it.each<[mistake: string, inputs: object, reason: RegExp]>([
        ["no address", { endpoint: undefined }, /^one of endpoint and secretEndpoint says who is told/],
        ["two addresses", { secretEndpoint: "slack" }, /^one of endpoint and secretEndpoint says who is told/],
        ["a login in it", { endpoint: "https://a:b@example.com" }, /^endpoint must be an address without a login/],
        ["no event", { events: [] }, /^events is empty/],
        ["Slack's format", { type: "slack", payloadFormat: "Default" }, /^payloadFormat is not for the type slack/],
        ["no project", { project: "" }, /^project is empty/],
    ])("with a mistake is refused in one sentence: %s", async (_mistake, wrong, reason) => {
        expect(await refusal(wrong)).toEqual([expect.stringMatching(reason)]);
        expect(harbor.asked()).toEqual([]);
    });

    it("whose header is not configured is refused, with how to set it", async () => {
        expect(await refusal({ authHeader: "nobody" })).toEqual([
            expect.stringMatching(/has no login "nobody": set it with pulumi config set --secret --path/),
        ]);
    });

    it.each([
        ["refused", FAULTS.broken],
        ["lost", FAULTS.lost],
    ] as const)("whose change was %s is mended by the next run", async (_how, fault) => {
        await webhook.up(inputs);
        const changed = { ...inputs, name: "images", events: ["REPLICATION"] };
        harbor.fail({ method: "PUT", ...fault() });
        expect((await webhook.up(changed)).step).toBe("failed");
        expect((await webhook.up(changed)).step).toBe("update");
        expect([...harbor.world.webhooks.values()]).toMatchObject([{ name: "images", event_types: ["REPLICATION"] }]);
        expect((await webhook.up(changed)).step).toBe("same");
    });

    it("is taken for made when the answer was lost", async () => {
        harbor.fail({ method: "POST", ...FAULTS.lost() });
        expect((await webhook.up(inputs)).step).toBe("create");
        expect((await webhook.up(inputs)).step).toBe("same");
        expect(harbor.world.webhooks.size).toBe(1);
    });

    it("that was told of something a moment ago is deleted once Harbor has heard the end of that", async () => {
        await webhook.up(inputs);
        const message = "contains executions that aren't in final status, stop the execution first";
        harbor.fail({ method: "DELETE", status: 412, message });
        harbor.asked();
        expect((await webhook.destroy()).step).toBe("deleted");
        expect(writes()).toHaveLength(2);
        expect(harbor.world.webhooks.size).toBe(0);
    });
});
