import * as pulumi from "@pulumi/pulumi";
import { EcrCreationTemplates, type EcrCreationTemplatesArgs } from "transship";
import { expect, it } from "vitest";
import { refusedByEcr } from "../../support/aws/ecr-requests";
import { type Plain, type Recorded, type RecordOptions, recordResources } from "../../support/mocks";
import { cachedCatalog } from "./cached-catalog";

const COMPONENT = "transship:ecr:EcrCreationTemplates::templates";

function record(args: EcrCreationTemplatesArgs, options: RecordOptions = {}): Promise<Recorded> {
    return recordResources(() => {
        const { prefixes, roleArn } = new EcrCreationTemplates("templates", args);
        return { prefixes, roleArn };
    }, options);
}

const inputsOf = (graph: Recorded, name: string) => graph.resource(name).inputs as Readonly<Record<string, Plain>>;

it("Templates are made for replication and first pushes, where the catalogue's registry is", async () => {
    const graph = await record({
        catalog: cachedCatalog(),
        registry: "ecr",
        description: "made by itself",
        templates: {
            mirror: { appliedFor: ["REPLICATION"] },
            ROOT: { appliedFor: ["CREATE_ON_PUSH", "REPLICATION"], lifecycle: false, description: "all else" },
        },
    });
    const { lifecyclePolicy, ...mirror } = inputsOf(graph, "templates-mirror");
    expect(mirror).toEqual({
        region: "eu-west-1",
        prefix: "mirror",
        appliedFors: ["REPLICATION"],
        description: "made by itself",
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        imageTagMutability: "MUTABLE",
    });
    // What is tagged is the sender's to take away, tags for a roll-back above all.
    const rules = JSON.parse(lifecyclePolicy as string).rules as { selection: object }[];
    expect(rules.map(({ selection }) => selection)).toMatchObject([
        { tagPatternList: ["*.prev-*"], countNumber: 999_999 },
        { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 },
    ]);
    expect(inputsOf(graph, "templates-ROOT")).toMatchObject({
        prefix: "ROOT",
        appliedFors: ["CREATE_ON_PUSH", "REPLICATION"],
        description: "all else",
    });
    expect(inputsOf(graph, "templates-ROOT")).not.toHaveProperty("lifecyclePolicy");
    expect(graph.resource("templates-mirror").parent).toBe(COMPONENT);
    expect(graph.outputs).toEqual({ prefixes: ["mirror", "ROOT"], roleArn: undefined });
    expect(refusedByEcr(graph.resources)).toEqual({});
});

it("A template for caches too keeps what a cache keeps only where it is for nothing else", async () => {
    const graph = await record({
        templates: {
            cached: { appliedFor: ["PULL_THROUGH_CACHE"] },
            both: { appliedFor: ["PULL_THROUGH_CACHE", "REPLICATION"] },
        },
    });
    const rules = (name: string) => JSON.parse(inputsOf(graph, name).lifecyclePolicy as string).rules;
    expect([rules("templates-cached"), rules("templates-both")].map((all) => all.length)).toEqual([3, 2]);
});

