import * as pulumi from "@pulumi/pulumi";
import { EcrRepositories, type EcrRepositoriesArgs } from "transship";
import { afterEach, describe, expect, it, vi } from "vitest";
import { recordResources } from "../../support/mocks";
import { toldBy } from "../../support/told";
import { catalog, releases } from "./catalogs";

type Given = Omit<EcrRepositoriesArgs, "catalog"> & { readonly catalog?: EcrRepositoriesArgs["catalog"] };
const record = (args: Given) =>
    recordResources(() => new EcrRepositories("hub", { catalog, ...args }).repositories.apply((all) => ({ all })));

afterEach(() => {
    vi.restoreAllMocks();
});

describe("Repositories that are there already", () => {
    const ALL = [
        "encryptionConfigurations",
        "forceDelete",
        "imageScanningConfiguration",
        "imageTagMutability",
        "imageTagMutabilityExclusionFilters",
        "tags",
        "tagsAll",
    ];

    it("are imported by name and region, as they are; the others are made", async () => {
        const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
        const { resource } = await record({ import: ["mirror/alpine"], tags: { team: "images" } });
        expect(resource("hub-mirror/alpine").options).toEqual({
            import: "mirror/alpine@eu-west-1",
            ignoreChanges: ALL,
            retainOnDelete: true,
        });
        expect(resource("hub-mirror/hashicorp/vault").options).toEqual({
            ignoreChanges: ["encryptionConfigurations"],
            retainOnDelete: true,
        });
        expect(info.mock.calls.map(([line]) => line)).toEqual([
            'Imported as they are: mirror/alpine. Nothing of them changes while "import" names them; without it, the preview shows what would.',
        ]);
    });

    it("are all imported, where that is said, and none where it is not", async () => {
        const imported = async (given: boolean | undefined) =>
            (await record({ import: given })).ofType("Repository").map(({ options }) => options?.import);
        expect(await imported(true)).toEqual(["mirror/alpine@eu-west-1", "mirror/hashicorp/vault@eu-west-1"]);
        expect(await imported(false)).toEqual([undefined, undefined]);
    });

    it("are adopted: read, with policies of ours, and no resource that could change or delete them", async () => {
        const { resources } = await record({
            adopt: ["mirror/alpine"],
            images: ["alpine", "edge"],
            lifecycle: [{ kind: "keep-newest", count: 99 }],
            policy: { pull: ["222222222222"] },
        });
        const common = { name: "hub-mirror/alpine", parent: "transship:ecr:EcrRepositories::hub" };
        const inputs = { repository: "mirror/alpine", region: "eu-west-1", policy: expect.any(String) };
        expect(resources).toEqual([
            {
                ...common,
                type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
                options: { deleteBeforeReplace: true },
                inputs,
            },
            { ...common, type: "aws:ecr/repositoryPolicy:RepositoryPolicy", inputs },
            { type: "transship:ecr:EcrRepositories", name: "hub" },
        ]);
    });

    it("are adopted with what a program needs of them", async () => {
        const asked: unknown[] = [];
        const { outputs } = await recordResources(
            () => ({ made: new EcrRepositories("hub", { catalog: releases, adopt: true }).repositories }),
            {
                call: ({ token, inputs }) => {
                    asked.push([token, inputs]);
                    return undefined;
                },
            },
        );
        expect(asked).toContainEqual([
            "aws:ecr/getRepository:getRepository",
            { name: "app", registryId: "111111111111", region: "eu-west-1" },
        ]);
        expect(outputs).toEqual({
            made: {
                app: {
                    name: "app",
                    arn: "arn:aws:ecr:eu-west-1:111111111111:repository/app",
                    url: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/app",
                    images: ["app"],
                },
            },
        });
    });

    it("are not read at another account", async () => {
        const call = ({ token }: pulumi.runtime.MockCallArgs) =>
            token.endsWith("getCallerIdentity") ? { accountId: "999999999999" } : undefined;
        const adopting = recordResources(() => void new EcrRepositories("hub", { catalog: releases, adopt: true }), {
            call,
        });
        expect(await toldBy(() => adopting)).toMatch(/are of account 999999999999/);
    });

    it.each<[string, Given, RegExp]>([
        [
            "an unknown name",
            { import: ["mirror/alpin"] },
            /^import: the catalogue wants no repository "mirror\/alpin" at ecr; did you mean "mirror\/alpine"\?$/,
        ],
        [
            "an unknown name to adopt",
            { adopt: ["alpine"] },
            /^adopt: the catalogue wants no repository "alpine" at ecr/,
        ],
        [
            "both",
            { import: true, adopt: ["mirror/alpine"] },
            /^adopt: mirror\/alpine is in "import" too: "import" takes a repository over, "adopt" leaves it somebody else's$/,
        ],
        [
            "a wish for one that is adopted",
            { adopt: ["mirror/alpine"], perRepository: { "mirror/alpine": { scanning: "none" } } },
            /^perRepository\["mirror\/alpine"\]\.scanning: has no effect on mirror\/alpine, which is adopted and never changed/,
        ],
        [
            "a wish for all that are adopted",
            { adopt: true, encryption: "KMS" },
            /^encryption: has no effect on mirror\/alpine, which is adopted/,
        ],
    ])("are refused with %s", async (_title, args, message) => {
        expect(await toldBy(() => record(args))).toMatch(message);
    });

    it("are named where one to adopt is not there, in one sentence, and without a stack", async () => {
        const call = ({ token }: pulumi.runtime.MockCallArgs) => {
            if (token === "aws:ecr/getRepository:getRepository") {
                // As gRPC has it, of which the SDK takes the details.
                throw Object.assign(new Error(), { details: "reading ECR Repository (app): couldn't find resource" });
            }
            return undefined;
        };
        const program = () => ({ made: new EcrRepositories("hub", { catalog: releases, adopt: true }).repositories });
        expect(await toldBy(() => recordResources(program, { call }))).toMatch(
            /the repository \S+ is not at 111111111111\.dkr\.ecr\.eu-west-1\.amazonaws\.com: take it out of "adopt", and it is made, or mend its name in the catalogue$/,
        );
    });

    it("take what is said for all to be for the others, where only some are adopted", async () => {
        const { ofType } = await record({ adopt: ["mirror/alpine"], scanning: "none" });
        expect(ofType("Repository").map(({ name }) => name)).toEqual(["hub-mirror/hashicorp/vault"]);
    });
});
