import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { writtenGraph } from "../../scripts/graphs/graph";
import { recordGraph } from "../../scripts/graphs/record";
import { type RecordOptions, recordResources } from "../support/mocks";

class Thing extends pulumi.CustomResource {
    declare readonly url: pulumi.Output<string>;

    constructor(name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
        super("acme:index:Thing", name, { url: undefined, ...args }, opts);
    }
}

class Cloud extends pulumi.ProviderResource {
    constructor(name: string) {
        super("acme", name, { region: "eu-west-1" });
    }
}

class Group extends pulumi.ComponentResource {
    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("acme:index:Group", name, { ignored: true }, opts);
        new Thing(`${name}-child`, { size: 1 }, { parent: this });
        this.registerOutputs({});
    }
}

const URLS: RecordOptions = { computed: ({ name }) => ({ url: `https://${name}` }) };

describe("The recorder of a resource graph", () => {
    it("records every option, which a mock's newResource does not see", async () => {
        const { resources } = await recordResources(() => {
            const provider = new Cloud("cloud");
            const first = new Thing("first", { size: 1 });
            new Thing(
                "second",
                { of: first.url },
                {
                    provider,
                    parent: first,
                    dependsOn: [new Thing("third", {})],
                    protect: true,
                    retainOnDelete: true,
                    deleteBeforeReplace: false,
                    ignoreChanges: ["size"],
                    replaceOnChanges: ["of"],
                    additionalSecretOutputs: ["token"],
                    aliases: [{ name: "former" }],
                    customTimeouts: { create: "5m" },
                    deletedWith: first,
                    replacementTrigger: 2,
                },
            );
        }, URLS);
        expect(resources.find(({ name }) => name === "second")).toEqual({
            type: "acme:index:Thing",
            name: "second",
            parent: "acme:index:Thing::first",
            dependencies: ["acme:index:Thing::first", "acme:index:Thing::third"],
            provider: "pulumi:providers:acme::cloud",
            options: {
                additionalSecretOutputs: ["token"],
                aliases: [{ name: "former", parent: "acme:index:Thing::first" }],
                customTimeouts: { create: "5m" },
                deleteBeforeReplace: false,
                deletedWith: "acme:index:Thing::first",
                ignoreChanges: ["size"],
                protect: true,
                replaceOnChanges: ["of"],
                replacementTrigger: 2,
                retainOnDelete: true,
            },
            inputs: { of: "https://first" },
        });
    });

    it("shows no secret, no path of the machine, and of long texts their size and digest", async () => {
        const { resources } = await recordResources(() => {
            const password = pulumi.secret("hunter2");
            new Thing("thing", {
                password,
                nested: { list: [pulumi.interpolate`user:${password}`, "plain"] },
                path: `${process.cwd()}/catalog.yaml`,
                long: "x".repeat(1_001),
                file: new pulumi.asset.StringAsset("hello"),
            });
        });
        expect(resources[0]?.inputs).toEqual({
            password: "[secret]",
            nested: { list: ["[secret]", "plain"] },
            path: "./catalog.yaml",
            long: expect.stringMatching(/^\[1001 bytes, sha256:[0-9a-f]{64}\]$/),
            file: { text: "hello" },
        });
        expect(JSON.stringify(resources)).not.toContain("hunter2");
    });

    it("is the same bytes each time, whatever the order of the program", async () => {
        const make = (names: readonly string[]) => async () => {
            for (const name of names) {
                await new Promise((resolve) => setTimeout(resolve, 1));
                new Group(name);
            }
            return { b: pulumi.output(1), a: pulumi.secret(2) };
        };
        const graph = writtenGraph(await recordGraph(make(["one", "two"])));
        expect(writtenGraph(await recordGraph(make(["two", "one"])))).toBe(graph);
        expect(JSON.parse(graph).outputs).toEqual({ a: "[secret]", b: 1 });
        expect(JSON.parse(graph).resources.map(({ name, parent }: Record<string, string>) => [name, parent])).toEqual([
            ["one", undefined],
            ["two", undefined],
            ["one-child", "acme:index:Group::one"],
            ["two-child", "acme:index:Group::two"],
        ]);
    });

    it("hands the program its configuration, and answers what a provider would compute", async () => {
        const { outputs, resource } = await recordResources(
            () => {
                const config = new pulumi.Config();
                const thing = new Thing("thing", { token: config.requireSecret("token") });
                return { url: thing.url, stack: pulumi.getStack(), names: config.requireObject("names") };
            },
            {
                config: { "project:token": "hunter2", "project:names": '["a"]' },
                secretConfig: ["project:token"],
                ...URLS,
            },
        );
        expect(outputs).toEqual({ names: ["a"], stack: "dev", url: "https://thing" });
        expect(resource("thing").inputs).toEqual({ token: "[secret]" });
    });

    it("says [computed] for what a preview does not know", async () => {
        const { outputs, resource } = await recordResources(
            () => {
                const thing = new Thing("thing", {});
                new Thing("other", { of: thing.url });
                return { url: thing.url };
            },
            { preview: true },
        );
        expect(resource("other").inputs).toEqual({ of: "[computed]" });
        expect(outputs).toEqual({ url: "[computed]" });
    });

    it.each([
        ["throws", () => Promise.reject(new Error("no such image"))],
        ["throws in an apply", () => void pulumi.output(1).apply(() => Promise.reject(new Error("no such image")))],
        ["hands on a rejected input", () => void new Thing("x", { a: Promise.reject(new Error("no such image")) })],
        ["returns a rejected output", () => ({ a: pulumi.output(Promise.reject(new Error("no such image"))) })],
    ])("fails with the program that %s", async (_how, program) => {
        await expect(recordResources(program)).rejects.toThrow("no such image");
    });

    it("names what there is when a test asks for a resource that is not", async () => {
        const { resource } = await recordResources(() => void new Group("one"));
        expect(() => resource("two")).toThrow("0 resources are named two; there are:\nacme:index:Group::one\n");
    });
});