it("Tags and KMS get a role that may replicate where a template is for that, and only its own prefixes", async () => {
    const graph = await record({
        tags: { team: "images" },
        encryption: "KMS",
        templates: {
            mirror: { appliedFor: ["REPLICATION"] },
            given: { appliedFor: ["REPLICATION"], customRoleArn: "arn:aws:iam::111111111111:role/mine" },
        },
    });
    const { policy } = inputsOf(graph, "templates-template-role-policy");
    expect(JSON.parse(policy as string).Statement).toMatchObject([
        {
            Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
            Resource: ["arn:aws:ecr:eu-west-1:111111111111:repository/mirror/*"],
        },
        { Resource: ["arn:aws:kms:eu-west-1:111111111111:key/*"] },
    ]);
    expect(inputsOf(graph, "templates-given").customRoleArn).toBe("arn:aws:iam::111111111111:role/mine");
    expect(graph.outputs).toMatchObject({ roleArn: expect.stringMatching(/^arn:aws:iam::111111111111:role\//) });
    expect(refusedByEcr(graph.resources)).toEqual({});
});

it("One provider serves several regions: resources, policies and keys are of the one that is named", async () => {
    const graph = await record({
        region: "us-east-1",
        encryption: "KMS",
        policy: { lambda: true },
        templates: { mirror: { appliedFor: ["REPLICATION"] } },
    });
    const { region, repositoryPolicy } = inputsOf(graph, "templates-mirror");
    expect(region).toBe("us-east-1");
    expect(repositoryPolicy).toContain("arn:aws:lambda:us-east-1:111111111111:function:*");
    expect(JSON.parse(inputsOf(graph, "templates-template-role-policy").policy as string).Statement).toMatchObject([
        { Resource: ["arn:aws:ecr:us-east-1:111111111111:repository/mirror/*"] },
        { Resource: ["arn:aws:kms:us-east-1:111111111111:key/*"] },
    ]);
});

it("Every setting may be an Output, and unknown in a preview", async () => {
    const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<never>;
    const settings = (value: <T>(known: T) => pulumi.Input<T>): EcrCreationTemplatesArgs => ({
        description: value("made"),
        lifecycle: value([{ kind: "expire" as const, untagged: true as const, afterDays: 7 }]),
        mutability: value("IMMUTABLE" as const),
        mutableTags: value(["latest"]),
        signaturesMutable: value(true),
        policy: value({ pull: ["222222222222"] }),
        tags: { team: value("images") },
        templates: { mirror: { appliedFor: ["REPLICATION"] } },
    });
    const known = await record(settings((value) => pulumi.output(value) as never));
    expect(inputsOf(known, "templates-mirror")).toMatchObject({
        description: "made",
        lifecyclePolicy: expect.stringContaining('"countNumber":7'),
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [
            { filter: "latest", filterType: "WILDCARD" },
            { filter: "sha256-*", filterType: "WILDCARD" },
        ],
        repositoryPolicy: expect.stringContaining("arn:aws:iam::222222222222:root"),
        resourceTags: { team: "images" },
    });
    const preview = await record(
        settings(() => unknown),
        { preview: true },
    );
    expect(inputsOf(preview, "templates-mirror")).toMatchObject({ prefix: "mirror", appliedFors: ["REPLICATION"] });
});

it.each([
    [{ templates: {} }, "name at least one prefix"],
    [{ registry: "ecr", templates: { mirror: { appliedFor: ["REPLICATION"] } } }, "pass the catalog too"],
    [{ region: "Ireland", templates: { mirror: { appliedFor: ["REPLICATION"] } } }, 'not "Ireland"'],
    [
        { catalog: cachedCatalog(), region: "eu-west-1", templates: { mirror: { appliedFor: ["REPLICATION"] } } },
        "leave one of the two out",
    ],
    [{ templates: { Mirror: { appliedFor: ["REPLICATION"] } } }, '"Mirror" is no prefix'],
    [{ templates: { mirror: { appliedFor: [] } } }, "each once, not nothing"],
    [{ mutableTags: ["latest"], templates: { mirror: { appliedFor: ["REPLICATION"] } } }, "says nothing"],
] as [EcrCreationTemplatesArgs, string][])(
    "A mistake ends the program before anything is made: %#",
    async (args, sentence) => {
        const graph = await recordResources(() => {
            expect(() => new EcrCreationTemplates("templates", args)).toThrow(sentence);
        });
        expect(graph.ofType("RepositoryCreationTemplate")).toEqual([]);
    },
);

it("Templates are never made at another account than the catalogue's", async () => {
    const args = { catalog: cachedCatalog(), templates: { mirror: { appliedFor: ["REPLICATION" as const] } } };
    await expect(record(args, { call: () => ({ accountId: "222222222222" }) })).rejects.toThrow(
        "are of account 222222222222",
    );
});
