import type * as pulumi from "@pulumi/pulumi";
import { ImageFleet, ImageReferences } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import type { ImageTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { catalogOf, pushImage } from "../support/two-registries";

describeWithEngine("two stacks, one of which consumes the other's images", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let image: ImageTree;
    let producer: TestStack;

    beforeAll(async () => {
        hub = await embeddedForFile();
        target = await embeddedForFile();
        image = await pushImage(hub, "hashicorp/vault", "1.18.3");
        producer = await TestStack.open(
            engine,
            async () => {
                const catalog = catalogOf(hub, target, {
                    vault: {
                        source: `${hub.host}/hashicorp/vault`,
                        tags: ["1.18.3"],
                        targets: [{ registry: "ghcr", tags: [{ from: "1.18.3", to: "stable" }] }],
                    },
                });
                const fleet = new ImageFleet("images", { catalog });
                return { images: fleet.refs, lock: fleet.lock };
            },
            { project: "producer" },
        );
        expect((await producer.up()).ok).toBe(true);
    });

    const consume = async (program: (images: ImageReferences) => Record<string, pulumi.Output<string>>) => {
        const stack = await TestStack.open(
            engine,
            async () => program(new ImageReferences("images", { stack: "organization/producer/dev" })),
            { project: "consumer", directory: producer.directory },
        );
        return stack.up();
    };

    it("gets references that are pinned as the first proved them, and one platform's own digest", async () => {
        const run = await consume((images) => ({
            vault: images.ref("vault", { tag: "1.18.3", registry: "ghcr" }),
            worker: images.imageUri("vault", { registry: "ghcr", platform: "linux/arm64" }),
            whole: images.imageUri("vault", { registry: "ghcr" }),
        }));
        const child = JSON.parse(String(image.manifests.at(-1)?.bytes)).manifests[1].digest;
        const repository = `${target.host}/mirror/hashicorp/vault`;
        expect(run.outputs).toEqual({
            vault: `${repository}:stable@${image.root}`,
            worker: `${repository}@${child}`,
            whole: `${repository}@${image.root}`,
        });
    });

    it("is told the nearest name for one that is not there, without a stack trace", async () => {
        const run = await consume((images) => ({ vault: images.ref("vautl") }));
        expect(run.ok).toBe(false);
        expect(run.text).toContain('nothing proves an image "vautl" yet; did you mean "vault"?');
        expect(run.text).not.toMatch(/^\s+at .*\.js:\d+/m);
    });

    it("refuses an unknown name, tag or registry of a fleet at construction, with the nearest right one", async () => {
        const wrong = async (choose: (fleet: ImageFleet) => pulumi.Output<string>) => {
            const stack = await TestStack.open(
                engine,
                async () => {
                    const images = { vault: { source: `${hub.host}/hashicorp/vault`, tags: ["1.18.3"] } };
                    choose(new ImageFleet("images", { catalog: catalogOf(hub, target, images) }));
                },
                { project: "wrong" },
            );
            return (await stack.preview()).text;
        };
        expect(await wrong((fleet) => fleet.ref("valut"))).toContain('did you mean "vault"?');
        expect(await wrong((fleet) => fleet.ref("vault", { registry: "gchr" }))).toContain('did you mean "ghcr"?');
        expect(await wrong((fleet) => fleet.ref("vault", { tag: "1.18.4" }))).toContain('did you mean "1.18.3"?');
    });
});
