import * as aws from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { EcrRepositories, type EcrRepositoriesArgs } from "transship";
import { describe, expect, it } from "vitest";
import { defineCatalog } from "../../../core/catalog";
import { lifecyclePolicy, repositoryPolicy } from "../../../core/ecr";
import { type RecordOptions, recordResources } from "../../support/mocks";
import { toldBy } from "../../support/told";
import { catalog, HOST, releases } from "./catalogs";

const PLACE = { account: "111111111111", region: "eu-west-1", partition: "aws" };
const NEVER_CHANGED = { ignoreChanges: ["encryptionConfigurations"], retainOnDelete: true };

type Given = Omit<EcrRepositoriesArgs, "catalog"> & { readonly catalog?: EcrRepositoriesArgs["catalog"] };

/** Of the only repository `app`, where the program does not name another catalogue. */
function record(args: Given = {}, options: RecordOptions = {}, opts?: pulumi.ComponentResourceOptions) {
    return recordResources(() => {
        const made = new EcrRepositories("hub", { catalog: releases, ...args }, opts);
        return { repositories: made.repositories, arns: made.arns };
    }, options);
}

/** As of a resource that a preview only plans to make. */
function unknownOutput(): pulumi.Output<never> {
    return pulumi.output(pulumi.unknown) as unknown as pulumi.Output<never>;
}

async function repositoryOf(args: Given, options: RecordOptions = {}) {
    return (await record(args, options)).resource("hub-app", "Repository");
}

async function documentOf(args: Given, type: "LifecyclePolicy" | "RepositoryPolicy", name = "hub-app") {
    const { inputs } = (await record(args)).resource(name, type);
    return JSON.parse((inputs as { policy: string }).policy);
}

describe("EcrRepositories", () => {
    it("makes a repository for each target of the catalogue there, of its account and region, kept for ever", async () => {
        const { resources, outputs } = await record({ catalog });
        const repository = (name: string) => ({
            type: "aws:ecr/repository:Repository",
            name: `hub-${name}`,
            parent: "transship:ecr:EcrRepositories::hub",
            options: NEVER_CHANGED,
            inputs: {
                name,
                region: "eu-west-1",
                imageTagMutability: "MUTABLE",
                imageScanningConfiguration: { scanOnPush: true },
            },
        });
        expect(resources).toEqual([
            repository("mirror/alpine"),
            repository("mirror/hashicorp/vault"),
            { type: "transship:ecr:EcrRepositories", name: "hub" },
        ]);
        const arn = (name: string) => `arn:aws:ecr:eu-west-1:111111111111:repository/${name}`;
        expect(outputs).toEqual({
            repositories: {
                "mirror/alpine": {
                    name: "mirror/alpine",
                    arn: arn("mirror/alpine"),
                    url: `${HOST}/mirror/alpine`,
                    images: ["alpine", "edge"],
                },
                "mirror/hashicorp/vault": {
                    name: "mirror/hashicorp/vault",
                    arn: arn("mirror/hashicorp/vault"),
                    url: `${HOST}/mirror/hashicorp/vault`,
                    images: ["vault"],
                },
            },
            arns: {
                "mirror/alpine": arn("mirror/alpine"),
                "mirror/hashicorp/vault": arn("mirror/hashicorp/vault"),
            },
        });
    });

    it("makes those of some images only", async () => {
        const { ofType } = await record({ catalog, registry: "ecr", images: ["vault"] });
        expect(ofType("Repository").map(({ name }) => name)).toEqual(["hub-mirror/hashicorp/vault"]);
    });

    it("gives its own provider to all that it makes and asks", async () => {
        const asked: (string | undefined)[] = [];
        const { ofType } = await recordResources(
            () => {
                const provider = new aws.Provider("there", { region: "eu-west-1" });
                const lifecycle = [{ kind: "keep-newest", count: 9 }] as const;
                new EcrRepositories(
                    "hub",
                    { catalog: releases, lifecycle, policy: { pull: ["222222222222"] } },
                    { provider },
                );
            },
            {
                call: ({ provider }) => {
                    asked.push(provider);
                    return undefined;
                },
            },
        );
        expect(asked).toEqual([expect.stringContaining("pulumi:providers:aws::there")]);
        for (const type of ["Repository", "LifecyclePolicy", "RepositoryPolicy"]) {
            expect(ofType(type)).toEqual([expect.objectContaining({ provider: "pulumi:providers:aws::there" })]);
        }
    });

    it("makes nothing at another account than the host's, and says which is which", async () => {
        const call = () => ({ accountId: "999999999999" });
        expect(await toldBy(() => record({}, { call }))).toMatch(
            /^registry: .*the registry ecr is 111111111111\.dkr\.ecr\.eu-west-1\.amazonaws\.com, of account 111111111111, but the credentials of the AWS provider are of account 999999999999/,
        );
        expect(await toldBy(() => record({}, { call, preview: true }))).toMatch(/are of account 999999999999/);
    });

    it("leaves the region to the provider, at an emulator's host", async () => {
        const emulated = defineCatalog({
            version: 1,
            registries: { ecr: { host: "127.0.0.1:4566", kind: "ecr" } },
            images: { app: { source: "quay.io/acme/app", tags: ["1.0.0"], targets: ["ecr"] } },
        });
        const { inputs, options } = (await record({ catalog: emulated, import: true })).resource(
            "hub-acme/app",
            "Repository",
        );
        expect(inputs).not.toHaveProperty("region");
        expect(options).toMatchObject({ import: "acme/app" });
    });

    it("is not known in a preview, where the account is not", async () => {
        const { resource, outputs } = await record(
            {},
            { preview: true, call: () => ({ accountId: pulumi.runtime.unknownValue }) },
        );
        expect(resource("hub-app", "Repository").inputs).toMatchObject({ name: "[computed]" });
        expect(outputs).toMatchObject({ arns: "[computed]" });
    });
});

