import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { defineCatalog, ImageFleet } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type AwsEmulator, EMULATED_REGION, startMinistack } from "../support/aws/emulator";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { describeWith, describeWithEngine } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { digestAt, pushImage } from "../support/two-registries";

const [VAULT, KMS] = ["mirror/hashicorp/vault", "mirror/nsmithuk/local-kms"];

/** The tests tell one story, each goes on where the one before has ended. */
describeWith(["ministack"], "An ECR", (found) => {
    describeWithEngine("and a fleet on the real engine", (engine) => {
        let aws: AwsEmulator;
        let client: ECRClient;
        let hub: EmbeddedRegistry;
        let stack: TestStack;
        const trees: Record<string, ImageTree> = {};

        const program = async () => {
            const ecr = {
                host: `${aws.host}/mirror`,
                kind: "ecr",
                insecure: true,
                credentials: { from: "aws", region: EMULATED_REGION },
            };
            const catalog = defineCatalog({
                version: 1,
                defaults: { targets: ["ecr"] },
                registries: { hub: { host: hub.host, kind: "distribution", insecure: true }, ecr },
                images: {
                    vault: { source: `${hub.host}/hashicorp/vault`, tags: ["1.18", "1.17"] },
                    kms: { source: `${hub.host}/nsmithuk/local-kms`, tags: ["3"] },
                },
            } as never);
            return { images: new ImageFleet("images", { catalog }).refs };
        };
        const create = (repositoryName: string, imageTagMutability: "MUTABLE" | "IMMUTABLE") =>
            client.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability }));
        const pushedTo = async (repositoryName: string) => {
            const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName }));
            return imageDetails
                .map(({ imageDigest, imageTags = [] }) => `${imageDigest} ${[...imageTags].sort()}`)
                .sort();
        };

        beforeAll(async () => {
            aws = await startMinistack(found.ministack);
            client = new ECRClient(aws.client);
            hub = await embeddedForFile();
            for (const tag of ["1.18", "1.17"]) {
                trees[tag] = imageIndex({ seed: tag });
                await pushTree(hub.host, "hashicorp/vault", trees[tag], { tag });
            }
            trees["3"] = await pushImage(hub, "nsmithuk/local-kms", "3");
            const env = { ...aws.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
            stack = await TestStack.open(engine, program, { env });
            await create(VAULT, "IMMUTABLE");
        });

        afterAll(async () => {
            client?.destroy();
            await aws?.close();
        });

        it("carries what has a repository, and names the one that is not there in one sentence", async () => {
            const run = await stack.up();
            expect(run.ok).toBe(false);
            expect(run.text).toContain(`The repository ${aws.host}/${KMS} is not there`);
            expect(run.text).toContain(`aws ecr create-repository --repository-name ${KMS}`);
            expect(run.text).not.toMatch(/^\s+at .*:\d+:\d+/m);
            await resolveWholly(aws.host, VAULT, "1.18");
            expect(await digestAt(aws, VAULT, "1.17")).toBe(trees["1.17"]?.root);
        });

        it("carries the rest once it is, and pins what it has proven", async () => {
            await create(KMS, "MUTABLE");
            const run = await stack.up();
            expect([run.ok, run.text]).toEqual([true, expect.stringContaining("carried 1 tag")]);
            await resolveWholly(aws.host, KMS, "3");
            const pinned = `${aws.host}/${KMS}:3@${trees["3"]?.root}`;
            expect(run.outputs.images).toMatchObject({ kms: { "3": { ecr: pinned } } });
        });

        it("pushes nothing on the next up, and changes nothing", async () => {
            const before = [await pushedTo(VAULT), await pushedTo(KMS)];
            const run = await stack.up();
            expect([run.ok, run.changes]).toEqual([true, { same: 3 }]);
            expect([await pushedTo(VAULT), await pushedTo(KMS)]).toEqual(before);
        });

        it("names a tag that was moved behind our back in the preview, before anything is touched", async () => {
            const stranger = singleImage({ seed: "stranger" });
            await pushTree(aws.host, KMS, stranger, { tag: "3" });
            const preview = await stack.preview({ diff: true });
            expect([preview.ok, preview.text]).toEqual([
                true,
                expect.stringContaining(`kms:3@ecr: have ${stranger.root} want ${trees["3"]?.root}`),
            ]);
            expect(await digestAt(aws, KMS, "3")).toBe(stranger.root);
        });

        it("puts right what is ours, and says in one sentence what to change where an immutable tag has another digest", async () => {
            const [next, conflict] = [singleImage({ seed: "next" }), imageIndex({ seed: "conflict" })];
            await pushTree(hub.host, "nsmithuk/local-kms", next, { tag: "3" });
            await pushTree(aws.host, KMS, trees["3"] as ImageTree, { tag: "3" });
            await pushTree(hub.host, "hashicorp/vault", conflict, { tag: "1.18" });
            const run = await stack.up();
            expect([run.ok, run.text]).toEqual([false, expect.stringContaining("carried 1 tag")]);
            expect(await digestAt(aws, KMS, "3")).toBe(next.root);
            expect(await digestAt(aws, KMS, `3.prev-${trees["3"]?.root.slice(7, 19)}`)).toBe(trees["3"]?.root);
            expect(run.text).toContain(`${aws.host}/${VAULT}:1.18 is immutable and has another digest`);
            expect(run.text).toContain("let EcrRepositories list 1.18 in mutableTags");
            expect(run.text).not.toMatch(/^\s+at .*:\d+:\d+/m);
            expect(await digestAt(aws, VAULT, "1.18")).toBe(trees["1.18"]?.root);
        });

        it("is read by a refresh, and a destroy deletes nothing of it", async () => {
            const before = [await pushedTo(VAULT), await pushedTo(KMS)];
            expect((await stack.refresh()).ok).toBe(true);
            expect((await stack.destroy()).ok).toBe(true);
            expect([await pushedTo(VAULT), await pushedTo(KMS)]).toEqual(before);
        });
    });
});
