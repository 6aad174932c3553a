import * as pulumi from "@pulumi/pulumi";
import { DigestGate, ImageFleet, type ImageFleetArgs } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { type ImageTree, pushTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { shiftedClock } from "../support/shifted-clock";
import { catalogOf, digestAt, pushImage } from "../support/two-registries";

/** Something that is deployed, after a while: what a gate holds back, or leaves alone. */
class Deployment extends pulumi.dynamic.Resource {
    constructor(name: string, milliseconds: pulumi.Input<number>, opts?: pulumi.CustomResourceOptions) {
        const provider: pulumi.dynamic.ResourceProvider = {
            async create(inputs) {
                await new Promise((resolve) => setTimeout(resolve, inputs.milliseconds));
                return { id: "deployment", outs: inputs };
            },
        };
        super(provider, name, { milliseconds }, opts);
    }
}

const HOUR = 3_600_000;
/** Longer than a gate takes that asks nobody. */
const LONGER = 1_500;

describeWithEngine("a gate on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let stack: TestStack;
    let image: ImageTree;
    let stranger: ImageTree;
    let fleetArgs: Partial<ImageFleetArgs> = {};
    let waive: readonly object[] | undefined;
    /** What the program deploys beside the gate: nothing at first, then one release after the other. */
    let release = 0;
    const clock = shiftedClock();

    const program = async () => {
        const images = {
            app: { source: `${hub.host}/acme/app`, tags: ["1"] },
            other: { source: `${hub.host}/acme/other`, tags: ["1"] },
        };
        const fleet = new ImageFleet("images", { catalog: catalogOf(hub, target, images, { waive }), ...fleetArgs });
        const gate = new DigestGate("app-equal", { fleet, images: ["app"] });
        if (release > 0) {
            new Deployment(`held-${release}`, 0, { dependsOn: gate });
            // It has nothing to do with the gate, and its turn comes when the gate has failed long since.
            const slow = new Deployment(`slow-${release}`, release < 3 ? LONGER : 0, { dependsOn: fleet });
            new Deployment(`late-${release}`, 0, { dependsOn: slow });
        }
    };
    const deployed = async () =>
        (await stack.checkpoint()).resources
            .map(({ urn }) => urn.split("::").at(-1))
            .filter((name) => /-\d$/.test(name ?? ""));
    const observedBy = async (name: string) => {
        const found = (await stack.checkpoint()).resources.find(({ urn }) => urn.endsWith(`::${name}`));
        return found?.outputs?.observed as { waived?: string[]; drift?: string[] };
    };
    const have = () => `app:1@ghcr: have ${stranger.root} want ${image.root}`;
    const writes = () => target.requests.count({ method: "PUT" });

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile();
        image = await pushImage(hub, "acme/app", "1");
        await pushImage(hub, "acme/other", "1");
        stack = await TestStack.open(engine, program, { env: clock.env });
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

    it("makes up fail over it, names it, repairs nothing, and ends the deploy of everything that is not begun", async () => {
        const before = writes();
        release = 1;
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain("1 copy is not proven equal");
        expect(run.text).toContain(have());
        expect(writes()).toBe(before);
        expect(await deployed()).not.toContain("held-1");
        expect(await deployed()).not.toContain("late-1");
    });

    it("closes alone, with --target, by a look of its own", async () => {
        const gate = (await stack.checkpoint()).resources.find(({ urn }) => urn.endsWith("::app-equal"));
        target.requests.reset();
        const run = await stack.up({ target: [gate?.urn ?? ""] });
        expect(run.ok).toBe(false);
        expect(run.text).toContain(have());
        expect(target.requests.count({ method: "HEAD", kind: "manifest" })).toBe(1);
    });

    it("holds back only its dependants under --continue-on-error", async () => {
        release = 2;
        const run = await stack.up({ continueOnError: true });
        expect(run.ok).toBe(false);
        expect(run.text).toContain(have());
        expect(await deployed()).toContain("late-2");
        expect(await deployed()).not.toContain("held-2");
    });

    it("is opened by a waiver in the catalogue, which all that report it show, at no request of its own", async () => {
        const until = new Date(Date.now() + HOUR).toISOString();
        waive = [{ image: "app", until, reason: "hotfix, ticket 42" }];
        release = 3;
        hub.requests.reset();
        target.requests.reset();
        const run = await stack.up();
        expect(run.ok).toBe(true);
        expect(await deployed()).toContain("held-3");
        expect(hub.requests.count({ method: "HEAD" }) + target.requests.count({ method: "HEAD" })).toBe(4);
        const shown = `${have()}; waived until ${until.slice(0, 10)} ${until.slice(11, 19)} UTC: hotfix, ticket 42`;
        expect(run.text).toContain(`known drift: ${shown}`);
        expect(run.text).toContain(`gate passes over: ${shown}`);
        for (const name of ["images-wave-0", "app-equal"]) {
            expect(await observedBy(name)).toMatchObject({ waived: [shown] });
            expect(await observedBy(name)).not.toHaveProperty("drift");
        }
        expect(await digestAt(target, "mirror/acme/app", "1")).toBe(stranger.root);
    });

    it("closes again when the waiver ends: nothing of the program has changed", async () => {
        clock.set(2 * HOUR);
        const preview = await stack.preview();
        expect(preview.text).toContain(`drift: ${have()}`);
        expect(preview.text).toContain(`gate closed: ${have()}`);
        expect(preview.text).toMatch(/The waiver of app ended at .*: hotfix, ticket 42; take it out of the catalogue/);
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).toContain(have());
    });

    it("opens again when the copies are the same", async () => {
        await pushTree(target.host, "mirror/acme/app", image, { tag: "1" });
        release = 4;
        const run = await stack.up();
        expect(run.text).not.toContain("gate closed");
        expect(run.ok).toBe(true);
        expect(await deployed()).toContain("held-4");
        expect(await observedBy("app-equal")).not.toHaveProperty("waived");
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