describe("The settings of a repository", () => {
    const KEY = "arn:aws:kms:eu-west-1:111111111111:key/0b1c2d3e-0000-0000-0000-000000000000";
    const filters = (...all: string[]) => all.map((filter) => ({ filter, filterType: "WILDCARD" }));
    const rows: [string, Given, object][] = [
        [
            "mutability",
            { mutability: "IMMUTABLE" },
            { imageTagMutability: "IMMUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters: filters("sha256-*") },
        ],
        [
            "mutableTags",
            { mutability: "IMMUTABLE", mutableTags: ["latest"] },
            { imageTagMutabilityExclusionFilters: filters("latest", "sha256-*") },
        ],
        [
            "immutableTags",
            { immutableTags: ["v*"] },
            { imageTagMutability: "MUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters: filters("v*") },
        ],
        [
            "signaturesMutable",
            { mutability: "IMMUTABLE", signaturesMutable: false },
            { imageTagMutability: "IMMUTABLE" },
        ],
        ["scanning on push", { scanning: "on-push" }, { imageScanningConfiguration: { scanOnPush: true } }],
        ["no scanning", { scanning: "none" }, { imageScanningConfiguration: { scanOnPush: false } }],
        ["encryption by KMS", { encryption: "KMS" }, { encryptionConfigurations: [{ encryptionType: "KMS" }] }],
        [
            "encryption in two layers",
            { encryption: "KMS_DSSE" },
            { encryptionConfigurations: [{ encryptionType: "KMS_DSSE" }] },
        ],
        ["AES256", { encryption: "AES256" }, { encryptionConfigurations: [{ encryptionType: "AES256" }] }],
        ["a key", { encryption: { key: KEY } }, { encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: KEY }] }],
        ["forceDelete", { forceDelete: true, retainOnDelete: false }, { forceDelete: true }],
        ["tags", { tags: { team: "images" } }, { tags: { team: "images" } }],
    ];

    it.each(rows)("%s: for all, as a plain value", async (_title, args, inputs) => {
        expect((await repositoryOf(args)).inputs).toMatchObject(inputs);
    });

    it.each(rows)("%s: for one, as an Output", async (_title, args, inputs) => {
        // Plain by its nature: an option of the resource.
        const { retainOnDelete, ...rest } = args;
        const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, pulumi.output(value)]));
        const { inputs: made } = await repositoryOf({ perRepository: { app: { ...own, retainOnDelete } } });
        expect(made).toMatchObject(inputs);
    });

    it.each(
        rows
            .flatMap(([, args]) => Object.keys(args))
            .filter((key, index, all) => key !== "retainOnDelete" && all.indexOf(key) === index),
    )("%s may be unknown in a preview", async (key) => {
        const beside = key === "forceDelete" ? { retainOnDelete: false } : {};
        const { inputs } = await repositoryOf({ [key]: unknownOutput(), ...beside } as Given, { preview: true });
        expect(JSON.stringify(inputs)).toContain("[computed]");
    });

    it("says nothing of scanning where the registry does", async () => {
        expect((await repositoryOf({ scanning: "registry" })).inputs).not.toHaveProperty("imageScanningConfiguration");
    });

    it("keeps a secret secret", async () => {
        const { inputs } = await repositoryOf({
            encryption: { key: pulumi.secret(KEY) } as never,
            tags: pulumi.secret({ a: "b" }),
        });
        expect(inputs).toMatchObject({ encryptionConfigurations: "[secret]", tags: "[secret]" });
    });

    it("adds tags of one to those of all, and takes its other settings for the general ones", async () => {
        const { resource } = await record({
            catalog,
            tags: { team: "images", tier: "1" },
            scanning: "none",
            mutability: "IMMUTABLE",
            mutableTags: ["edge", "1.18"],
            perRepository: {
                "mirror/alpine": {
                    tags: { tier: "2" },
                    scanning: "on-push",
                    mutability: "MUTABLE",
                    immutableTags: ["3*"],
                },
            },
        });
        expect(resource("hub-mirror/alpine").inputs).toMatchObject({
            tags: { team: "images", tier: "2" },
            imageScanningConfiguration: { scanOnPush: true },
            imageTagMutability: "MUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters: filters("3*"),
        });
        expect(resource("hub-mirror/hashicorp/vault").inputs).toMatchObject({
            tags: { team: "images", tier: "1" },
            imageScanningConfiguration: { scanOnPush: false },
            imageTagMutabilityExclusionFilters: filters("1.18", "edge", "sha256-*"),
        });
    });

    it("keeps one among others that go", async () => {
        const { resource } = await record({
            catalog,
            retainOnDelete: false,
            forceDelete: true,
            perRepository: { "mirror/alpine": { retainOnDelete: true } },
        });
        expect(resource("hub-mirror/alpine").options).toMatchObject({ retainOnDelete: true });
        expect(resource("hub-mirror/alpine").inputs).not.toHaveProperty("forceDelete");
        expect(resource("hub-mirror/hashicorp/vault").inputs).toMatchObject({ forceDelete: true });
    });

    it("deletes a repository only where the program says so", async () => {
        expect((await repositoryOf({})).options).toEqual(NEVER_CHANGED);
        const { retainOnDelete: _, ...options } = NEVER_CHANGED;
        expect((await repositoryOf({ retainOnDelete: false })).options).toEqual(options);
        expect(await toldBy(() => record({ forceDelete: true }))).toMatch(
            /^forceDelete: deletes nothing while "retainOnDelete" is true, as it is by default: write "retainOnDelete: false" beside it/,
        );
        expect(await toldBy(() => record({ forceDelete: pulumi.output(true) }))).toMatch(
            /^forceDelete: deletes nothing/,
        );
    });
});

