import { describe, expect, it } from "vitest";
import { type PublicRepositoryPrincipals, publicRepositoryPolicy } from "../../core/ecr";

describe("The policy of a public repository", () => {
    it("lets principals push, or do everything, and takes statements of one's own", () => {
        const own = {
            Sid: "Own",
            Effect: "Deny",
            Principal: { AWS: "arn:aws:iam::333333333333:root" },
            Action: "ecr-public:PutImage",
        } as const;
        expect(publicRepositoryPolicy({ push: ["222222222222"], full: ["o-a1b2c3d4e5"], statements: [own] })).toEqual({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "Push",
                    Effect: "Allow",
                    Principal: { AWS: ["arn:aws:iam::222222222222:root"] },
                    Action: [
                        "ecr-public:BatchCheckLayerAvailability",
                        "ecr-public:CompleteLayerUpload",
                        "ecr-public:InitiateLayerUpload",
                        "ecr-public:PutImage",
                        "ecr-public:UploadLayerPart",
                    ],
                },
                {
                    Sid: "FullOrganizations",
                    Effect: "Allow",
                    Principal: { AWS: "*" },
                    Action: ["ecr-public:*"],
                    Condition: { StringEquals: { "aws:PrincipalOrgID": ["o-a1b2c3d4e5"] } },
                },
                own,
            ],
        });
    });

    it.each<[PublicRepositoryPrincipals, RegExp]>([
        [{}, /would allow nothing/],
        [{ push: [] }, /^push is an empty list/],
        [{ push: ["*"] }, /^push\[0\] is "\*"/],
        [{ push: ["codebuild.amazonaws.com"] }, /On whose behalf codebuild\.amazonaws\.com may act is not known here/],
        [{ pull: ["222222222222"] } as never, /has no right "pull": one of push, full, statements/],
        [{ statements: [] }, /^statements is an empty list/],
    ])("is refused: %j", (principals, message) => {
        expect(() => publicRepositoryPolicy(principals)).toThrow(message);
    });
});
