import * as pulumi from "@pulumi/pulumi";
import { EcrPublicRepositories, type EcrPublicRepositoriesArgs } from "transship";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineCatalog } from "../../../core/catalog";
import { publicRepositoryPolicy } from "../../../core/ecr";
import { type RecordOptions, recordResources } from "../../support/mocks";
import { toldBy } from "../../support/told";
import { catalog } from "./catalogs";

type Given = Omit<EcrPublicRepositoriesArgs, "catalog"> & { readonly catalog?: EcrPublicRepositoriesArgs["catalog"] };

function record(args: Given = {}, options: RecordOptions = {}) {
    return recordResources(() => {
        const made = new EcrPublicRepositories("gallery", { catalog, ...args });
        return { repositories: made.repositories, arns: made.arns };
    }, options);
}

afterEach(() => {
    vi.restoreAllMocks();
});

describe("EcrPublicRepositories", () => {
    it("makes a repository for each target there, in the one region of ECR Public, without the registry's alias", async () => {
        const { resources, outputs } = await record();
        const repository = (repositoryName: string) => ({
            type: "aws:ecrpublic/repository:Repository",
            name: `gallery-${repositoryName}`,
            parent: "transship:ecr:EcrPublicRepositories::gallery",
            options: { retainOnDelete: true },
            inputs: { repositoryName, region: "us-east-1" },
        });
        expect(resources).toEqual([
            repository("images/acme/tool"),
            repository("images/alpine"),
            { type: "transship:ecr:EcrPublicRepositories", name: "gallery" },
        ]);
        const arn = (name: string) => `arn:aws:ecr-public::111111111111:repository/${name}`;
        const made = (name: string, image: string) => ({
            [name]: { name, arn: arn(name), url: `public.ecr.aws/acme/${name}`, images: [image] },
        });
        expect(outputs).toEqual({
            repositories: { ...made("images/acme/tool", "tool"), ...made("images/alpine", "alpine") },
            arns: { "images/acme/tool": arn("images/acme/tool"), "images/alpine": arn("images/alpine") },
        });
    });

    const data = {
        description: "Mirrors",
        aboutText: "# About",
        usageText: "# Usage",
        architectures: ["x86-64", "ARM 64"],
        operatingSystems: ["Linux"],
        logoImageBlob: "bG9nbw==",
    } as const;
    it.each<[string, Given, object]>([
        ["catalogData", { catalogData: data }, { catalogData: data }],
        ["catalogData as an Output", { catalogData: pulumi.output(data) as never }, { catalogData: data }],
        [
            "catalogData of one over that of all",
            {
                catalogData: { description: "all", usageText: "# Usage" },
                perRepository: { "images/alpine": { catalogData: pulumi.output({ description: "one" }) } },
            },
            { catalogData: { description: "one", usageText: "# Usage" } },
        ],
        [
            "tags of one beside those of all",
            { tags: { a: "1", b: "1" }, perRepository: { "images/alpine": { tags: pulumi.output({ b: "2" }) } } },
            { tags: { a: "1", b: "2" } },
        ],
        ["forceDelete", { forceDelete: pulumi.output(true), retainOnDelete: false }, { forceDestroy: true }],
        ["account", { account: "111111111111" }, { repositoryName: "images/alpine" }],
    ])("has %s", async (_title, args, inputs) => {
        const { resource } = await record({ images: ["alpine"], ...args });
        expect(resource("gallery-images/alpine").inputs).toMatchObject(inputs);
    });

    it("may know what the gallery shows after the preview only", async () => {
        const later = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<never>;
        const { resource } = await record({ catalogData: later, tags: later }, { preview: true });
        expect(resource("gallery-images/alpine").inputs).toMatchObject({
            catalogData: "[computed]",
            tags: "[computed]",
        });
    });

    it("deletes a repository only where the program says so", async () => {
        const { resource } = await record({ perRepository: { "images/alpine": { retainOnDelete: false } } });
        expect(resource("gallery-images/alpine").options).toBeUndefined();
        expect(resource("gallery-images/acme/tool").options).toEqual({ retainOnDelete: true });
        const { resource: other } = await record({
            retainOnDelete: false,
            forceDelete: true,
            perRepository: { "images/alpine": { retainOnDelete: true } },
        });
        expect(other("gallery-images/alpine").inputs).not.toHaveProperty("forceDestroy");
        expect(other("gallery-images/acme/tool").inputs).toMatchObject({ forceDestroy: true });
        expect(await toldBy(() => record({ forceDelete: true }))).toMatch(
            /^forceDelete: deletes nothing while "retainOnDelete" is true/,
        );
    });

    it("says who may push, for all but one", async () => {
        const principals = { push: ["222222222222"] } as const;
        const { ofType } = await record({
            policy: pulumi.output(principals),
            perRepository: { "images/acme/tool": { policy: false } },
        });
        expect(ofType("RepositoryPolicy")).toEqual([
            {
                type: "aws:ecrpublic/repositoryPolicy:RepositoryPolicy",
                name: "gallery-images/alpine",
                parent: "transship:ecr:EcrPublicRepositories::gallery",
                dependencies: ["aws:ecrpublic/repository:Repository::gallery-images/alpine"],
                inputs: { repositoryName: "images/alpine", region: "us-east-1", policy: expect.any(String) },
            },
        ]);
        const [{ inputs }] = ofType("RepositoryPolicy") as unknown as [{ inputs: { policy: string } }];
        expect(JSON.parse(inputs.policy)).toEqual(JSON.parse(JSON.stringify(publicRepositoryPolicy(principals))));
    });

    it("imports what is there as it is, and adopts what stays somebody else's", async () => {
        const { resources } = await record({ import: ["images/alpine"], adopt: ["images/acme/tool"] });
        expect(resources.filter(({ type }) => type.endsWith(":Repository"))).toMatchObject([
            {
                name: "gallery-images/alpine",
                options: {
                    import: "images/alpine@us-east-1",
                    ignoreChanges: ["catalogData", "forceDestroy", "tags", "tagsAll"],
                },
            },
        ]);
    });

    it("makes nothing at another account than the one that is named", async () => {
        const call = () => ({ accountId: "999999999999" });
        expect(await toldBy(() => record({ account: "111111111111" }, { call }))).toMatch(
            /^account: .*is 111111111111, but the credentials of the AWS provider are of account 999999999999/,
        );
    });

    it("warns of another alias than the catalogue's, which may be another account's", async () => {
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        await record({ images: ["alpine"] });
        expect(warn).not.toHaveBeenCalled();
        await record(
            { images: ["alpine"] },
            { computed: () => ({ repositoryUri: "public.ecr.aws/x1y2/images/alpine" }) },
        );
        expect(warn.mock.calls.map(([line]) => line)).toEqual([
            "images/alpine is public.ecr.aws/x1y2/images/alpine, but the catalogue's registry gallery has the alias acme: is the provider's account the right one? \"account\" makes sure",
        ]);
    });

    const long = defineCatalog({
        version: 1,
        registries: { gallery: { host: "public.ecr.aws/acme", kind: "ecr-public" } },
        images: {
            app: {
                source: "quay.io/acme/app",
                tags: ["1"],
                targets: [{ registry: "gallery", repository: "a".repeat(206) }],
            },
        },
    });
    it.each<[string, Given, RegExp]>([
        [
            "a text that is too long",
            { catalogData: { description: "x".repeat(1025) } },
            /^catalogData: "description" has 1025 characters/,
        ],
        [
            "a badge of one",
            { perRepository: { "images/alpine": { catalogData: { architectures: ["arm" as never] } } } },
            /^perRepository\["images\/alpine"\]\.catalogData: "architectures" has "arm"/,
        ],
        [
            "an unknown repository",
            { perRepository: { "images/alpin": {} } },
            /^perRepository: .*did you mean "images\/alpine"\?$/,
        ],
        [
            "an unknown setting",
            { perRepository: { "images/alpine": { scanning: "none" } as never } },
            /^perRepository\["images\/alpine"\]\.scanning: is no setting of a public repository/,
        ],
        ["an account that is none", { account: "1234" }, /^account: must be the twelve digits of an account/],
        ["an account as an Output", { account: pulumi.output("1234") }, /^account: .*must be the twelve digits/],
        [
            "a right that there is not",
            { policy: { pull: ["222222222222"] } as never },
            /^policy: The policy of a public repository has no right "pull": one of push, full, statements\.$/,
        ],
        [
            "a name of 206 characters",
            { catalog: long },
            /^catalog: the repository a+ has 206 characters, but ECR Public takes 205/,
        ],
    ])("refuses %s", async (_title, args, message) => {
        expect(await toldBy(() => record(args))).toMatch(message);
    });
});
