import { beforeEach, expect, it } from "vitest";
import type { HarborState } from "../../../core/lifecycle/harbor/kind";
import { preheatKind } from "../../../core/lifecycle/harbor/preheat";
import type { PreheatInputs } from "../../../core/lifecycle/harbor/types";
import { addProject, describeHarbor, FAULTS, type LocalHarbor, type Row } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

describeHarbor("A preheat policy of Harbor", () => {
    let harbor: LocalHarbor;
    let policy: Resource<PreheatInputs, PreheatInputs & HarborState>;
    let inputs: PreheatInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "apps");
        instance("dragonfly-1");
        policy = objectOf(preheatKind);
        inputs = { url: harbor.url, name: "releases", project: "apps", credentials: "harbor", instance: "dragonfly-1" };
    });

    function instance(name: string): void {
        const body = { name, vendor: "dragonfly", endpoint: `https://${name}.example.com`, enabled: true };
        harbor.byHand("POST", "/p2p/preheat/instances", body);
    }

    const title = () => `preheat policy releases of project apps at ${new URL(harbor.url).host}`;
    const there = (): Row => [...harbor.world.preheatPolicies.values()][0] ?? ({} as Row);
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const refusal = async (more: object) => (await policy.preview({ ...inputs, ...more })).reasons;
    const whole = (): PreheatInputs => ({
        ...inputs,
        description: "what is released",
        repositories: "web/**",
        tags: "v*",
        labels: ["stable", "amd64"],
        trigger: { type: "scheduled", cron: "0 0  2 * * *" },
        extra: { scope: "all_peers", cluster_ids: [1, 2] },
        enabled: true,
    });

    it("is made with all that Harbor needs to make one that works, and not asked to change again", async () => {
        expect((await policy.up(inputs)).step).toBe("create");
        expect(there()).toMatchObject({ name: "releases", provider_id: 1, enabled: true });
        expect(JSON.parse(there().filters)).toEqual([
            { type: "repository", value: "**" },
            { type: "tag", value: "**" },
        ]);
        expect(JSON.parse(there().trigger)).toEqual({ type: "manual", trigger_setting: {} });
        expect(policy.outputs).toMatchObject({ objectId: there().id, adopted: false, observed: {} });
        harbor.asked();
        expect((await policy.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /projects/apps/preheat/policies/releases"]);
    });

    it("has every argument as it is asked for, in any order of keys", async () => {
        await policy.up(whole());
        expect(JSON.parse(there().filters)).toEqual([
            { type: "repository", value: "web/**" },
            { type: "tag", value: "v*" },
            { type: "label", value: "stable,amd64" },
        ]);
        expect(JSON.parse(there().trigger)).toEqual({ type: "scheduled", trigger_setting: { cron: "0 0 2 * * *" } });
        expect(JSON.parse(there().extra_attrs)).toEqual({ scope: "all_peers", cluster_ids: [1, 2] });
        expect((await policy.up(whole())).step).toBe("same");
        Object.assign(there(), {
            filters:
                ' [ {"value":"amd64, stable","type":"label"}, {"value":"v*", "type":"tag"},{"value":"web/**","type":"repository"}]',
            trigger: '{"trigger_setting":{"cron":"0 0 2 * * *"}, "type":"scheduled"}',
            extra_attrs: '{"cluster_ids":[1,2],"scope":"all_peers"}',
        });
        expect((await policy.up(whole())).step).toBe("same");
    });

    it.each<[field: string, byHand: () => object, line: string]>([
        ["description", () => ({ description: "x" }), "description: have x, want what is released"],
        ["enabled", () => ({ enabled: false }), "enabled: have false, want true"],
        ["instance", () => ({ provider_id: 2 }), "instance: have kraken-1, want dragonfly-1"],
        ["repositories", () => filters({ repository: "**" }), "repositories: have **, want web/**"],
        ["tags", () => filters({ tag: "" }), "tags: have none, want v*"],
        ["labels", () => filters({ label: "b,a" }), "labels: have [a, b], want [amd64, stable]"],
        [
            "trigger",
            () => ({ trigger: '{"type":"event_based","trigger_setting":{}}' }),
            "trigger: have event, want scheduled 0 0 2 * * *",
        ],
        ["extra", () => ({ extra_attrs: '{"scope":"all_peers"}' }), "extra.cluster_ids: have none, want [1,2]"],
    ])("whose %s somebody changed is told and put right", async (_field, byHand, line) => {
        instance("kraken-1");
        await policy.up(whole());
        Object.assign(there(), byHand());
        const preview = await policy.preview(whole());
        expect([preview.step, ...preview.lines]).toEqual(["update", `${title()}: ${line}`]);
        expect((await policy.refresh()).lines).toEqual(preview.lines);
        harbor.asked();
        await policy.up(whole());
        expect(writes()).toEqual(["PUT /projects/apps/preheat/policies/releases"]);
        expect((await policy.up(whole())).step).toBe("same");
    });

    function filters(over: Record<string, string>): object {
        const all = { repository: "web/**", tag: "v*", label: "stable,amd64", ...over };
        return { filters: JSON.stringify(Object.entries(all).map(([type, value]) => ({ type, value }))) };
    }

    it("leaves what the program does not say, and keys that nobody knows here, as they are", async () => {
        await policy.up({ ...inputs, tags: "v*", extra: { scope: "all_peers" } });
        Object.assign(there(), {
            description: "by hand",
            enabled: false,
            filters: JSON.stringify([
                { type: "repository", value: "by-hand" },
                { type: "signature", value: true },
                { type: "tag", value: "v*" },
            ]),
            trigger: JSON.stringify({
                type: "scheduled",
                trigger_setting: { cron: "0 0 3 * * *", zone: "UTC" },
                more: 1,
            }),
            extra_attrs: JSON.stringify({ scope: "all_peers", newer: { a: 1 } }),
        });
        const program = { ...inputs, tags: "v*", extra: { scope: "all_peers" } };
        expect((await policy.up(program)).step).toBe("same");
        await policy.up({ ...program, tags: "w*", trigger: { type: "manual" }, extra: { scope: "single_seed_peer" } });
        expect(there()).toMatchObject({ description: "by hand", enabled: false });
        expect(JSON.parse(there().filters)).toEqual([
            { type: "tag", value: "w*" },
            { type: "repository", value: "by-hand" },
            { type: "signature", value: true },
        ]);
        expect(JSON.parse(there().trigger)).toEqual({ type: "manual", trigger_setting: { zone: "UTC" }, more: 1 });
        expect(JSON.parse(there().extra_attrs)).toEqual({ scope: "single_seed_peer", newer: { a: 1 } });
    });

    it("is renamed, and given another network, as the same object", async () => {
        await policy.up(inputs);
        const { id } = there();
        instance("kraken-1");
        const other = { ...inputs, name: "all", instance: "kraken-1", labels: [] };
        expect((await policy.up(other)).step).toBe("update");
        expect([...harbor.world.preheatPolicies.values()]).toMatchObject([{ id, name: "all", provider_id: 2 }]);
        expect((await policy.up(other)).step).toBe("same");
    });

    it("of a network that is not there is refused, with those that there are", async () => {
        expect(await refusal({ instance: "dragonfly-2" })).toEqual([
            expect.stringMatching(
                /^The preheat policy releases of project apps names the P2P network dragonfly-2, and Harbor at \S+ has dragonfly-1: set it up there \(Administration, Distributions\), or name one of them\.$/,
            ),
        ]);
    });

    it.each<[mistake: string, inputs: object, reason: RegExp]>([
        ["name", { name: "a--b" }, /^name must be letters and digits/],
        ["cron", { trigger: { type: "scheduled", cron: "0 2 * * *" } }, /^trigger.cron has 5 fields and not six/],
        ["no cron", { trigger: { type: "scheduled" } }, /^trigger.cron is missing/],
        ["a label of two", { labels: ["a,b"] }, /^a label of labels has a comma/],
        ["no network", { instance: "" }, /^instance is empty/],
        ["extra", { extra: "all_peers" }, /^extra must be an object/],
    ])("with a mistake is refused in one sentence: %s", async (_mistake, wrong, reason) => {
        expect(await refusal(wrong)).toEqual([expect.stringMatching(reason)]);
        expect(harbor.asked()).toEqual([]);
    });

    it("that is there is refused, then adopted, and stays after destroy", async () => {
        harbor.byHand("POST", "/projects/apps/preheat/policies", {
            name: "releases",
            provider_id: 1,
            filters: '[{"type":"repository","value":"**"}]',
            trigger: '{"type":"manual"}',
        });
        expect(await refusal({})).toEqual([
            expect.stringMatching(/^There is a preheat policy releases of project apps/),
        ]);
        const adopting = { ...inputs, adopt: true, tags: "v*" };
        const { lines, step } = await policy.up(adopting);
        expect([step, ...lines]).toEqual([
            "create",
            `${title()}: taken over as it is there, and brought to what is wanted`,
            `${title()}: tags: have none, want v*`,
        ]);
        expect(there().enabled).toBe(false);
        expect((await policy.up(adopting)).step).toBe("same");
        await policy.destroy();
        expect(harbor.world.preheatPolicies.size).toBe(1);
    });

    it("that is gone is made again, and destroyed as ours", async () => {
        await policy.up(inputs);
        harbor.world.preheatPolicies.clear();
        expect((await policy.preview(inputs)).lines).toEqual([`${title()}: deleted there: it is made again`]);
        await policy.up(inputs);
        expect((await policy.destroy()).step).toBe("deleted");
        expect(harbor.world.preheatPolicies.size).toBe(0);
    });

    it.each([
        ["refused", FAULTS.broken],
        ["lost", FAULTS.lost],
    ] as const)("whose change was %s is mended by the next run", async (_how, fault) => {
        await policy.up(inputs);
        const changed = { ...inputs, name: "all", tags: "v*" };
        harbor.fail({ method: "PUT", ...fault() });
        expect((await policy.up(changed)).step).toBe("failed");
        expect((await policy.up(changed)).step).toBe("update");
        expect([...harbor.world.preheatPolicies.values()]).toMatchObject([{ name: "all" }]);
        expect((await policy.up(changed)).step).toBe("same");
    });

    it.each([
        ["its answer was lost", { method: "POST", ...FAULTS.lost() }],
        [
            "its number was not to be had",
            { method: "GET", url: "/preheat/policies/releases", after: 2, ...FAULTS.closed() },
        ],
    ])("is there once, and ours, where %s", async (_how, fault) => {
        harbor.fail(fault);
        expect((await policy.up(inputs)).step).toBe("create");
        expect((await policy.up(inputs)).step).toBe("same");
        expect(harbor.world.preheatPolicies.size).toBe(1);
        expect(policy.outputs.objectId).toBe(there().id);
    });
});
