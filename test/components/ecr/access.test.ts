import * as pulumi from "@pulumi/pulumi";
import { CiSecrets, defineCatalog, EcrAccess, type EcrAccessArgs, type EcrRoleArgs } from "transship";
import { describe, expect, it } from "vitest";
import { accessPolicy, trustPolicy } from "../../../core/ecr";
import { mirrorWorkflow, proofWorkflow, registryAccess, renderWorkflow } from "../../../core/workflows";
import { type RecordOptions, recordResources } from "../../support/mocks";
import { scheduled } from "../../workflows/parameters";

const HOST = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const catalog = defineCatalog({
    version: 1,
    registries: {
        ecr: { host: `${HOST}/mirror`, kind: "ecr", credentials: { from: "aws" } },
        open: { host: "public.ecr.aws/a1b2c3d4", kind: "ecr-public", credentials: { from: "aws", profile: "open" } },
    },
    images: {
        vault: { source: "docker.io/hashicorp/vault", targets: ["ecr"], tags: ["1.18"] },
        app: { policy: "dual", source: "docker.io/acme/app", targets: ["ecr", "open"], tags: ["1"] },
    },
});
const arn = (name: string): string => `arn:aws:ecr:eu-west-1:111111111111:repository/${name}`;
const ALL = [arn("mirror/acme/app"), arn("mirror/hashicorp/vault")];
const ISSUER = "token.actions.githubusercontent.com";
const providerArn = `arn:aws:iam::111111111111:oidc-provider/${ISSUER}`;
const main = { repository: "acme/app", branches: ["main"] };
const push: EcrRoleArgs = { rights: ["pull", "push"], runs: [main] };

const record = (
    args: Partial<EcrAccessArgs> = {},
    options: RecordOptions = {},
    opts?: pulumi.ComponentResourceOptions,
) =>
    recordResources(() => {
        const { oidcProvider, roleArns, roleNames } = new EcrAccess("ci", { catalog, roles: { push }, ...args }, opts);
        return { oidcProvider, roleArns, roleNames };
    }, options);
type Graph = Awaited<ReturnType<typeof record>>;
const inputsOf = (graph: Graph, name: string) => graph.resource(name).inputs as Record<string, unknown>;
const CI = "transship:ecr:EcrAccess::ci";
const json = (value: unknown): unknown => JSON.parse(String(value));
const trustOf = (graph: Graph, role = "ci-push"): unknown => json(inputsOf(graph, role).assumeRolePolicy);
const accessOf = (graph: Graph, role = "ci-push"): unknown => json(inputsOf(graph, `${role}-policy`).policy);