describe("Encryption of a repository that is there", () => {
    const computed = () => ({ encryptionConfigurations: [{ encryptionType: "AES256", kmsKey: "" }] });

    it("is never changed: what cannot be had is an error that says what to do", async () => {
        expect(await toldBy(() => record({ encryption: "KMS" }, { computed }))).toMatch(
            `encryption: the repository app is encrypted by AES256, not by KMS, and ECR never changes that: say what it has by perRepository["app"].encryption, or give its images another "repository" in the catalogue, which is made so and carried to anew`,
        );
        const own = { encryption: pulumi.output("KMS" as const) };
        expect(await toldBy(() => record({ perRepository: { app: own } }, { computed }))).toMatch(
            /^perRepository\["app"\]\.encryption: the repository app is encrypted by AES256/,
        );
    });

    it("is as it is where nothing is wished, or that, or while it is imported", async () => {
        for (const args of [{}, { encryption: "AES256" }, { encryption: "KMS", import: true }] as Given[]) {
            expect((await repositoryOf(args, { computed })).options?.ignoreChanges).toContain(
                "encryptionConfigurations",
            );
        }
    });
});

describe("The policies of a repository", () => {
    it("are none unless asked for: nothing expires, nobody else pulls", async () => {
        for (const args of [{}, { lifecycle: false, policy: false }] as Given[]) {
            const { ofType } = await record(args);
            expect([...ofType("LifecyclePolicy"), ...ofType("RepositoryPolicy")]).toEqual([]);
        }
    });

    it("are resources of the repository's name, which depend on it and go with the stack", async () => {
        const rules = [{ kind: "expire", untagged: true, afterDays: 14 }] as const;
        const principals = { pull: ["222222222222", "o-a1b2c3d4e5"], lambda: true } as const;
        const { resource } = await record({ lifecycle: rules, policy: principals });
        const common = {
            name: "hub-app",
            parent: "transship:ecr:EcrRepositories::hub",
            dependencies: ["aws:ecr/repository:Repository::hub-app"],
        };
        const inputs = { repository: "app", region: "eu-west-1", policy: expect.any(String) };
        expect(resource("hub-app", "LifecyclePolicy")).toEqual({
            ...common,
            type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            options: { deleteBeforeReplace: true },
            inputs,
        });
        expect(resource("hub-app", "RepositoryPolicy")).toEqual({
            ...common,
            type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
            inputs,
        });
        expect(await documentOf({ lifecycle: rules }, "LifecyclePolicy")).toEqual(lifecyclePolicy(rules));
        expect(await documentOf({ policy: principals }, "RepositoryPolicy")).toEqual(
            JSON.parse(JSON.stringify(repositoryPolicy(principals, PLACE))),
        );
    });

    it("may be Outputs, of one repository, and none there", async () => {
        const rules = [{ kind: "keep-newest", count: 9 }] as const;
        const principals = { push: ["222222222222"] } as const;
        const args: Given = {
            catalog,
            lifecycle: [{ kind: "keep-newest", count: 1 }],
            policy: { pull: ["333333333333"] },
            perRepository: {
                "mirror/alpine": { lifecycle: pulumi.output([...rules]), policy: pulumi.output(principals) },
                "mirror/hashicorp/vault": { lifecycle: false, policy: false },
            },
        };
        const { ofType } = await record(args);
        expect([...ofType("LifecyclePolicy"), ...ofType("RepositoryPolicy")].map(({ name }) => name)).toEqual(
            Array(2).fill("hub-mirror/alpine"),
        );
        expect(await documentOf(args, "LifecyclePolicy", "hub-mirror/alpine")).toEqual(lifecyclePolicy(rules));
        expect(await documentOf(args, "RepositoryPolicy", "hub-mirror/alpine")).toEqual(
            JSON.parse(JSON.stringify(repositoryPolicy(principals, PLACE))),
        );
    });

    it("always spare what a roll-back needs", async () => {
        const { rules } = await documentOf({ lifecycle: [{ kind: "keep-newest", count: 1 }] }, "LifecyclePolicy");
        expect(rules[0]).toMatchObject({
            rulePriority: 1,
            selection: { tagPatternList: ["*.prev-*"], countNumber: 999_999 },
        });
    });
});
