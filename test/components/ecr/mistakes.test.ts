import * as pulumi from "@pulumi/pulumi";
import { EcrRepositories, type EcrRepositoriesArgs } from "transship";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineCatalog } from "../../../core/catalog";
import { recordResources } from "../../support/mocks";
import { toldBy } from "../../support/told";
import { catalog, HOST, releases } from "./catalogs";

type Given = Omit<EcrRepositoriesArgs, "catalog"> & { readonly catalog?: EcrRepositoriesArgs["catalog"] };
const make = (args: Given) => new EcrRepositories("hub", { catalog: releases, ...args });
const record = (args: Given) => recordResources(() => void make(args));

afterEach(() => {
    vi.restoreAllMocks();
});

const ghcrOnly = defineCatalog({
    version: 1,
    registries: { ecr: { host: HOST, kind: "ecr" }, ghcr: { host: "ghcr.io/acme" } },
    images: { app: { source: "quay.io/acme/app", tags: ["1"], targets: ["ghcr"] } },
});

describe("A mistake in EcrRepositories is told at construction", () => {
    it.each<[string, Given, RegExp]>([
        [
            "a registry of another kind",
            { catalog, registry: "ghcr" },
            /^registry: The registry "ghcr" is of kind ghcr: name one of ecr\.$/,
        ],
        ["an unknown image", { catalog, images: ["vult"] }, /^images: .*"vult".*did you mean "vault"/],
        [
            "an image that goes elsewhere",
            { catalog, images: ["elsewhere"] },
            /^images: the image elsewhere has no target at ecr, but ghcr$/,
        ],
        [
            "no target there at all",
            { catalog: ghcrOnly },
            /^catalog: no image of the catalogue has a target at ecr: add it to "targets"/,
        ],
        [
            "an unknown repository",
            { catalog, perRepository: { "mirror/vault": {} } },
            /^perRepository: the catalogue wants no repository "mirror\/vault" at ecr; /,
        ],
        [
            "an unknown setting",
            { perRepository: { app: { mutable: true } as never } },
            /^perRepository\["app"\]\.mutable: is no setting of a repository: one of mutability, /,
        ],
        [
            "a word for scanning",
            { scanning: "always" as never },
            /^scanning: must be one of "on-push", "registry", "none", not "always"$/,
        ],
        ["a mutability", { mutability: "immutable" as never }, /^mutability: "mutability" is "MUTABLE" or "IMMUTABLE"/],
        [
            "a lifecycle rule",
            { lifecycle: [{ kind: "expire", afterDays: 0 }] },
            /^lifecycle: The lifecycle rule 1 \(expire\): "afterDays" must be a whole number/,
        ],
        [
            "a lifecycle rule of one",
            { perRepository: { app: { lifecycle: [] } } },
            /^perRepository\["app"\]\.lifecycle: A lifecycle policy has at least one rule/,
        ],
        ["a principal", { policy: { pull: ["1234"] } }, /^policy: .*pull\[0\] is "1234"/],
        [
            "a key of another region",
            { encryption: { key: "arn:aws:kms:us-east-1:111111111111:key/0b1c2d3e-0000-0000-0000-000000000000" } },
            /^encryption: .*a key of us-east-1, but the registry is in eu-west-1/,
        ],
    ])("%s", async (_title, args, message) => {
        let told: unknown;
        await recordResources(() => {
            try {
                make(args);
            } catch (error) {
                told = error;
            }
        });
        const { propertyPath, message: reason } = told as pulumi.InputPropertyError;
        expect(`${propertyPath}: ${reason}`).toMatch(message);
        // A stack helps no user.
        expect((told as Error).stack).toBe((told as Error).message);
    });

    it.each<[string, Given, RegExp]>([
        ["scanning", { scanning: pulumi.output("always" as never) }, /^scanning: .*must be one of/],
        ["mutability", { mutability: pulumi.output("immutable" as never) }, /^mutability: .*"mutability" is/],
        [
            "lifecycle",
            { lifecycle: pulumi.output([{ kind: "expire" as const, afterDays: 0 }]) },
            /^lifecycle: .*The lifecycle rule 1/,
        ],
        ["policy", { policy: pulumi.output({ pull: ["1234"] }) }, /^policy: .*.*pull\[0\]/],
        ["encryption", { encryption: pulumi.output("aes" as never) }, /^encryption: .*"encryption" is/],
    ])("or in the Output: %s", async (_title, args, message) => {
        expect(await toldBy(() => record(args))).toMatch(message);
    });
});

describe("Tags that must move and may not", () => {
    const moving = (tags: string[]) =>
        defineCatalog({
            version: 1,
            registries: { ecr: { host: HOST, kind: "ecr" } },
            images: {
                app: {
                    source: "quay.io/acme/app",
                    tags,
                    targets: [{ registry: "ecr", tags: [...tags.slice(1), { from: tags[0] as string, to: "stable" }] }],
                },
            },
        });

    it("are refused with the line to write, under their names at the target", async () => {
        const args: Given = { catalog: moving(["1.0.0", "latest"]), mutability: "IMMUTABLE" };
        expect(await toldBy(() => record(args))).toMatch(
            'mutableTags: acme/app has latest, stable in the catalogue, which move by nature, but its tags are IMMUTABLE and ECR would refuse them: write mutableTags: ["latest","stable"]',
        );
        await record({ ...args, mutableTags: ["latest", "stable"] });
        await record({ ...args, mutability: "MUTABLE" });
    });

    it("are warned of where it is only likely", async () => {
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        await record({ catalog, images: ["vault"], mutability: "IMMUTABLE" });
        expect(warn.mock.calls.map(([line]) => line)).toEqual([
            'mirror/hashicorp/vault: 1.18 may not move, and short versions move where there are longer ones; if theirs do, ECR refuses the next carry: mutableTags: ["1.18"]',
        ]);
    });
});

describe("A lifecycle that takes what the catalogue lists", () => {
    it("is warned of, with the rule that keeps it", async () => {
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        await record({ lifecycle: [{ kind: "expire", afterDays: 30 }] });
        expect(warn.mock.calls.map(([line]) => line)).toEqual([
            'app: 1.0.0, 1.0.1 will be expired 30 days after the push, though the catalogue lists them: { kind: "keep", tags: ["1.0.0","1.0.1"] } in "lifecycle" keeps what it lists',
        ]);
    });

    it("is not, where it keeps them", async () => {
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        await record({
            lifecycle: [
                { kind: "expire", afterDays: 30 },
                { kind: "keep", prefixes: ["1.0."] },
            ],
        });
        expect(warn).not.toHaveBeenCalled();
    });
});

describe("A mistake in the settings of one repository", () => {
    it.each<[string, Given]>([
        ["a rule", { lifecycle: [{ kind: "expire", afterDays: 0 }] }],
        ["a principal", { policy: { pull: ["everybody"] } }],
    ])("is found before another one is made: %s", async (_title, own) => {
        const made: string[] = [];
        const last = "mirror/hashicorp/vault";
        const program = () => void new EcrRepositories("hub", { catalog, perRepository: { [last]: own as never } });
        const computed = ({ type, name }: pulumi.runtime.MockResourceArgs) => {
            made.push(`${type} ${name}`);
            return undefined;
        };
        expect(await toldBy(() => recordResources(program, { computed }))).toContain(`perRepository["${last}"]`);
        expect(made.filter((one) => one.startsWith("aws:"))).toEqual([]);
    });
});
