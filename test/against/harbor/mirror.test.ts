import { setTimeout as sleep } from "node:timers/promises";
import { type Catalog, defineCatalog, HarborMirror } from "transship";
import { expect, it } from "vitest";
import { Harbor } from "../../../core/harbor";
import { embeddedForFile } from "../../support/embedded";
import { type EngineRun, TestStack } from "../../support/engine-stack";
import { imageIndex, pushTree } from "../../support/images";
import { digestAt } from "./digest";
import { describeAgainst } from "./life";
import { byHand, leftovers, listed, until } from "./place";
import { sourceOf } from "./source";

describeAgainst("a mirror at a real Harbor", (place, engine) => {
    const { prefix, url } = place;
    const project = `${prefix}-mirror`;
    const trees = { app: imageIndex(), web: imageIndex() };
    const texts: string[] = [];
    let stack: TestStack;

    const run = async (call: Promise<EngineRun>): Promise<EngineRun> => {
        const done = await call;
        texts.push(done.text);
        return done;
    };

    it("is made whole from the catalogue, and the next preview and up have nothing to do", async () => {
        const source = await sourceOf(() => embeddedForFile());
        for (const [name, tree] of Object.entries(trees)) {
            await pushTree(source, `${prefix}/${name}`, tree, { tag: "1.0.0" });
        }
        const host = new URL(source).host;
        const catalog = defineCatalog({
            version: 1,
            defaults: { targets: ["harbor"] },
            registries: {
                harbor: { host: `${new URL(url).host}/${project}`, kind: "harbor", insecure: url.startsWith("http:") },
                hub: { host, kind: "distribution", insecure: source.startsWith("http:") },
            },
            images: {
                app: { source: `${host}/${prefix}/app`, tags: ["1.0.0"] },
                web: { source: `${host}/${prefix}/web`, tags: ["1.0.0"] },
            },
        } as never) as Catalog;
        const program = async () => {
            const { endpoints, projects, robot, rules } = new HarborMirror(prefix, {
                catalog,
                url,
                sources: { hub: { endpoint: source } },
                proxyCaches: { [`${prefix}-cache`]: { source: "hub" } },
            });
            return { endpoints, projects, rules, user: robot?.username };
        };
        const logins = { harbor: { username: place.username, password: place.password } };
        stack = await TestStack.open(engine, program, {
            config: { "transship:credentials": { value: JSON.stringify(logins), secret: true } },
        });
        const up = await run(stack.up());
        expect(up.ok, up.text).toBe(true);
        const previewed = await run(stack.preview({ diff: true }));
        expect(Object.keys(previewed.changes), previewed.text).toEqual(["same"]);
    });

    it("has rules that bring what the catalogue names, by our own look at the digests", async () => {
        const harbor = new Harbor(place);
        const rules = (await harbor.replicationPolicies.list()).filter(({ name }) => name.startsWith(prefix));
        expect(rules.length).toBeGreaterThan(0);
        for (const { id, name } of rules) {
            const execution = await harbor.replicationExecutions.start(id);
            const ended = await until(`the rule ${name} ends`, async () => {
                const seen = await harbor.replicationExecutions.get(execution);
                return seen?.status === "InProgress" ? undefined : seen;
            });
            expect(ended).toMatchObject({ status: "Succeed" });
        }
        await harbor.close();
        for (const [name, tree] of Object.entries(trees)) {
            expect(await digestAt(place, `${project}/${prefix}/${name}`, "1.0.0")).toBe(tree.root);
        }
    });

    it("keeps what never moves, and gives it out through the proxy cache too", async () => {
        const path = encodeURIComponent(encodeURIComponent(`${prefix}/app`));
        const { json } = { json: await byHand(place, "GET", `/projects/${project}/repositories/${path}/artifacts`) };
        expect(json[0].tags[0].name).toBe("1.0.0");
        const rules = await listed(place, `/projects/${project}/immutabletagrules`);
        expect(rules.length).toBeGreaterThan(0);
        expect(await digestAt(place, `${prefix}-cache/${prefix}/web`, "1.0.0")).toBe(trees.web.root);
    });

    it("is deleted by destroy once its images are, and no secret was printed or kept", async () => {
        const rules = await listed(place, `/projects/${project}/immutabletagrules`);
        for (const { id } of rules) {
            await byHand(place, "DELETE", `/projects/${project}/immutabletagrules/${id}`);
        }
        // What a proxy cache keeps comes a while after what it gives out.
        await sleep(5_000);
        for (const name of [project, `${prefix}-cache`]) {
            for (const repository of await listed(place, `/projects/${name}/repositories`)) {
                const below = encodeURIComponent(encodeURIComponent(repository.name.slice(name.length + 1)));
                await byHand(place, "DELETE", `/projects/${name}/repositories/${below}`);
            }
        }
        const destroyed = await run(stack.destroy());
        expect(destroyed.ok, destroyed.text).toBe(true);
        expect(await leftovers(place)).toEqual([]);
        const kept = [...texts, await stack.backendText()].join("\n");
        expect(kept).not.toContain(place.password);
    });
});
