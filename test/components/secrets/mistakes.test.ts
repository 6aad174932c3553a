import * as pulumi from "@pulumi/pulumi";
import { CiSecrets, type CiSecretsArgs } from "transship";
import { describe, expect, it } from "vitest";
import { recordResources } from "../../support/mocks";

const CANARY = "canary-77ab01";
const credentials = { TOKEN: { kind: "secret", value: CANARY } } as const;
const repositories = ["explorer"];

const secret = (value: pulumi.Input<string>) => ({ kind: "secret", value }) as const;

const MISTAKES: readonly [what: string, args: CiSecretsArgs, sentence: string][] = [
    ["no place", { credentials }, "nothing would get the secrets: give repositories or an organization"],
    ["no credential", { repositories }, "there is nothing to set: give credentials, or a catalog with registries"],
    [
        "a name with a dash",
        { repositories, credentials: { "my-token": secret(CANARY) } },
        'GitHub takes no secret of the name "MY-TOKEN", which has "-" in it: use letters, digits and underscores only, such as MY_TOKEN',
    ],
    [
        "a name of GitHub's own",
        { repositories, credentials: { github_pat: secret(CANARY) } },
        "names that begin with GITHUB_ are its own; use another prefix, such as GH_",
    ],
    [
        "two names that GitHub does not tell apart",
        { repositories, credentials: { Token: secret(`${CANARY}-2`), TOKEN: secret(CANARY) } },
        "makes the secret TOKEN, as credentials.Token does: give one of them another name",
    ],
    [
        "a value that is too large",
        { repositories, credentials: { TOKEN: secret(CANARY.repeat(4_000)) } },
        "the secret TOKEN has 52000 bytes, and GitHub stores 49152 at most",
    ],
    ["no value", { repositories, credentials: { TOKEN: secret("") } }, "the secret TOKEN has an empty value"],
    [
        "a value that the configuration does not have",
        { repositories, credentials: { TOKEN: secret(undefined as never) } },
        "gives TOKEN no value: is it set in the stack's configuration?",
    ],
    [
        "a secret as a variable",
        { repositories, credentials: { MODE: { kind: "variable", value: pulumi.secret(CANARY) } } },
        "MODE becomes a variable, which everybody sees who sees a workflow's logs, but its value is a secret",
    ],
    [
        "a variable for Dependabot alone",
        { repositories, apps: ["dependabot"], credentials: { MODE: { kind: "variable", value: "fast" } } },
        'makes the variable MODE, but only Actions has variables: add the app "actions"',
    ],
    [
        "an app that the component does not have",
        { repositories, credentials: { TOKEN: { ...secret(CANARY), apps: ["codespaces"] } } },
        'is for "codespaces", which the component\'s apps ("actions") do not name',
    ],
    [
        "an unknown app",
        { repositories, credentials, apps: ["action" as "actions"] },
        'must be one of "actions", "dependabot", "codespaces", not "action"',
    ],
    ["no repository", { repositories: ["a b"], credentials }, "is no GitHub repository"],
    ["a repository twice", { repositories: ["a", "acme/A"], credentials }, 'names the repository "a" twice'],
    [
        "another owner's repository",
        { repositories: ["kuzudb/explorer"], credentials },
        "kuzudb/explorer belongs to kuzudb, but the GitHub provider works for acme: pulumi config set github:owner kuzudb",
    ],
    [
        "environments without Actions",
        { repositories, environments: ["prod"], apps: ["dependabot"], credentials },
        'belong to a repository\'s Actions: give the app "actions"',
    ],
    [
        "a selection of nobody",
        { organization: { visibility: "selected" }, credentials },
        "nobody would get the secrets",
    ],
    [
        "a selection beside all",
        { organization: { visibility: "all", repositories: ["a"] }, credentials },
        'are given, but visibility "all" selects by itself',
    ],
    [
        "a repository that is not there",
        { organization: { visibility: "selected", repositories: ["gone"] }, credentials },
        "there is no repository gone of the provider's owner, or its token does not see it",
    ],
    [
        "101 secrets for a repository",
        {
            repositories,
            credentials: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`S${index}`, secret(CANARY)])),
        },
        "are 101 secrets for explorer/actions, but GitHub stores 100 there: put fewer into one place",
    ],
    ["registries without a catalogue", { repositories, credentials, registries: {} }, "are a catalogue's"],
];

describe("CiSecrets refuses, in one sentence and without a value,", () => {
    it.each(MISTAKES)("%s", async (_what, args, sentence) => {
        const options = { config: { "github:owner": "acme" }, call: () => ({ repoId: 0 }) };
        const failed = await recordResources(() => void new CiSecrets("ci", args), options).catch((error) => error);
        expect(failed).toBeInstanceOf(Error);
        const text = pulumi.InputPropertyError.isInstance(failed)
            ? `${failed.propertyPath}: ${failed.reason}`
            : String(failed.message);
        expect(text).toContain(sentence);
        expect(`${text}${failed.stack}`).not.toContain(CANARY);
    });

    it("nothing of a name that only a provider of its own could know", async () => {
        const recorded = await recordResources(
            () => {
                const provider = new Provider("other");
                new CiSecrets("ci", { repositories: ["kuzudb/explorer"], credentials }, { providers: [provider] });
            },
            { config: { "github:owner": "acme" } },
        );
        expect(recorded.ofType("ActionsSecret")).toHaveLength(1);
    });
});

class Provider extends pulumi.ProviderResource {
    constructor(name: string) {
        super("github", name, {});
    }
}
