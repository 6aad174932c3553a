import { HarborProject, HarborRegistryEndpoint, HarborReplication } from "transship";
import { expect } from "vitest";
import { Harbor } from "../../../core/harbor";
import { embeddedForFile } from "../../support/embedded";
import { imageIndex, pushTree } from "../../support/images";
import { digestAt } from "./digest";
import { describeLife } from "./life";
import { byHand, madeByHand, named, until } from "./place";
import { sourceOf } from "./source";

const POLICIES = "/replication/policies";

describeLife("replication rules of a real Harbor", (place) => {
    const { prefix, url } = place;
    const tree = imageIndex({ seed: prefix });
    const names = {
        endpoint: `${prefix}-hub`,
        project: `${prefix}-copies`,
        pull: `${prefix}-pull`,
        push: `${prefix}-push`,
    };
    const rule = (name: string) => named(place, POLICIES, name);
    const put = async (name: string, change: object) => {
        const found = await rule(name);
        await byHand(place, "PUT", `${POLICIES}/${found.id}`, { ...found, ...change });
    };
    let source = "";

    return {
        count: 4,
        changes: 2,
        program: ({ adopt, changed }) => {
            const common = { url, adopt };
            const endpoint = new HarborRegistryEndpoint("endpoint", {
                ...common,
                name: names.endpoint,
                type: "docker-registry",
                endpoint: source,
            });
            const project = new HarborProject("project", { ...common, name: names.project });
            const pull = new HarborReplication(
                "pull",
                {
                    ...common,
                    name: names.pull,
                    direction: "pull",
                    registryId: endpoint.objectId,
                    namespace: names.project,
                    flatten: changed ? "all" : "one",
                    filters: {
                        names: `${prefix}/{app,web}`,
                        tags: changed ? { excludes: "dev-*" } : { matches: "v*" },
                    },
                    trigger: changed ? { type: "scheduled", cron: "0 0 3 * * *" } : { type: "manual" },
                    override: true,
                    enabled: true,
                    speed: changed ? 512 : -1,
                    singleActive: true,
                    description: changed ? "two" : "one",
                },
                { dependsOn: project },
            );
            const push = new HarborReplication("push", {
                ...common,
                name: names.push,
                direction: "push",
                registryId: endpoint.objectId,
                namespace: `${prefix}-back`,
                filters: { names: `${names.project}/**`, resource: "image" },
                trigger: { type: "event" },
                replicateDeletion: changed,
                enabled: false,
            });
            return { pull: pull.objectId, push: push.objectId };
        },
        before: async () => {
            source = await sourceOf(() => embeddedForFile());
            await pushTree(source, `${prefix}/app`, tree, { tag: "v1" });
            // A rule that names a repository which is not there carries nothing at all.
            await pushTree(source, `${prefix}/web`, imageIndex(), { tag: "dev-1" });
        },
        isThere: async ({ changed }) => {
            expect(await rule(names.pull)).toMatchObject({
                src_registry: { name: names.endpoint },
                dest_namespace: names.project,
                dest_namespace_replace_count: changed ? -1 : 1,
                trigger: changed
                    ? { type: "scheduled", trigger_settings: { cron: "0 0 3 * * *" } }
                    : { type: "manual" },
                override: true,
                enabled: true,
                // Whatever Harbor has for no limit.
                speed: changed ? 512 : 0,
                single_active_replication: true,
                description: changed ? "two" : "one",
            });
            expect(await rule(names.push)).toMatchObject({ dest_registry: { name: names.endpoint } });
        },
        works: {
            title: "carry an image from a second registry, and its digest there is the one that was pushed",
            does: async () => {
                const harbor = new Harbor(place);
                const { id } = await rule(names.pull);
                const execution = await harbor.replicationExecutions.start(id);
                const ended = await until("the replication ends", async () => {
                    const seen = await harbor.replicationExecutions.get(execution);
                    return seen?.status === "InProgress" ? undefined : seen;
                });
                const tasks = await harbor.replicationExecutions.tasks(execution);
                const logs = await Promise.all(
                    tasks.map((task) => harbor.replicationExecutions.taskLog(execution, task.id)),
                );
                expect(ended, logs.join("\n")).toMatchObject({ status: "Succeed", total: 1, succeed: 1 });
                expect(logs.join("\n")).toContain("v1");
                expect(await harbor.replicationExecutions.list(id)).toHaveLength(1);
                expect(await digestAt(place, `${names.project}/app`, "v1")).toBe(tree.root);
                await harbor.close();
            },
        },
        outside: [
            {
                title: "filters and trigger of a rule",
                does: () =>
                    put(names.pull, { filters: [{ type: "name", value: "other/**" }], trigger: { type: "manual" } }),
                told: /filters\.names: have .*other\/\*\*[\s\S]*trigger|trigger[\s\S]*filters\.names: have .*other\/\*\*/,
                isMended: async () => expect(await rule(names.pull)).toMatchObject({ trigger: { type: "scheduled" } }),
            },
            {
                title: "a rule that is enabled",
                does: () => put(names.push, { enabled: true }),
                told: /enabled: have true, want false/,
                isMended: async () => expect((await rule(names.push)).enabled ?? false).toBe(false),
            },
        ],
        deleted: [
            {
                title: "a rule that is deleted",
                does: async () => byHand(place, "DELETE", `${POLICIES}/${(await rule(names.pull)).id}`),
                told: /deleted there: it is made again/,
                isMended: () => rule(names.pull),
            },
        ],
        empty: async () => {
            await byHand(place, "DELETE", `/projects/${names.project}/repositories/app`);
        },
        others: async () => {
            const body = { name: names.endpoint, type: "docker-registry", url: source };
            const id = await madeByHand(place, "/registries", body);
            await madeByHand(place, "/projects", { project_name: names.project });
            await madeByHand(place, POLICIES, { name: names.pull, src_registry: { id }, enabled: false });
            await madeByHand(place, POLICIES, { name: names.push, dest_registry: { id }, enabled: true });
        },
        isLeft: async () => {
            await rule(names.pull);
            await rule(names.push);
        },
    };
});
