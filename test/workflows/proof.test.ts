import { expect, it } from "vitest";
import { parse } from "yaml";
import { expression, installation, proofWorkflow, renderWorkflow, type Scheduled } from "../../core/workflows";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../support/workflow-validators";
import { EVERY_REGISTRY, scheduled } from "./parameters";

const proof = (parameters: Scheduled): string => renderWorkflow(proofWorkflow(parameters).workflow);

describeWith(VALIDATORS, "The scheduled proof", (validators) => {
    it.each([
        ["as it is by default", scheduled()],
        ["with every kind of credentials", scheduled({}, EVERY_REGISTRY)],
        ["from the repository's own package.json", scheduled({ environment: "prod" }, EVERY_REGISTRY, "npm-ci")],
        [
            "on somebody's own runners, with names that a shell would read",
            scheduled({ runner: ["self-hosted", "eu west"], catalog: "a b/$(x)'\"`.yaml" }),
        ],
    ])("passes every validator %s", async (_how, parameters) => {
        expect(await findingsOf(proof(parameters), validators, { labels: ["eu west"] })).toEqual(NO_FINDINGS);
    });

    it("passes zizmor's strictest eyes where a deployment environment holds the secrets", async () => {
        const text = proof(scheduled({ deployment: "registries" }, EVERY_REGISTRY));
        expect(await findingsOf(text, validators, { persona: "auditor" })).toEqual(NO_FINDINGS);
    });

    it("has for each registry what its credentials need, and the least rights", () => {
        const { check, issue } = parse(proof(scheduled({}, EVERY_REGISTRY))).jobs;
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
                scheduled(
                    {},
                    EVERY_REGISTRY.filter(({ name }) => name === "quay"),
                ),
            ),
        ).jobs;
        expect(check.permissions).toEqual({ contents: "read" });
        expect(JSON.stringify(check)).not.toContain("secrets.");
    });

    it("refuses a version that is a range, and a catalogue whose name is an expression", () => {
        expect(() => installation("npx", "^1.2.3", [])).toThrow('"^1.2.3" is no exact version');
        expect(() => proof(scheduled({ catalog: `${expression("x")}.yaml` }))).toThrow("would be an expression");
    });
});
