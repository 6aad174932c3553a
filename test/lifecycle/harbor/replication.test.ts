import { beforeEach, describe, expect, it } from "vitest";
import type { HarborState } from "../../../core/lifecycle/harbor/kind";
import { replicationKind } from "../../../core/lifecycle/harbor/replication";
import { isExact } from "../../../core/lifecycle/harbor/replication-fit";
import type { ReplicationInputs } from "../../../core/lifecycle/harbor/types";
import { describeHarbor, FAULTS, type LocalHarbor, type Row } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

describeHarbor("A replication rule of Harbor", () => {
    let harbor: LocalHarbor;
    let rule: Resource<ReplicationInputs, ReplicationInputs & HarborState>;
    let inputs: ReplicationInputs;
    let ghcr: number;
    let other: number;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        ghcr = endpoint("ghcr", "github-ghcr");
        other = endpoint("other", "harbor");
        rule = open();
        inputs = {
            url: harbor.url,
            name: "from-ghcr",
            credentials: "harbor",
            direction: "pull",
            registryId: ghcr,
            namespace: "mirror/acme",
            flatten: "one",
            filters: { names: "acme/{app,web}", tags: { matches: "v*" } },
        };
    });

    const open = (): Resource<ReplicationInputs, ReplicationInputs & HarborState> => objectOf(replicationKind);

    function endpoint(name: string, type: string): number {
        harbor.byHand("POST", "/registries", { name, type, url: `https://${name}.example.com` });
        return [...harbor.world.registries.values()].find((one) => one.name === name)?.id ?? 0;
    }

    const host = () => new URL(harbor.url).host;
    const title = () => `replication rule from-ghcr at ${host()}`;
    const there = (): Row => [...harbor.world.policies.values()][0] ?? ({} as Row);
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const refusal = async (more: Partial<ReplicationInputs>) => (await rule.preview({ ...inputs, ...more })).reasons;

    it("is made by the first up, on and overriding as Harbor's page makes one, and not asked to change again", async () => {
        expect(await rule.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        expect((await rule.up(inputs)).step).toBe("create");
        expect(there()).toMatchObject({
            name: "from-ghcr",
            src_registry: ghcr,
            dest_registry: 0,
            dest_namespace: "mirror/acme",
            dest_namespace_replace_count: 1,
            trigger: { type: "manual" },
            filters: [
                { type: "name", value: "acme/{app,web}" },
                { type: "tag", value: "v*", decoration: "matches" },
            ],
            enabled: true,
            override: true,
        });
        expect(rule.outputs).toMatchObject({ objectId: there().id, adopted: false, observed: {} });
        harbor.asked();
        expect((await rule.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /replication/policies"]);
    });

    it("that pushes with every argument is as it is asked for, and stays the same", async () => {
        const whole: ReplicationInputs = {
            ...inputs,
            description: "to the other one",
            direction: "push",
            registryId: other,
            flatten: "all",
            trigger: { type: "event" },
            filters: {
                names: "library/**",
                tags: { excludes: "dev-*" },
                labels: { matches: ["stable", "amd64"] },
                resource: "image",
            },
            replicateDeletion: true,
            override: false,
            enabled: false,
            speed: 800,
            copyByChunk: true,
            singleActive: false,
        };
        expect((await rule.up(whole)).step).toBe("create");
        expect(there()).toMatchObject({
            description: "to the other one",
            src_registry: 0,
            dest_registry: other,
            dest_namespace_replace_count: -1,
            trigger: { type: "event_based" },
            filters: [
                { type: "name", value: "library/**" },
                { type: "tag", value: "dev-*", decoration: "excludes" },
                { type: "label", value: ["stable", "amd64"], decoration: "matches" },
                { type: "resource", value: "image" },
            ],
            replicate_deletion: true,
            override: false,
            enabled: false,
            speed: 800,
            copy_by_chunk: true,
            single_active_replication: false,
        });
        expect((await rule.up(whole)).step).toBe("same");
        const turned = { ...whole, filters: { ...whole.filters, labels: { matches: ["amd64", "stable"] } } };
        harbor.asked();
        await rule.up(turned);
        expect(writes()).toEqual([]);
    });

    it("says nothing of what Harbor fills in, nor of what is no longer in the program", async () => {
        await rule.up({ ...inputs, speed: 100 });
        Object.assign(there(), { description: "by hand", override: false, copy_by_chunk: true, speed: 7 });
        Object.assign(there(), { trigger: { type: "scheduled", trigger_settings: { cron: "0 0 1 * * *" } } });
        expect((await rule.up(inputs)).step).toBe("update");
        expect((await rule.up(inputs)).step).toBe("same");
        expect(there()).toMatchObject({ description: "by hand", override: false, copy_by_chunk: true, speed: 7 });
        expect(there().trigger.type).toBe("scheduled");
    });

    it("has no limit, whichever way that is said", async () => {
        await rule.up({ ...inputs, speed: -1 });
        expect(there().speed).toBe(0);
        expect((await rule.up({ ...inputs, speed: -1 })).step).toBe("same");
    });

    it("runs by the clock with a cron as Harbor keeps it", async () => {
        const nightly = { ...inputs, trigger: { type: "scheduled", cron: " 0  30 2 * *  MON-FRI " } } as const;
        await rule.up(nightly);
        expect(there().trigger).toEqual({ type: "scheduled", trigger_settings: { cron: "0 30 2 * * MON-FRI" } });
        expect((await rule.up(nightly)).step).toBe("same");
    });

    describe.each<[field: string, byHand: Partial<Row>, line: string]>([
        ["description", { description: "x" }, "description: have x, want of the mirror"],
        ["direction", { src_registry: 0, dest_registry: 1 }, "direction: have push, want pull"],
        ["registryId", { src_registry: 2 }, "registryId: have 2, want 1"],
        ["namespace", { dest_namespace: "" }, "namespace: have none, want mirror/acme"],
        ["flatten", { dest_namespace_replace_count: -1 }, "flatten: have all, want one"],
        ["a newer flatten", { dest_namespace_replace_count: 4 }, "flatten: have 4, want one"],
        [
            "trigger",
            { trigger: { type: "scheduled", trigger_settings: { cron: "0 0 3 * * *" } } },
            "trigger: have scheduled 0 0 3 * * *, want scheduled 0 0 2 * * *",
        ],
        ["no trigger", { trigger: undefined }, "trigger: have manual, want scheduled 0 0 2 * * *"],
        ["override", { override: false }, "override: have false, want true"],
        ["enabled", { enabled: false }, "enabled: have false, want true"],
        ["speed", { speed: 0 }, "speed: have -1, want 100"],
        ["copyByChunk", { copy_by_chunk: true }, "copyByChunk: have true, want false"],
        ["singleActive", { single_active_replication: false }, "singleActive: have false, want true"],
        ["replicateDeletion", { replicate_deletion: true }, "replicateDeletion: have true, want false"],
    ])("whose %s somebody changed", (_field, byHand, line) => {
        it("is told and put right, by one request", async () => {
            const whole: ReplicationInputs = {
                ...inputs,
                description: "of the mirror",
                trigger: { type: "scheduled", cron: "0 0 2 * * *" },
                override: true,
                enabled: true,
                speed: 100,
                copyByChunk: false,
                singleActive: true,
                replicateDeletion: false,
            };
            await rule.up(whole);
            const before = { ...there() };
            Object.assign(there(), byHand);
            const preview = await rule.preview(whole);
            expect([preview.step, ...preview.lines]).toEqual(["update", `${title()}: ${line}`]);
            expect((await rule.refresh()).lines).toEqual([`${title()}: ${line}`]);
            harbor.asked();
            expect((await rule.up(whole)).step).toBe("update");
            expect(writes()).toEqual([`PUT /replication/policies/${before.id}`]);
            expect(there()).toMatchObject({ ...before, update_time: expect.anything() });
            expect((await rule.up(whole)).step).toBe("same");
        });
    });

    it("has the filters that the program says, and no other that is known", async () => {
        await rule.up(inputs);
        there().filters = [
            { type: "name", value: "acme/app" },
            { type: "label", value: ["x", "b"], decoration: "" },
            { type: "resource", value: "image" },
        ];
        expect((await rule.preview(inputs)).lines).toEqual([
            `${title()}: filters.names: have acme/app, want acme/{app,web}`,
            `${title()}: filters.tags: have none, want matches v*`,
            `${title()}: filters.labels: have matches b, x, want none`,
            `${title()}: filters.resource: have image, want none`,
        ]);
        await rule.up(inputs);
        expect(there().filters).toEqual([
            { type: "name", value: "acme/{app,web}" },
            { type: "tag", value: "v*", decoration: "matches" },
        ]);
        await rule.up({ ...inputs, filters: { names: "acme/app" } });
        expect(there().filters).toEqual([{ type: "name", value: "acme/app" }]);
        await rule.up({ ...inputs, registryId: other, filters: {} });
        expect(there().filters).toBeUndefined();
    });

    it("leaves to Harbor what a newer version knows, filters as well as fields", async () => {
        const seen: unknown[] = [];
        await rule.up(inputs);
        harbor.newer = (_method, url, json) =>
            url.includes("/replication/policies") && Array.isArray(json)
                ? json.map((one) => ({
                      ...one,
                      priority: 7,
                      filters: [...(one.filters ?? []), { type: "signature", value: "cosign" }],
                  }))
                : json;
        expect((await rule.up(inputs)).step).toBe("same");
        harbor.intercept = ({ body, method }, response) => {
            const isPut = method === "PUT";
            if (isPut) {
                seen.push(body);
                response.writeHead(200).end();
            }
            return isPut;
        };
        await rule.up({ ...inputs, flatten: "two" });
        expect(seen).toEqual([
            expect.objectContaining({
                priority: 7,
                dest_namespace_replace_count: 2,
                filters: [
                    { type: "name", value: "acme/{app,web}" },
                    { type: "tag", value: "v*", decoration: "matches" },
                    { type: "signature", value: "cosign" },
                ],
            }),
        ]);
    });

    it("is renamed, turned round and given another end as the same object", async () => {
        await rule.up(inputs);
        const { id } = there();
        const turned: ReplicationInputs = { ...inputs, name: "to-other", direction: "push", registryId: other };
        expect((await rule.up(turned)).step).toBe("update");
        expect([...harbor.world.policies.values()]).toMatchObject([
            { id, name: "to-other", src_registry: 0, dest_registry: other },
        ]);
        expect((await rule.up(turned)).step).toBe("same");
    });

    it("of an event is not left with what only other triggers may have", async () => {
        await rule.up({ ...inputs, direction: "push", singleActive: true });
        const { singleActive, ...rest } = inputs;
        const pushing = { ...rest, direction: "push", trigger: { type: "event" } } as const;
        expect((await rule.up(pushing)).step).toBe("update");
        expect(there()).toMatchObject({ trigger: { type: "event_based" }, single_active_replication: false });
    });

    it("that is there is refused, then adopted by its name, and stays after destroy", async () => {
        const byHand = { name: "from-ghcr", src_registry: { id: ghcr }, dest_namespace: "old", enabled: true };
        harbor.byHand("POST", "/replication/policies", byHand);
        expect(await refusal({})).toEqual([
            expect.stringMatching(/^There is a replication rule from-ghcr at \S+ already, .* set adopt: true/),
        ]);
        const { flatten, ...rest } = inputs;
        const adopting = { ...rest, adopt: true };
        const { lines, step } = await rule.up(adopting);
        expect([step, ...lines]).toEqual([
            "create",
            `${title()}: taken over as it is there, and brought to what is wanted`,
            `${title()}: namespace: have old, want mirror/acme`,
            `${title()}: filters.names: have none, want acme/{app,web}`,
            `${title()}: filters.tags: have none, want matches v*`,
        ]);
        expect(there()).toMatchObject({ dest_namespace: "mirror/acme", override: false });
        expect((await rule.up(adopting)).step).toBe("same");
        await rule.destroy();
        expect(harbor.world.policies.size).toBe(1);
    });

    it("that is gone is made again; one that somebody made in its place is theirs", async () => {
        await rule.up(inputs);
        const { id, ...row } = there();
        harbor.world.policies.delete(id);
        expect((await rule.preview(inputs)).lines).toEqual([`${title()}: deleted there: it is made again`]);
        await rule.up(inputs);
        await rule.up(inputs);
        harbor.world.policies.clear();
        harbor.world.policies.set(99, { ...row, id: 99 } as Row);
        expect(await refusal({})).toEqual([expect.stringContaining("is not the one that this stack made")]);
        await rule.destroy();
        expect(harbor.world.policies.size).toBe(1);
    });

    it("of which all is carried is deleted as soon as Harbor has counted that", async () => {
        await rule.up(inputs);
        harbor.byHand("POST", "/replication/executions", { policy_id: there().id });
        for (let at = 0; at < 4; at++) {
            harbor.step();
        }
        const [execution] = [...harbor.world.executions.values()];
        Object.assign(execution ?? {}, { status: "Running" });
        setTimeout(() => Object.assign(execution ?? {}, { status: "Success" }), 200);
        expect((await rule.destroy()).step).toBe("deleted");
        expect(harbor.world.policies.size).toBe(0);
    });

    it("that runs is not deleted, with what to do; when it is over, it is", async () => {
        await rule.up(inputs);
        harbor.byHand("POST", "/replication/executions", { policy_id: there().id });
        const { reasons, step } = await rule.destroy();
        expect([step, ...reasons]).toEqual([
            "failed",
            `The replication rule from-ghcr at ${host()} is running, and Harbor deletes none that runs: let it end, or stop its execution in Harbor (Administration, Replications), and run it again.`,
        ]);
        for (let at = 0; at < 4; at++) {
            harbor.step();
        }
        expect((await rule.destroy()).step).toBe("deleted");
        expect(harbor.world.policies.size).toBe(0);
    });

    it("from ghcr.io is refused where it has no exact names, with the reason and what to do", async () => {
        const words = (has: string) =>
            expect.stringMatching(
                new RegExp(
                    `^The replication rule from-ghcr cannot pull from the registry endpoint ghcr: ghcr.io has no list of its repositories, so filters.names must be exact names, such as .*, and not ${has}: name each one, with a rule for each owner\\.$`,
                ),
            );
        expect(await refusal({ filters: { names: "acme/**" } })).toEqual([words('"acme/\\*\\*"')]);
        expect(await refusal({ filters: { tags: { matches: "v*" } } })).toEqual([words("none")]);
        expect(await refusal({ filters: undefined })).toEqual([words("none")]);
        expect(await refusal({ filters: { names: "acme/app", resource: "artifact" } })).toEqual([
            expect.stringContaining("Harbor sees images only at ghcr.io"),
        ]);
        expect(await refusal({ filters: { names: "acme/app", labels: { matches: ["a"] } } })).toEqual([
            expect.stringContaining("only a Harbor has labels, and this is of type github-ghcr"),
        ]);
        expect(await refusal({ direction: "push", filters: { names: "library/**" } })).toEqual([]);
    });

    it("to ghcr.io that would replicate deletions says that it has no effect there", async () => {
        const pushing = { ...inputs, direction: "push", trigger: { type: "event" }, replicateDeletion: true } as const;
        expect((await rule.preview(pushing)).lines).toEqual([
            `${title()}: replicateDeletion has no effect: ghcr.io deletes nothing for Harbor`,
        ]);
    });

    it("of an endpoint that is not there is refused", async () => {
        expect(await refusal({ registryId: 77 })).toEqual([
            `The replication rule from-ghcr is of the registry endpoint 77, which Harbor at ${host()} does not have: name one that is there, as endpoint.objectId.`,
        ]);
    });

    it.each<[mistake: string, inputs: object, reason: RegExp]>([
        ["event of a pull", { trigger: { type: "event" } }, /^the trigger event is of a rule that pushes/],
        [
            "five fields",
            { trigger: { type: "scheduled", cron: "0 2 * * *" } },
            /^trigger.cron has 5 fields and not six/,
        ],
        ["seconds", { trigger: { type: "scheduled", cron: "* 0 2 * * *" } }, /must have 0 as its first field/],
        ["minutes", { trigger: { type: "scheduled", cron: "0 * 2 * * *" } }, /must not have \* as its second field/],
        ["an hour", { trigger: { type: "scheduled", cron: "0 0 24 * * *" } }, /"24" is no hour/],
        ["a cron that is missing", { trigger: { type: "scheduled" } }, /^trigger.cron is missing/],
        ["a trigger", { trigger: { type: "hourly" } }, /^trigger.type must be/],
        [
            "single and event",
            { direction: "push", trigger: { type: "event" }, singleActive: true },
            /^singleActive is not/,
        ],
        ["deletion without event", { replicateDeletion: true }, /^replicateDeletion works with the trigger event only/],
        ["flatten without namespace", { namespace: undefined }, /^flatten says which parts of a path/],
        ["flatten", { flatten: "four" }, /^flatten must be/],
        ["namespace", { namespace: "Mirror/" }, /^namespace must be lower-case/],
        ["direction", { direction: "both" }, /^direction must be "pull" or "push"/],
        ["Harbor itself", { registryId: 0 }, /^registryId must be 1 or more/],
        ["no number", { registryId: "ghcr" }, /^registryId must be the number of a registry endpoint/],
        ["speed", { speed: 0 }, /^speed must be whole kilobytes/],
        ["both of a choice", { filters: { tags: { matches: "a", excludes: "b" } } }, /^filters.tags must be/],
        ["no labels", { filters: { labels: { matches: [] } } }, /^filters.labels/],
        ["an unknown filter", { filters: { repositories: "a" } }, /^filters has names, tags/],
        ["an empty name", { filters: { names: "" } }, /^filters.names is empty/],
    ])("with a mistake is refused in one sentence: %s", async (_mistake, wrong, reason) => {
        expect(await refusal(wrong as Partial<ReplicationInputs>)).toEqual([expect.stringMatching(reason)]);
        expect(harbor.asked()).toEqual([]);
    });

    it("is taken for made when the answer was lost, and is not made twice", async () => {
        harbor.fail({ method: "POST", ...FAULTS.lost() });
        expect((await rule.up(inputs)).step).toBe("create");
        expect(harbor.world.policies.size).toBe(1);
        expect((await rule.up(inputs)).step).toBe("same");
    });

    it.each([
        ["refused", FAULTS.broken],
        ["forbidden", FAULTS.forbidden],
        ["lost", FAULTS.lost],
    ] as const)("whose change was %s is mended by the next run", async (_how, fault) => {
        await rule.up(inputs);
        const changed: ReplicationInputs = { ...inputs, name: "renamed", flatten: "two", speed: 50 };
        harbor.fail({ method: "PUT", ...fault() });
        expect((await rule.up(changed)).step).toBe("failed");
        expect((await rule.up(changed)).step).toBe("update");
        expect(there()).toMatchObject({ name: "renamed", dest_namespace_replace_count: 2, speed: 50 });
        expect((await rule.up(changed)).step).toBe("same");
        expect(harbor.world.policies.size).toBe(1);
    });

    it("that nobody can look at is no drift, and an error where something is to be done", async () => {
        await rule.up(inputs);
        harbor.fail({ method: "GET", url: /replication/, ...FAULTS.forbidden() });
        const same = await rule.up(inputs);
        expect(same.step).toBe("same");
        expect(same.lines).toEqual([expect.stringMatching(/nothing can be said of it: .* said 403/)]);
        harbor.fail({ method: "GET", url: /registries/, ...FAULTS.unauthorized() });
        expect(await refusal({ flatten: "two" })).toEqual([expect.stringMatching(/said 401/)]);
    });
});

describe("A pattern of names", () => {
    it.each([
        ["acme/app", true],
        ["acme/{app,web}", true],
        ["{acme,other}/app-{a,b}", true],
        ["acme/**", false],
        ["acme/app*", false],
        ["acme/[ab]", false],
        ["{acme/app,other/web}", false],
        ["acme/{a,b}{c,d}", false],
        ["acme/app,web", false],
        ["acme/", false],
        ["", false],
    ])("%s is exact: %s", (pattern, exact) => {
        expect(isExact(pattern)).toBe(exact);
    });
});
