import * as pulumi from "@pulumi/pulumi";
import { defineCatalog, ImageFleet, type Lock } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import type { ImageTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { digestAt, pushImage } from "../support/two-registries";

describeWithEngine("environments on the real engine", (engine) => {
    let hub: EmbeddedRegistry;
    let devTarget: EmbeddedRegistry;
    let prodTarget: EmbeddedRegistry;
    let first: ImageTree;
    let second: ImageTree;
    let dev: TestStack;
    let prod: TestStack;
    let minAge: string | undefined;

    const catalogFor = (environment: string) =>
        defineCatalog(
            {
                version: 1,
                defaults: { targets: ["ghcr"] },
                registries: {
                    hub: { host: hub.host, kind: "distribution", insecure: true },
                    ghcr: { host: `${devTarget.host}/dev`, kind: "distribution", insecure: true },
                },
                environments: {
                    dev: { upstream: "follow" },
                    prod: {
                        upstream: "locked",
                        promoteFrom: "dev",
                        ...(minAge === undefined ? {} : { minAge }),
                        registries: { ghcr: { host: `${prodTarget.host}/prod` } },
                    },
                },
                images: {
                    base: { source: `${hub.host}/acme/base`, tags: ["1"] },
                    app: { source: `${hub.host}/acme/app`, tags: ["1"], wave: 1 },
                },
            },
            { environment },
        );
    const program = async () => {
        const environment = pulumi.getStack();
        const previous = new pulumi.StackReference("previous", { name: "organization/fleet/dev" });
        const lock = previous.getOutput("lock").apply((value) => (value ?? {}) as Lock);
        const promoted = environment === "prod" ? { lock, deleteOnDestroy: true } : {};
        const fleet = new ImageFleet("images", { catalog: catalogFor(environment), ...promoted });
        return { lock: fleet.lock, images: fleet.refs };
    };

    beforeAll(async () => {
        hub = await embeddedForFile();
        devTarget = await embeddedForFile();
        prodTarget = await embeddedForFile();
        first = await pushImage(hub, "acme/app", "1");
        await pushImage(hub, "acme/base", "1");
        dev = await TestStack.open(engine, program, { stack: "dev" });
        prod = await TestStack.open(engine, program, { stack: "prod", directory: dev.directory });
    });

    it("production waits until the previous environment has proven a digest", async () => {
        const run = await prod.up();
        expect(run.ok).toBe(true);
        expect(prodTarget.requests.count({ method: "PUT" })).toBe(0);
        expect(run.outputs.images).toEqual({});
    });

    it("development follows its upstream, wave by wave", async () => {
        const run = await dev.up();
        expect(run.ok).toBe(true);
        const waves = (await dev.checkpoint()).resources.filter(({ type }) => type.endsWith(":ImageFleetWave"));
        expect(waves.map(({ urn }) => urn.split("::").at(-1))).toEqual(["images-wave-0", "images-wave-1"]);
        expect(await digestAt(devTarget, "dev/acme/app", "1")).toBe(first.root);
    });

    it("production carries what was proven, though the upstream has moved on", async () => {
        second = await pushImage(hub, "acme/app", "1");
        const run = await prod.up();
        expect(run.text).not.toContain("error:");
        expect(run.ok).toBe(true);
        expect(await digestAt(prodTarget, "prod/acme/app", "1")).toBe(first.root);
    });

    it("holds a digest back that is younger than minAge, and keeps the old one without drift", async () => {
        minAge = "24h";
        expect((await dev.up()).ok).toBe(true);
        expect(await digestAt(devTarget, "dev/acme/app", "1")).toBe(second.root);
        const run = await prod.up();
        expect(run.text).not.toContain("drift:");
        expect(run.ok).toBe(true);
        expect(await digestAt(prodTarget, "prod/acme/app", "1")).toBe(first.root);
    });

    it("promotes it when it is old enough, and keeps the one before for a roll-back", async () => {
        minAge = undefined;
        const run = await prod.up();
        expect(run.text).not.toContain("error:");
        expect(await digestAt(prodTarget, "prod/acme/app", "1")).toBe(second.root);
        const rollback = `1.prev-${first.root.slice(7, 19)}`;
        expect(await digestAt(prodTarget, "prod/acme/app", rollback)).toBe(first.root);
    });

    it("deletes only what it proved when destroy is told to delete", async () => {
        const stranger = await pushImage(prodTarget, "prod/acme/base", "1");
        const run = await prod.destroy();
        expect(run.text).toContain("left base:1@ghcr in place");
        expect(run.ok).toBe(true);
        expect(await digestAt(prodTarget, "prod/acme/app", "1")).toBeUndefined();
        expect(await digestAt(prodTarget, "prod/acme/base", "1")).toBe(stranger.root);
    });
});
