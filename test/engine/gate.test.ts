import * as pulumi from "@pulumi/pulumi";
import { DigestGate, type DigestGateArgs, ImageFleet, type ImageFleetArgs } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { type ImageTree, pushTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { catalogOf, digestAt, pushImage } from "../support/two-registries";

/** Something that is deployed: what a gate holds back. */
class Deployment extends pulumi.dynamic.Resource {
    constructor(name: string, image: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions) {
        const provider: pulumi.dynamic.ResourceProvider = {
            async create(inputs) {
                return { id: "deployment", outs: inputs };
            },
        };
        super(provider, name, { image }, opts);
    }
}

describeWithEngine("a gate on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let stack: TestStack;
    let image: ImageTree;
    let stranger: ImageTree;
    let fleetArgs: Partial<ImageFleetArgs> = {};
    const gateArgs: Partial<DigestGateArgs> = {};
    let gates = true;

    const program = async () => {
        const catalog = catalogOf(hub, target, {
            app: { source: `${hub.host}/acme/app`, tags: ["1"] },
            other: { source: `${hub.host}/acme/other`, tags: ["1"] },
        });
        const fleet = new ImageFleet("images", { catalog, ...fleetArgs });
        const free = new Deployment("free", fleet.ref("other"));
        if (gates) {
            const gate = new DigestGate("app-equal", { fleet, images: ["app"], ...gateArgs });
            new Deployment("held", free.urn, { dependsOn: gate });
        }
    };
    const writes = () => target.requests.count({ method: "PUT" });

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile();
        image = await pushImage(hub, "acme/app", "1");
        await pushImage(hub, "acme/other", "1");
        stack = await TestStack.open(engine, program);
    });

    it("opens after the fleet has carried, at no request of its own", async () => {
        const run = await stack.up();
        expect(run.text).not.toContain("gate closed");
        expect(run.ok).toBe(true);
        hub.requests.reset();
        target.requests.reset();
        expect((await stack.up()).ok).toBe(true);
        expect(hub.requests.total + target.requests.total).toBe(4);
    });

    it("does not close in a preview over drift that the fleet is about to repair", async () => {
        stranger = await pushImage(target, "mirror/acme/app", "1");
        const run = await stack.preview();
        expect(run.text).toContain("drift: app:1@ghcr");
        expect(run.text).not.toContain("gate closed");
    });

    it("says in a preview that it would close, when the fleet only warns", async () => {
        fleetArgs = { onDrift: "warn" };
        const run = await stack.preview();
        expect(run.ok).toBe(true);
        expect(run.text).toContain(`gate closed: app:1@ghcr: have ${stranger.root} want ${image.root}`);
    });

    it("makes up fail over drift that the fleet only warns of, names it, and repairs nothing", async () => {
        const before = writes();
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain("1 copy is not proven equal");
        expect(run.text).toContain(`app:1@ghcr: have ${stranger.root} want ${image.root}`);
        expect(writes()).toBe(before);
    });

    it("closes alone, with --target, by a look of its own", async () => {
        const gate = (await stack.checkpoint()).resources.find(({ urn }) => urn.endsWith("::app-equal"));
        target.requests.reset();
        const run = await stack.up({ target: [gate?.urn ?? ""] });
        expect(run.ok).toBe(false);
        expect(run.text).toContain(`app:1@ghcr: have ${stranger.root} want ${image.root}`);
        expect(target.requests.count({ method: "HEAD", kind: "manifest" })).toBe(1);
    });

    it("holds back only its dependants under --continue-on-error", async () => {
        gates = false;
        expect((await stack.destroy()).ok).toBe(true);
        await stack.up();
        gates = true;
        const run = await stack.up({ continueOnError: true });
        expect(run.ok).toBe(false);
        const names = (await stack.checkpoint()).resources.map(({ urn }) => urn.split("::").at(-1));
        expect(names).toContain("free");
        expect(names).not.toContain("held");
    });

    it("opens again when the copies are the same", async () => {
        await pushTree(target.host, "mirror/acme/app", image, { tag: "1" });
        const run = await stack.up();
        expect(run.text).not.toContain("gate closed");
        expect(run.ok).toBe(true);
        const names = (await stack.checkpoint()).resources.map(({ urn }) => urn.split("::").at(-1));
        expect(names).toContain("held");
    });

    it("compares bare references without a fleet", async () => {
        const references = [`${hub.host}/acme/app:1`, `${target.host}/mirror/acme/app:1`];
        const alone = await TestStack.open(
            engine,
            async () => {
                const catalog = catalogOf(hub, target, { app: { source: `${hub.host}/acme/app`, tags: ["1"] } });
                new DigestGate("same", { references, catalog });
            },
            { project: "alone" },
        );
        expect((await alone.up()).ok).toBe(true);
        await pushTree(target.host, "mirror/acme/app", stranger, { tag: "1" });
        const run = await alone.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain(`have ${await digestAt(target, "mirror/acme/app", "1")} want ${image.root}`);
    });
});
