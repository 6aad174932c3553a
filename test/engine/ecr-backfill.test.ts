import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { defineCatalog, ImageFleet } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backfillCatalog, ecrRegistryOf } from "../../core/ecr";
import { type AwsEmulator, startMinistack } from "../support/aws/emulator";
import { TestStack } from "../support/engine-stack";
import { type ImageTree, pushTree } from "../support/images";
import { describeWith, describeWithEngine } from "../support/require-program";
import { digestAt, pushImage } from "../support/two-registries";

const REPOSITORY = "mirror/hashicorp/vault";

describeWithEngine("The real engine", (engine) => {
    describeWith(["ministack"], "fills two registries with what their source had before they replicate", (found) => {
        let [hub, near, far]: AwsEmulator[] = [];
        let stack: TestStack;
        const trees: ImageTree[] = [];
        const at = (emulator: AwsEmulator | undefined, tag: string) =>
            digestAt({ host: emulator?.host ?? "" }, REPOSITORY, tag);

        // The fleet of EcrReplication; its AWS resource needs the provider's plugin.
        const program = async () => {
            const ecr = {
                host: `${hub?.host}/mirror`,
                kind: "ecr",
                insecure: true,
                credentials: { from: "anonymous" },
            };
            const catalog = defineCatalog({
                version: 1,
                registries: { ecr },
                defaults: { targets: ["ecr"], referrers: false },
                images: { vault: { source: "docker.io/hashicorp/vault", tags: ["1.17", "1.18"] } },
            } as never);
            const destinations = [
                { region: "us-east-1", host: near?.host },
                { region: "eu-west-1", account: "222222222222", host: far?.host },
            ];
            const rules = [{ destinations, prefixes: ["mirror/"] }];
            const derived = backfillCatalog(catalog, ecrRegistryOf(catalog, "ecr", undefined), rules, "111111111111");
            const fleet = new ImageFleet("spokes-backfill", { catalog: derived });
            return { refs: fleet.refs };
        };

        beforeAll(async () => {
            [hub, near, far] = await Promise.all([1, 2, 3].map(() => startMinistack(found.ministack)));
            for (const emulator of [hub, near, far]) {
                // Who does not log in is of the emulator's own account and region.
                const credentials = { accessKeyId: "test", secretAccessKey: "test" };
                const client = new ECRClient({ ...emulator?.client, region: "us-east-1", credentials });
                await client.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
                client.destroy();
            }
            for (const tag of ["1.17", "1.18"]) {
                trees.push(await pushImage({ host: hub?.host ?? "" }, REPOSITORY, tag));
            }
            stack = await TestStack.open(engine, program);
        }, 60_000);
        afterAll(() => Promise.all([hub, near, far].map((emulator) => emulator?.close())));

        it("by the source's digests, and pins each destination", async () => {
            expect(await at(near, "1.18")).toBeUndefined();
            const run = await stack.up();
            expect(run.text).toContain("carried 4 tags");
            expect(run.ok).toBe(true);
            for (const emulator of [near, far]) {
                expect([await at(emulator, "1.17"), await at(emulator, "1.18")]).toEqual(trees.map(({ root }) => root));
            }
            const pinned = (host: string | undefined) => `${host}/${REPOSITORY}:1.18@${trees[1]?.root}`;
            expect(run.outputs.refs).toMatchObject({
                vault: { "1.18": { "us-east-1": pinned(near?.host), "222222222222-eu-west-1": pinned(far?.host) } },
            });
        });

        it("once: the next up changes nothing", async () => {
            expect((await stack.up()).changes).toEqual({ same: 3 });
        });

        it("and names in a preview which of them somebody changed", async () => {
            await pushTree(far?.host ?? "", REPOSITORY, trees[0] as ImageTree, { tag: "1.18" });
            const run = await stack.preview();
            expect(run.text).toContain(
                `drift: vault:1.18@222222222222-eu-west-1: have ${trees[0]?.root} want ${trees[1]?.root}`,
            );
        });
    });
});
