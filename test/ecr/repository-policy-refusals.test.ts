import { describe, expect, it } from "vitest";
import { checkRepositoryPrincipals, EcrError, type RepositoryPrincipals, repositoryPolicy } from "../../core/ecr";

const HOME = { account: "111111111111", region: "eu-west-1", partition: "aws" };
const OTHER = "012345678901";
const ROLE = "arn:aws:iam::222222222222:role/ci/deploy";

function refusal(build: () => unknown): string {
    try {
        build();
    } catch (error) {
        expect(error).toBeInstanceOf(EcrError);
        expect(error).toHaveProperty("code", "ECR_ARGUMENT");
        return (error as Error).message;
    }
    throw new Error("it was taken");
}

describe("The policy of a repository is refused, before AWS is asked,", () => {
    it.each<[string, RepositoryPrincipals, string | RegExp]>([
        ["nobody", {}, /^The policy of a repository would allow nothing: name who may do what, or leave it out\.$/],
        ["an empty list", { push: [] }, /^push is an empty list, which allows nobody: leave it out\.$/],
        ["no list", { pull: "222222222222" as never }, /^pull must be a list: /],
        [
            "a right that is none",
            { pul: [OTHER] } as never,
            /^The policy of a repository has no right "pul": one of pull, /,
        ],
        [
            "a number",
            { pull: [12345678901 as never] },
            /^pull\[0\] is the number 12345678901: write an account in quotes, "012345678901", since/,
        ],
        [
            "lost zeros",
            { pull: ["12345678901"] },
            /^pull\[0\] is "12345678901", of 11 digits, and an account has twelve: zeros/,
        ],
        [
            "everybody",
            { pull: [OTHER, "*"] },
            /^pull\[1\] is "\*", which is everybody with an account at AWS, .* ecr-public\.$/,
        ],
        [
            "no principal",
            { pull: ["acme"] },
            /^pull\[0\] is "acme", which is no account .*, no ARN .*, no organisation .* and no service/,
        ],
        [
            "a pattern",
            { pull: ["arn:aws:iam::222222222222:role/*"] },
            /takes no pattern in a principal: .* "aws:PrincipalArn"\.$/,
        ],
        [
            "a group",
            { pull: ["arn:aws:iam::222222222222:group/all"] },
            /only roles, users, accounts and sessions may be principals/,
        ],
        ["a bucket", { pull: ["arn:aws:s3:::bucket"] }, /only roles, users, accounts and sessions/],
        [
            "another partition",
            { pull: ["arn:aws-cn:iam::222222222222:root"] },
            /of the partition aws-cn, but the registry is in aws: AWS allows nobody across partitions\.$/,
        ],
        [
            "a unit's bare id",
            { pull: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"] },
            /^pull\[0\] is .* no path of a unit: .* "…\/" at the end/,
        ],
        [
            "Lambda as a service",
            { pull: ["lambda.amazonaws.com"] },
            /^pull\[0\] is Lambda, .*: give its accounts to "lambda"\.$/,
        ],
        [
            "a service's wrong name",
            { pull: [{ service: "codebuild" }] },
            /^pull\[0\] has the service "codebuild": such as/,
        ],
        [
            "a service of nobody",
            { pull: [{ service: "codebuild.amazonaws.com", accounts: [] }] },
            /^pull\[0\]\.accounts is an empty list/,
        ],
        [
            "a service's short account",
            { pull: [{ service: "codebuild.amazonaws.com", accounts: ["1"] }] },
            /^pull\[0\]\.accounts\[0\] is "1", of 1 digits/,
        ],
        [
            "a service's source that is no ARN",
            { pull: [{ service: "codebuild.amazonaws.com", sourceArns: ["project/*"] }] },
            /^pull\[0\]\.sourceArns has "project\/\*", which is no ARN\.$/,
        ],
        ["Lambda of nobody", { lambda: [] }, /^lambda is an empty list/],
        [
            "a function of any account",
            { lambda: ["arn:aws:lambda:*:*:function:*"] },
            /^lambda\[0\] is .* the account must be named\.$/,
        ],
        [
            "a function of another partition",
            { lambda: ["arn:aws-cn:lambda:cn-north-1:222222222222:function:app"] },
            /of the partition aws-cn, but the registry is in aws\.$/,
        ],
        [
            "a statement with an unknown key",
            { statements: [{ Effect: "Allow", Principals: "*" } as never] },
            /^The policy of a repository, statements\[0\] has "Principals", which no statement has/,
        ],
        [
            "a statement without an effect",
            { statements: [{ Principal: "*", Action: "ecr:*" } as never] },
            /must have "Effect"/,
        ],
        [
            "a statement without actions",
            { statements: [{ Effect: "Deny", Principal: "*" }] },
            /must have "Action" or "NotAction"/,
        ],
        [
            "a foreign action",
            { statements: [{ Effect: "Deny", Principal: "*", Action: "s3:GetObject" }] },
            /has the action "s3:GetObject", which is none of ECR's/,
        ],
        [
            "a statement without a principal",
            { statements: [{ Effect: "Allow", Action: "ecr:*" }] },
            /must have "Principal" or "NotPrincipal"/,
        ],
        [
            "a public statement",
            { statements: [{ Effect: "Allow", Principal: { AWS: ["*"] }, Action: "ecr:*" }] },
            /allows everybody with an account at AWS, .*: give it a "Condition"/,
        ],
        [
            "a statement for all but one",
            { statements: [{ Effect: "Allow", NotPrincipal: { AWS: ROLE }, Action: "ecr:*" }] },
            /allows everybody with an account at AWS/,
        ],
        [
            "a Sid that is there",
            { pull: [OTHER], statements: [{ Sid: "Pull", Effect: "Deny", Principal: "*", Action: "ecr:*" }] },
            /has two statements with the Sid "Pull": give one of them another\.$/,
        ],
        [
            "a Sid with a space",
            { statements: [{ Sid: "a b", Effect: "Deny", Principal: "*", Action: "ecr:*" }] },
            /it takes letters and digits only\.$/,
        ],
        ["a statement that is a text", { statements: ["Allow" as never] }, /must be an object as IAM has it/],
    ])("with %s", (_what, principals, message) => {
        expect(refusal(() => repositoryPolicy(principals, HOME))).toMatch(message);
        expect(refusal(() => checkRepositoryPrincipals(principals))).toMatch(message);
    });

    it("where it is longer than 10,240 characters, with what is shorter", () => {
        const pull = Array.from({ length: 320 }, (_, index) => String(index).padStart(12, "0"));
        expect(refusal(() => repositoryPolicy({ pull }, HOME))).toMatch(
            /has \d{5} characters, and ECR takes 10240: name an organisation/,
        );
        expect(JSON.stringify(repositoryPolicy({ pull: pull.slice(0, 300) }, HOME)).length).toBeLessThan(10_240);
    });

    it("where the registry's account would be meant and is not known; a check before it is known passes", () => {
        expect(refusal(() => repositoryPolicy({ lambda: true }))).toMatch(/name their accounts\.$/);
        expect(refusal(() => repositoryPolicy({ pull: ["codebuild.amazonaws.com"] }))).toMatch(
            /name its "accounts"\.$/,
        );
        expect(() => checkRepositoryPrincipals({ lambda: true, pull: ["codebuild.amazonaws.com"] })).not.toThrow();
    });
});
