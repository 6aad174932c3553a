import { describe, expect, it } from "vitest";
import { endpointOf } from "../../core/registry/endpoint";
import { ecrVerdict } from "../../core/registry/http/ecr-verdict";
import type { FailureContext } from "../../core/registry/http/failure";
import { quirksOf } from "../../core/registry/quirks";

const PRIVATE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";

function context(host: string, repository: string, request: object = {}): FailureContext {
    return {
        endpoint: endpointOf(host),
        quirks: quirksOf(host === PRIVATE ? "ecr" : "ecr-public"),
        request: {
            method: "POST",
            path: "/",
            subject: "upload",
            access: "push",
            repository,
            reference: "sha256:1",
            ...request,
        } as FailureContext["request"],
        url: `https://${host}/v2/`,
        secrets: [],
        connectMs: 1,
        idleMs: 1,
        customCa: false,
        proxied: false,
        now: 0,
    };
}

const unknown = { code: "NAME_UNKNOWN", message: "The repository with name 'a/b' does not exist" };

describe("what an answer of ECR means", () => {
    it("names the region of the host in the command that creates a repository", () => {
        expect(ecrVerdict(404, unknown, context(PRIVATE, "a/b"))?.advice).toBe(
            "create it with EcrRepositories, or a creation template for CREATE_ON_PUSH, or by aws ecr create-repository --repository-name a/b --region eu-west-1",
        );
    });

    it("leaves the alias of ECR Public out of it, which has no templates", () => {
        expect(ecrVerdict(404, unknown, context("public.ecr.aws", "alias/a/b"))?.advice).toBe(
            "create it with EcrPublicRepositories, or by aws ecr-public create-repository --repository-name a/b --region us-east-1",
        );
    });

    it("proves to a reader that the repository is not there, and tells nobody to create it", () => {
        const reads = { method: "GET", subject: "manifest", access: "pull" };
        const verdict = ecrVerdict(404, unknown, context(PRIVATE, "a/b", reads));
        expect([verdict?.code, verdict?.advice]).toEqual([
            "NAME_UNKNOWN",
            "check its name, and the account and the region of the host",
        ]);
    });

    it.each([
        [429, { code: "TOOMANYREQUESTS", message: "Rate exceeded" }],
        [429, {}],
        [400, { code: "UNKNOWN", message: "Rate exceeded" }],
        [400, { code: "UNKNOWN", message: "ThrottlingException: Rate exceeded" }],
    ])("is to wait and to try again for %i %j", (status, problem) => {
        expect(ecrVerdict(status, problem, context(PRIVATE, "a/b"))).toMatchObject({
            code: "RATE_LIMITED",
            retryable: true,
        });
    });

    it.each([
        ["a page of a proxy", 404, {}],
        ["a failure of its own", 500, { code: "INTERNAL_ERROR", message: "KMS key" }],
        ["too many reads, of which nobody knows whose they are", 429, {}],
    ])("is what any registry means for %s", (_name, status, problem) => {
        const reads = { method: "GET", subject: "manifest", access: "pull" };
        expect(ecrVerdict(status, problem, context(PRIVATE, "a/b", reads))).toBeUndefined();
    });

    it("names the right to use a KMS key as the key's matter", () => {
        const message =
            "User: arn:aws:sts::111122223333:assumed-role/ci/run is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:111122223333:key/1";
        expect(ecrVerdict(403, { code: "DENIED", message }, context(PRIVATE, "a/b"))?.what).toContain("KMS key");
    });
});
