import {
    CreateRepositoryCommand,
    DeleteRepositoryCommand,
    DescribeRepositoriesCommand,
    ECRClient,
    GetLifecyclePolicyCommand,
    PutImageTagMutabilityCommand,
    PutLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
    encryptionConfiguration,
    type LifecycleRule,
    lifecyclePolicy,
    type RuleImages,
    tagMutability,
} from "../../core/ecr";
import { type AwsEmulator, startMoto } from "../support/aws/emulator";
import { describeWith } from "../support/require-program";

const repositoryName = "mirror/app";
/** What a rule is about: two of one policy may not be about the same. */
const imagesOf = (rule: LifecycleRule) => {
    const { tags, prefixes, untagged } = rule as RuleImages;
    return JSON.stringify([tags, prefixes, untagged]);
};

describeWith(["moto_server"], "The documents of a repository, at what plays AWS", (found) => {
    let moto: AwsEmulator;
    let client: ECRClient;
    beforeAll(async () => {
        moto = await startMoto(found.moto_server);
        client = new ECRClient(moto.client);
        await client.send(new CreateRepositoryCommand({ repositoryName }));
    });
    afterAll(async () => {
        client.destroy();
        await moto.close();
    });
    const put = (text: string) =>
        client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: text }));

    // moto knows neither the archive nor the last pull: those rules are held against AWS's page in lifecycle.test.ts.
    const images = fc.constantFrom({}, { untagged: true as const }, { tags: ["v*", "*-rc.*"] }, { prefixes: ["pr-"] });
    const rule: fc.Arbitrary<LifecycleRule> = fc.oneof(
        fc
            .tuple(images, fc.integer({ min: 1, max: 9_999 }))
            .map(([of, count]) => ({ kind: "keep-newest" as const, count, ...of })),
        fc
            .tuple(images, fc.integer({ min: 1, max: 9_999 }))
            .map(([of, afterDays]) => ({ kind: "expire" as const, afterDays, ...of })),
        fc.constant({ kind: "keep" as const, tags: ["stable"], prefixes: ["lts-"] }),
    );

    it("takes every lifecycle policy that is built, and gives it back", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.uniqueArray(rule, {
                    minLength: 1,
                    maxLength: 3,
                    selector: imagesOf,
                }),
                async (rules) => {
                    const text = JSON.stringify(lifecyclePolicy(rules));
                    await put(text);
                    const { lifecyclePolicyText } = await client.send(
                        new GetLifecyclePolicyCommand({ repositoryName }),
                    );
                    expect(JSON.parse(lifecyclePolicyText as string)).toEqual(JSON.parse(text));
                },
            ),
            { numRuns: 40 },
        );
    });

    const good = lifecyclePolicy([{ kind: "expire", untagged: true, afterDays: 14 }]);
    const [first] = good.rules as [(typeof good.rules)[0]];
    it.each<[string, unknown]>([
        ["without rules", {}],
        ["with a rule that has no selection", { rules: [{ rulePriority: 1, action: { type: "expire" } }] }],
        ["with a key that is none", { rules: [{ ...first, priority: 1 }] }],
        [
            "with a tag status that is none",
            { rules: [{ ...first, selection: { ...first.selection, tagStatus: "some" } }] },
        ],
        ["with a count of 0", { rules: [{ ...first, selection: { ...first.selection, countNumber: 0 } }] }],
        ["with an action that is none", { rules: [{ ...first, action: { type: "delete" } }] }],
    ])("refuses one %s: so its yes means something", async (_title, document) => {
        await expect(put(JSON.stringify(document))).rejects.toMatchObject({ name: "InvalidParameterException" });
    });

    it.each([
        ["MUTABLE", tagMutability({})],
        ["IMMUTABLE_WITH_EXCLUSION", tagMutability({ mutability: "IMMUTABLE", mutableTags: ["latest", "edge-*"] })],
        ["MUTABLE_WITH_EXCLUSION", tagMutability({ immutableTags: ["v*"] })],
        ["IMMUTABLE", tagMutability({ mutability: "IMMUTABLE", signaturesMutable: false })],
    ])("takes the mutability %s, when a repository is made and later", async (mutability, made) => {
        const filters = made.imageTagMutabilityExclusionFilters?.map((filter) => ({ ...filter }));
        const settings = { ...made, imageTagMutabilityExclusionFilters: filters };
        await client.send(new CreateRepositoryCommand({ repositoryName: "mirror/new", ...settings }));
        await client.send(new PutImageTagMutabilityCommand({ repositoryName, ...settings }));
        const { repositories } = await client.send(new DescribeRepositoriesCommand({}));
        await client.send(new DeleteRepositoryCommand({ repositoryName: "mirror/new" }));
        for (const repository of repositories ?? []) {
            expect(repository.imageTagMutability).toBe(mutability);
            expect(repository.imageTagMutabilityExclusionFilters ?? undefined).toEqual(filters);
        }
        expect(repositories).toHaveLength(2);
    });

    it("refuses the word for exceptions without any", async () => {
        const wrong = { repositoryName: "mirror/wrong", imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" as const };
        await expect(client.send(new CreateRepositoryCommand(wrong))).rejects.toMatchObject({
            name: "InvalidParameterException",
        });
    });

    it("takes encryption with a key, when a repository is made", async () => {
        const key = "arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-0000-0000-000000000000";
        const configuration = encryptionConfiguration({ key }, "eu-west-1");
        const { repository } = await client.send(
            new CreateRepositoryCommand({
                repositoryName: "mirror/secret",
                encryptionConfiguration: configuration as never,
            }),
        );
        await client.send(new DeleteRepositoryCommand({ repositoryName: "mirror/secret" }));
        expect(repository?.encryptionConfiguration).toEqual({ encryptionType: "KMS", kmsKey: key });
    });
});
