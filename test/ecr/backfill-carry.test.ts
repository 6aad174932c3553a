import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defineCatalog } from "../../core/catalog";
import { backfillCatalog, ecrRegistryOf } from "../../core/ecr";
import { fleetInputs, newFleet } from "../lifecycle/stack";
import { type AwsEmulator, startMinistack } from "../support/aws/emulator";
import { type ImageTree, pushTree } from "../support/images";
import { describeWith } from "../support/require-program";
import { pushImage } from "../support/two-registries";

const VAULT = "mirror/hashicorp/vault";
const KMS = "mirror/infra/kms";

/** Without a login the emulator's registry is that of its own account and region. */
function clientOf({ client }: AwsEmulator): ECRClient {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    return new ECRClient({ ...client, region: "us-east-1", credentials });
}

describeWith(["ministack"], "The backfill from one ECR to two others", (found) => {
    let hub: AwsEmulator;
    let near: AwsEmulator;
    let far: AwsEmulator;
    const trees: Record<string, ImageTree> = {};
    const fleet = newFleet();

    const inputs = (more: object = {}) => {
        const catalog = defineCatalog({
            version: 1,
            registries: {
                ecr: { host: `${hub.host}/mirror`, kind: "ecr", insecure: true, credentials: { from: "anonymous" } },
            },
            // The emulator has no referrers.
            defaults: { targets: ["ecr"], referrers: false },
            images: {
                vault: { source: "docker.io/hashicorp/vault", tags: ["1.18"] },
                kms: {
                    source: "docker.io/nsmithuk/local-kms",
                    tags: [{ semver: ">=3" }],
                    targets: [{ registry: "ecr", repository: "infra/kms" }],
                },
            },
        } as never);
        const destinations = [
            { region: "eu-central-1", host: near.host },
            { region: "eu-central-1", account: "222222222222", host: far.host },
        ];
        const source = ecrRegistryOf(catalog, "ecr", undefined);
        const derived = backfillCatalog(catalog, source, [{ destinations, prefixes: ["mirror/"] }], "");
        return fleetInputs(derived, { fleet: "spokes-backfill", onUnknown: "fail", ...more });
    };
    const tagsAt = async (emulator: AwsEmulator, repositoryName: string): Promise<Record<string, string>> => {
        const client = clientOf(emulator);
        const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName }));
        client.destroy();
        return Object.fromEntries(
            imageDetails.flatMap(({ imageTags = [], imageDigest = "" }) => imageTags.map((tag) => [tag, imageDigest])),
        );
    };

    beforeAll(async () => {
        [hub, near, far] = await Promise.all([
            startMinistack(found.ministack),
            startMinistack(found.ministack),
            startMinistack(found.ministack),
        ]);
        for (const emulator of [hub, near, far]) {
            const client = clientOf(emulator);
            await client.send(new CreateRepositoryCommand({ repositoryName: VAULT }));
            await client.send(new CreateRepositoryCommand({ repositoryName: KMS }));
            client.destroy();
        }
    }, 40_000);
    afterAll(() => Promise.all([hub, near, far].map((emulator) => emulator.close())));

    it("does not stop a preview where the source is about to get its images", async () => {
        const ran = await fleet.preview(inputs());
        expect(ran).toMatchObject({ step: "create", reasons: [] });
        expect(ran.lines).toContain("drift: vault:1.18@ecr: have nothing want a copy (the source has no such tag)");
    });

    it("carries what the source has, under its own digests, and those of a selector's tags that it lists", async () => {
        trees["1.18"] = await pushImage(hub, VAULT, "1.18");
        trees["3.11"] = await pushImage(hub, KMS, "3.11");
        await pushImage(hub, KMS, "2.9");
        expect(await tagsAt(near, VAULT)).toEqual({});
        const ran = await fleet.up(inputs());
        expect(ran).toEqual({ step: "create", reasons: [], lines: ["carried 4 tags, verified by digest"] });
        for (const destination of [near, far]) {
            expect(await tagsAt(destination, VAULT)).toEqual({ "1.18": trees["1.18"].root });
            expect(await tagsAt(destination, KMS)).toEqual({ "3.11": trees["3.11"].root });
        }
    });

    it("pushes nothing when all is there", async () => {
        expect(await fleet.up(inputs())).toEqual({ step: "same", lines: [], reasons: [] });
    });

    it("takes what ECR has replicated meanwhile as it is", async () => {
        const fresh = await pushImage(hub, VAULT, "1.18");
        for (const { host } of [near, far]) {
            await pushTree(host, VAULT, fresh, { tag: "1.18" });
        }
        trees["1.18"] = fresh;
        const ran = await fleet.up(inputs());
        expect(ran.reasons).toEqual([]);
        expect(ran.lines.filter((line) => line.startsWith("carried"))).toEqual([]);
        expect(fleet.outputs.proven.vault?.["1.18"]?.digest).toBe(fresh.root);
    });

    it("names a destination's tag that somebody moved, and leaves it alone until it is told to overwrite", async () => {
        const stranger = await pushImage(far, VAULT, "1.18");
        const line = `vault:1.18@222222222222-eu-central-1`;
        const ran = await fleet.up(inputs());
        expect(ran.lines.join("\n")).toContain(`drift: ${line}: have ${stranger.root} want ${trees["1.18"]?.root}`);
        expect(ran.reasons.join("\n")).toContain(`${line} has ${stranger.root}, which was never carried from here`);
        expect((await tagsAt(far, VAULT))["1.18"]).toBe(stranger.root);
        const { catalog, ...rest } = inputs();
        await fleet.up({ ...rest, catalog: { ...catalog, onForeignDigest: "overwrite" } });
        expect((await tagsAt(far, VAULT))["1.18"]).toBe(trees["1.18"]?.root);
    });
});