describe("EcrAccess", () => {
    it("makes neither a provider nor a role at another account, and every output says why", async () => {
        const made: string[] = [];
        const told: string[] = [];
        const hear = (output: pulumi.Output<unknown>): void => {
            const { promise } = output as unknown as { promise(): Promise<unknown> };
            promise.call(output).catch((error: Error) => told.push(error.message));
        };
        const program = () => {
            const roles = { push, pull: { rights: ["pull" as const], runs: [main] } };
            const { oidcProvider, roleArns, roleNames, credentials } = new EcrAccess("ci", { catalog, roles });
            for (const output of [oidcProvider, roleArns, roleNames, pulumi.output(credentials.pull.roleArn)]) {
                hear(output);
            }
        };
        const refusal = /are of account 222222222222: give the component a provider of account 111111111111/;
        const elsewhere: RecordOptions = {
            call: ({ token }) => (token.includes("getCallerIdentity") ? { accountId: "222222222222" } : undefined),
            computed: ({ type, name }) => {
                if (type.startsWith("aws:")) {
                    made.push(name);
                }
                return undefined;
            },
        };
        await expect(recordResources(program, elsewhere)).rejects.toThrow(refusal);
        expect(made).toEqual([]);
        expect(told).toHaveLength(4);
        expect(told.filter((message) => !refusal.test(message))).toEqual([]);
    });

    it("makes GitHub's provider, a role and its policy, each below the component", async () => {
        const graph = await record();
        expect(graph.resources.map(({ type, name, parent }) => [type, name, parent])).toEqual(
            [
                ["aws:iam/openIdConnectProvider:OpenIdConnectProvider", "ci-oidc", CI],
                ["aws:iam/role:Role", "ci-push", CI],
                ["aws:iam/rolePolicy:RolePolicy", "ci-push-policy", CI],
                ["transship:ecr:EcrAccess", "ci", undefined],
            ].sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
        );
        expect(graph.resource("ci-oidc").inputs).toEqual({
            url: `https://${ISSUER}`,
            clientIdLists: ["sts.amazonaws.com"],
        });
        const { assumeRolePolicy, ...role } = inputsOf(graph, "ci-push");
        expect(role).toEqual({ description: "Runs of CI at ECR: pull, push" });
        expect(json(assumeRolePolicy)).toEqual(trustPolicy({ providerArn, runs: [main] }));
        const { policy, ...attached } = inputsOf(graph, "ci-push-policy");
        expect(attached).toEqual({ role: "ci-push", name: "ecr" });
        expect(json(policy)).toEqual(accessPolicy(["pull", "push"], ALL));
        expect(graph.outputs).toEqual({
            oidcProvider: providerArn,
            roleArns: { push: "arn:aws:iam::111111111111:role/ci-push" },
            roleNames: { push: "ci-push" },
        });
    });

    it("makes a role of each name, with one provider for all", async () => {
        const roles = { read: { rights: ["check"] as const, runs: [{ ...main, pullRequests: true }] }, write: push };
        const graph = await record({ roles: roles as unknown as EcrAccessArgs["roles"] });
        expect(graph.ofType("OpenIdConnectProvider")).toHaveLength(1);
        expect(accessOf(graph, "ci-read")).toEqual(accessPolicy(["check"], ALL));
        expect(accessOf(graph, "ci-write")).toEqual(accessPolicy(["pull", "push"], ALL));
        expect(trustOf(graph, "ci-read")).toEqual(
            trustPolicy({ providerArn, runs: [{ ...main, pullRequests: true }] }),
        );
    });

    it("hands every setting of a role on", async () => {
        const graph = await record({
            permissionsBoundary: "arn:aws:iam::111111111111:policy/ci-boundary",
            path: "/ci/",
            tags: { team: "platform" },
            thumbprints: ["6938fd4d98bab03faadb97b34396831e3780aea1"],
            roles: { push: { ...push, roleName: "acme-push", description: "Pushes.", maxSessionDuration: "12h" } },
        });
        expect(graph.resource("ci-push").inputs).toMatchObject({
            name: "acme-push",
            path: "/ci/",
            description: "Pushes.",
            maxSessionDuration: 43_200,
            permissionsBoundary: "arn:aws:iam::111111111111:policy/ci-boundary",
            tags: { team: "platform" },
        });
        expect(graph.resource("ci-oidc").inputs).toMatchObject({
            tags: { team: "platform" },
            thumbprintLists: ["6938fd4d98bab03faadb97b34396831e3780aea1"],
        });
        expect(graph.outputs).toMatchObject({ roleArns: { push: "arn:aws:iam::111111111111:role/ci/acme-push" } });
    });

    it("takes everything as an Output, with the same result", async () => {
        const out = pulumi.output;
        const given = await record({
            issuer: out(`https://${ISSUER}`),
            audience: out("sts.amazonaws.com"),
            path: out("/ci/"),
            permissionsBoundary: out("arn:aws:iam::111111111111:policy/b"),
            thumbprints: out(["0".repeat(40)]),
            tags: out({ team: "a" }),
            roles: {
                push: {
                    rights: out(["pull" as const, out("push" as const)]),
                    runs: out([out({ repository: out("acme/app"), branches: out(["main"]) })]),
                    repositories: out(["mirror/hashicorp/vault", "mirror/acme/app"]),
                    roleName: out("r"),
                    description: out("d"),
                    maxSessionDuration: out("2h"),
                },
            },
        });
        const plain = await record({
            path: "/ci/",
            permissionsBoundary: "arn:aws:iam::111111111111:policy/b",
            thumbprints: ["0".repeat(40)],
            tags: { team: "a" },
            roles: { push: { ...push, roleName: "r", description: "d", maxSessionDuration: "2h" } },
        });
        for (const name of ["ci-oidc", "ci-push", "ci-push-policy"]) {
            expect(given.resource(name).inputs, name).toEqual(plain.resource(name).inputs);
        }
    });

    it("says nothing false in a preview, where an argument is unknown", async () => {
        const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<never>;
        const roles = { push: { rights: unknown, runs: unknown, repositories: unknown, maxSessionDuration: unknown } };
        const graph = await record({ issuer: unknown, roles }, { preview: true });
        const { assumeRolePolicy, maxSessionDuration } = inputsOf(graph, "ci-push");
        expect([assumeRolePolicy, maxSessionDuration]).toEqual(["[computed]", "[computed]"]);
        expect(inputsOf(graph, "ci-push-policy").policy).toBe("[computed]");
    });

    describe("with the account's provider", () => {
        it("looks the existing one up, and makes none", async () => {
            const graph = await record({ oidcProvider: "existing" });
            expect(graph.ofType("OpenIdConnectProvider")).toEqual([]);
            expect(trustOf(graph)).toEqual(trustPolicy({ providerArn, runs: [main] }));
            expect(graph.outputs).toMatchObject({ oidcProvider: providerArn });
        });

        it("refuses one that does not take the audience, with the command that mends it", async () => {
            await expect(record({ oidcProvider: "existing", audience: "acme" })).rejects.toThrow(
                `takes the audiences sts.amazonaws.com, but not acme: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${providerArn} --client-id acme`,
            );
        });

        it.each([
            ["plain", providerArn],
            ["an Output", pulumi.output(providerArn)],
        ])("takes its ARN, %s, and asks nothing", async (_how, oidcProvider) => {
            const asked: string[] = [];
            const call = ({ token }: { token: string }) => {
                asked.push(token);
                return undefined;
            };
            const roles = { push: { ...push, repositories: ALL } };
            const graph = await record({ oidcProvider, roles }, { call });
            expect(graph.ofType("OpenIdConnectProvider")).toEqual([]);
            expect(trustOf(graph)).toEqual(trustPolicy({ providerArn, runs: [main] }));
            expect(asked).toEqual([]);
        });

        it("of another component of the program is shared by its output", async () => {
            const graph = await recordResources(() => {
                const { oidcProvider } = new EcrAccess("a", { catalog, roles: { push } });
                new EcrAccess("b", { catalog, roles: { push }, oidcProvider });
            });
            expect(graph.ofType("OpenIdConnectProvider").map(({ name }) => name)).toEqual(["a-oidc"]);
            expect(inputsOf(graph, "b-push").assumeRolePolicy).toEqual(inputsOf(graph, "a-push").assumeRolePolicy);
        });
    });

    it("trusts GitLab's runs by its issuer", async () => {
        const roles = { push: { ...push, runs: [{ project: "acme/app", branches: ["main"] }] } };
        const graph = await record({ issuer: "https://gitlab.com", roles });
        expect(graph.resource("ci-oidc").inputs).toEqual({
            url: "https://gitlab.com",
            clientIdLists: ["https://gitlab.com"],
        });
        const at = "arn:aws:iam::111111111111:oidc-provider/gitlab.com";
        expect(trustOf(graph)).toEqual(
            trustPolicy({
                providerArn: at,
                issuer: "https://gitlab.com",
                runs: [{ project: "acme/app", branches: ["main"] }],
            }),
        );
    });

    describe("is for", () => {
        const only = (role: Partial<EcrRoleArgs>, args: Partial<EcrAccessArgs> = {}, options: RecordOptions = {}) =>
            record({ roles: { push: { ...push, ...role } }, ...args }, options);

        it("the repositories of some images", async () => {
            expect(accessOf(await only({ images: ["vault"] }))).toEqual(
                accessPolicy(["pull", "push"], [arn("mirror/hashicorp/vault")]),
            );
        });

        it("named repositories, a prefix, and ARNs of another account", async () => {
            const other = "arn:aws:ecr:us-east-1:222222222222:repository/base";
            const graph = await only({ repositories: ["tools", "docker-hub/*", other] });
            expect(accessOf(graph)).toEqual(accessPolicy(["pull", "push"], [arn("tools"), arn("docker-hub/*"), other]));
        });

        it("ARNs by name, as EcrRepositories hands them out", async () => {
            const arns = pulumi.output({ "mirror/acme/app": arn("mirror/acme/app") });
            expect(accessOf(await only({ repositories: arns }))).toEqual(
                accessPolicy(["pull", "push"], [arn("mirror/acme/app")]),
            );
        });

        it("repositories of the provider's account and region, where there is no catalogue", async () => {
            const graph = await only({ repositories: ["tools"] }, { catalog: undefined });
            expect(accessOf(graph)).toEqual(accessPolicy(["pull", "push"], [arn("tools")]));
        });

        it("ECR Public", async () => {
            const graph = await only({}, { registry: "open" });
            const open = "arn:aws:ecr-public::111111111111:repository/acme/app";
            expect(accessOf(graph)).toEqual(accessPolicy(["pull", "push"], [open]));
        });

        it("no repository of an account that the credentials are not of", async () => {
            const call = ({ token }: { token: string }) =>
                token.includes("getCallerIdentity") ? { accountId: "222222222222" } : undefined;
            await expect(only({}, {}, { call })).rejects.toThrow(
                "credentials of the AWS provider are of account 222222222222",
            );
        });
    });

    it("feeds CiSecrets: the variable that the catalogue's workflows read is the role's ARN", async () => {
        const graph = await recordResources(() => {
            const access = new EcrAccess("ci", { catalog, roles: { push } });
            const open = new EcrAccess("open", {
                catalog,
                registry: "open",
                roles: { push },
                oidcProvider: access.oidcProvider,
            });
            const ci = new CiSecrets("secrets", {
                repositories: ["acme/app"],
                catalog,
                registries: { ecr: access.credentials.push, open: open.credentials.push },
            });
            return { unset: ci.unset, federated: ci.federated };
        });
        const variables = graph.ofType("ActionsVariable").map(({ name }) => {
            const { value, variableName } = inputsOf(graph, name);
            return [variableName, value] as const;
        });
        expect(Object.fromEntries(variables)).toEqual({
            AWS_ROLE_ARN: "arn:aws:iam::111111111111:role/ci-push",
            AWS_ROLE_ARN_OPEN: "arn:aws:iam::111111111111:role/open-push",
        });
        expect(graph.outputs).toEqual({ unset: [], federated: ["AWS_ROLE_ARN", "AWS_ROLE_ARN_OPEN"] });
        const registries = Object.values(catalog.registries);
        const mirror = mirrorWorkflow({
            ...scheduled({ access: registryAccess(registries, registries) }),
            page: "MIRRORS.md",
        });
        const proof = proofWorkflow(scheduled({}, registries));
        for (const text of [mirror, proof].map(({ workflow }) => renderWorkflow(workflow))) {
            const read = [...text.matchAll(/role-to-assume: \$\{\{ vars\.(\w+) \}\}/g)].map(([, name]) => name);
            expect([...new Set(read)].sort()).toEqual(variables.map(([name]) => name).sort());
        }
    });

    const role = (change: Partial<EcrRoleArgs>): Partial<EcrAccessArgs> => ({
        roles: { push: { ...push, ...change } },
    });
    it.each<[string, Partial<EcrAccessArgs>, string]>([
        ["no roles", { roles: {} }, "roles"],
        [
            "a wildcard among the runs",
            role({ runs: [{ repository: "acme/*", branches: ["main"] }] }),
            "has a wildcard, by which",
        ],
        ["runs on any branch", role({ runs: [{ repository: "acme/app" }] }), "Every run of acme/app"],
        ["no runs", role({ runs: [] }), "Nobody could have the role"],
        ["a right that is none", role({ rights: ["delete" as never] }), '"delete" is no right'],
        ["all repositories", role({ repositories: ["*"] }), "stands for more than was named"],
        ["a name that ECR refuses", role({ repositories: ["Tools"] }), "The role cannot be for the repository"],
        ["images beside repositories", role({ repositories: ["a1"], images: ["app"] }), "give one of the two"],
        ["an image that is none", role({ images: ["ap"] }), 'the catalogue has no image "ap"'],
        [
            "names without a place",
            { ...role({}), catalog: undefined },
            "name the repositories, or give the component a catalog",
        ],
        ["a registry without catalogue", { catalog: undefined, registry: "ecr" }, "is one of a catalogue"],
        ["a registry that is none", { registry: "ecrr" }, "is no registry of the catalogue"],
        ["a session that is too long", role({ maxSessionDuration: "13h" }), 'must be from "1h" to "12h", not "13h"'],
        ["a session that is too short", role({ maxSessionDuration: "59m" }), 'must be from "1h" to "12h"'],
        ["a session that is no duration", role({ maxSessionDuration: "3600" }), 'must be from "1h" to "12h"'],
        ["a role's name that IAM refuses", role({ roleName: "a/b" }), "must be 1 to 64 letters"],
        ["a path without slashes", { path: "ci" }, "must begin and end with a slash"],
        ["a boundary that is no policy", { permissionsBoundary: "ci" }, "must be the ARN of a policy"],
        ["a provider that is none", { oidcProvider: "mine" }, 'must be "create", "existing" or the ARN'],
        [
            "another issuer's provider",
            { oidcProvider: providerArn.replace("token", "vstoken") },
            "must end with oidc-provider/",
        ],
        [
            "thumbprints of an existing provider",
            { oidcProvider: "existing", thumbprints: ["a"] },
            "belong to a provider that is made here",
        ],
        ["an issuer that is no URL", { issuer: ISSUER }, 'must be the "iss" of the tokens'],
    ])("refuses %s", async (_what, args, sentence) => {
        await expect(record(args)).rejects.toThrow(sentence);
    });

    it("tells a mistake in a plain argument at once, with where it is", () => {
        const runs = [{ repository: "acme/app", branches: ["*"] }];
        expect(() => new EcrAccess("ci", { catalog, roles: { push: { ...push, runs } } })).toThrow(
            expect.objectContaining({ propertyPath: "roles.push.runs" }),
        );
    });
});
