import { expect, it } from "vitest";
import { parse } from "yaml";
import { defineCatalog, type Registry } from "../../core/catalog";
import {
    type Common,
    expression,
    installation,
    proofWorkflow,
    registryAccess,
    renderWorkflow,
} from "../../core/workflows";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../support/workflow-validators";

/** A registry of each kind, each with another way of getting credentials. */
const CATALOG = defineCatalog({
    version: 1,
    registries: {
        hub: {
            host: "docker.io",
            kind: "dockerhub",
            credentials: { from: "env", username: "HUB_USER", password: "HUB_TOKEN" },
        },
        ghcr: { host: "ghcr.io/acme", kind: "ghcr", credentials: { from: "docker" } },
        "my-nexus": { host: "nexus.example.com/mirror", kind: "nexus", credentials: { from: "docker" } },
        ecr: {
            host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/m",
            kind: "ecr",
            credentials: { from: "aws", profile: "hub" },
        },
        "ecr-b": { host: "111111111111.dkr.ecr.us-east-1.amazonaws.com/m", kind: "ecr", credentials: { from: "aws" } },
        gar: { host: "europe-docker.pkg.dev/acme/m", kind: "gar", credentials: { from: "gcp" } },
        harbor: { host: "harbor.example.com/m", kind: "harbor", credentials: { from: "config", key: "harbor" } },
        quay: { host: "quay.io/acme", kind: "quay" },
    },
    images: { vault: { policy: "keep", source: "docker.io/hashicorp/vault", tags: ["1.18"] } },
});
const EVERY: readonly Registry[] = Object.values(CATALOG.registries);

function common(
    over: Partial<Common> = {},
    registries: readonly Registry[] = [],
    way: "npx" | "npm-ci" = "npx",
): Common {
    const access = registryAccess(registries);
    return {
        catalog: "catalog.yaml",
        runner: ["ubuntu-24.04"],
        access,
        installation: installation(way, "1.2.3", access.peers),
        ...over,
    };
}

const proof = (parameters: Common): string =>
    renderWorkflow(proofWorkflow({ ...parameters, schedule: "17 5 * * *" }).workflow);

describeWith(VALIDATORS, "The scheduled proof", (validators) => {
    it.each([
        ["as it is by default", common()],
        ["with every kind of credentials", common({}, EVERY)],
        ["from the repository's own package.json", common({ environment: "prod" }, EVERY, "npm-ci")],
        [
            "on somebody's own runners, with names that a shell would read",
            common({ runner: ["self-hosted", "eu west"], catalog: "a b/$(x)'\"`.yaml" }),
        ],
    ])("passes every validator %s", async (_how, parameters) => {
        expect(await findingsOf(proof(parameters), validators, { labels: ["eu west"] })).toEqual(NO_FINDINGS);
    });

    it("passes zizmor's strictest eyes where a deployment environment holds the secrets", async () => {
        const text = proof(common({ deployment: "registries" }, EVERY));
        expect(await findingsOf(text, validators, { persona: "auditor" })).toEqual(NO_FINDINGS);
    });

    it("has for each registry what its credentials need, and the least rights", () => {
        const { check, issue } = parse(proof(common({}, EVERY))).jobs;
        expect(check.permissions).toEqual({ contents: "read", "id-token": "write", packages: "read" });
        expect(issue.permissions).toEqual({ issues: "write" });
        const inputs = check.steps.flatMap((step: { with?: object }) => step.with ?? []);
        expect(inputs).toEqual(
            expect.arrayContaining([
                { registry: "ghcr.io", username: expression("github.actor"), password: expression("github.token") },
                {
                    registry: "nexus.example.com",
                    username: expression("secrets.MY_NEXUS_USERNAME"),
                    password: expression("secrets.MY_NEXUS_PASSWORD"),
                },
                {
                    "aws-region": "eu-west-1",
                    "role-to-assume": expression("vars.AWS_ROLE_ARN_HUB"),
                    "aws-profile": "hub",
                },
                { "aws-region": "us-east-1", "role-to-assume": expression("vars.AWS_ROLE_ARN") },
            ]),
        );
        const { env, run } = check.steps.find(({ id }: { id?: string }) => id === "check");
        expect(env).toEqual({
            HUB_USER: expression("secrets.HUB_USER"),
            HUB_TOKEN: expression("secrets.HUB_TOKEN"),
            TRANSSHIP_CREDENTIALS: expression("secrets.TRANSSHIP_CREDENTIALS"),
        });
        expect(run).toContain("--package=transship@1.2.3 --package=@aws-sdk/client-ecr@3");
        expect(JSON.stringify(issue)).not.toContain("secrets.");
    });

    it("asks for nothing where no registry has credentials", () => {
        const { check } = parse(
            proof(
                common(
                    {},
                    EVERY.filter(({ name }) => name === "quay"),
                ),
            ),
        ).jobs;
        expect(check.permissions).toEqual({ contents: "read" });
        expect(JSON.stringify(check)).not.toContain("secrets.");
    });

    it("refuses a version that is a range, and a catalogue whose name is an expression", () => {
        expect(() => installation("npx", "^1.2.3", [])).toThrow('"^1.2.3" is no exact version');
        expect(() => proof(common({ catalog: `${expression("x")}.yaml` }))).toThrow("would be an expression");
    });
});
