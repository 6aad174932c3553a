import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessPolicy, ECR_RIGHTS, EcrError, type EcrRight } from "../../core/ecr";
import { allows } from "../support/aws/policy-evaluation";

const arn = (name: string, service = "ecr"): string =>
    service === "ecr"
        ? `arn:aws:ecr:eu-west-1:111111111111:repository/${name}`
        : `arn:aws:ecr-public::111111111111:repository/${name}`;

/** By right, from AWS's pages; written down a second time, so that a change of the list is seen. */
const MAY: Readonly<Record<EcrRight, readonly string[]>> = {
    pull: ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"],
    push: [
        "BatchCheckLayerAvailability",
        "BatchGetImage",
        "CompleteLayerUpload",
        "InitiateLayerUpload",
        "PutImage",
        "UploadLayerPart",
    ],
    check: ["BatchGetImage", "DescribeImages", "ListImages"],
    createOnPush: ["CreateRepository"],
    pullThrough: ["BatchImportUpstreamImage", "CreateRepository"],
};
const OTHERS = [
    "BatchDeleteImage",
    "DeleteRepository",
    "DeleteLifecyclePolicy",
    "GetRepositoryPolicy",
    "PutLifecyclePolicy",
    "PutImageTagMutability",
    "SetRepositoryPolicy",
    "TagResource",
];
const ALL = [...new Set([...Object.values(MAY).flat(), ...OTHERS])];

describe("A role's policy", () => {
    it.each(ECR_RIGHTS)("for %s has that right's actions, and logs in", (right) => {
        const policy = accessPolicy([right], [arn("mirror/app")]);
        expect(policy).toEqual({
            Version: "2012-10-17",
            Statement: [
                { Sid: "LogIn", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
                { Sid: "Repositories", Effect: "Allow", Action: expect.any(Array), Resource: [arn("mirror/app")] },
            ],
        });
        expect([...(policy.Statement[1]?.Action ?? [])].sort()).toEqual(MAY[right].map((one) => `ecr:${one}`));
    });

    it("of several rights has each action and each repository once", () => {
        const [, repositories] = accessPolicy(["push", "pull", "check"], [arn("b"), arn("a/x"), arn("b")]).Statement;
        expect(repositories?.Resource).toEqual([arn("a/x"), arn("b")]);
        expect(new Set(repositories?.Action).size).toBe(repositories?.Action.length);
        expect([...(repositories?.Action ?? [])].sort()).toEqual(
            [...new Set([...MAY.push, ...MAY.pull, ...MAY.check])].sort().map((one) => `ecr:${one}`),
        );
    });

    it("at ECR Public has that service's own actions and both of its login", () => {
        expect(accessPolicy(["push", "check"], [arn("app", "ecr-public")]).Statement).toEqual([
            {
                Sid: "LogInPublic",
                Effect: "Allow",
                Action: ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"],
                Resource: "*",
            },
            {
                Sid: "RepositoriesPublic",
                Effect: "Allow",
                Action: [
                    "ecr-public:BatchCheckLayerAvailability",
                    "ecr-public:InitiateLayerUpload",
                    "ecr-public:UploadLayerPart",
                    "ecr-public:CompleteLayerUpload",
                    "ecr-public:PutImage",
                    "ecr-public:DescribeImages",
                    "ecr-public:DescribeImageTags",
                ],
                Resource: [arn("app", "ecr-public")],
            },
        ]);
    });

    it("to pull from ECR Public is a login, since everybody pulls there", () => {
        const policy = accessPolicy(["pull"], [arn("app", "ecr-public")]);
        expect(policy.Statement.map(({ Sid }) => Sid)).toEqual(["LogInPublic"]);
    });

    it("for both services keeps them apart", () => {
        const policy = accessPolicy(["push"], [arn("app"), arn("app", "ecr-public")]);
        expect(allows(policy, "ecr:PutImage", arn("app"))).toBe(true);
        expect(allows(policy, "ecr-public:PutImage", arn("app", "ecr-public"))).toBe(true);
        expect(allows(policy, "ecr:PutImage", arn("app", "ecr-public"))).toBe(false);
    });

    it("takes a prefix with its slash, as caches and creation templates need", () => {
        const policy = accessPolicy(["pull", "pullThrough"], [arn("docker-hub/*")]);
        expect(allows(policy, "ecr:BatchImportUpstreamImage", arn("docker-hub/library/redis"))).toBe(true);
        expect(allows(policy, "ecr:BatchImportUpstreamImage", arn("docker-hub-of-others/redis"))).toBe(false);
    });

    it.each<[string, readonly EcrRight[], readonly string[], string]>([
        ["no rights", [], [arn("a")], "give it rights (pull, push, check, createOnPush, pullThrough)"],
        ["no repositories", ["pull"], [], "The role could do nothing: give it repositories"],
        ["a right that is none", ["delete" as EcrRight], [arn("a")], '"delete" is no right: give pull, push'],
        ["all repositories", ["pull"], [arn("*")], "stands for more than was named: name each repository, or a prefix"],
        ["a prefix without its slash", ["pull"], [arn("mirror*")], "stands for more than was named"],
        ["a wildcard within", ["pull"], [arn("*/app")], "stands for more than was named"],
        ["a question mark", ["pull"], [arn("ap?")], "stands for more than was named"],
        ["a variable of AWS", ["pull"], [arn(`\${aws:username}/a`)], "stands for more than was named"],
        ["every account", ["pull"], ["arn:aws:ecr:eu-west-1:*:repository/a"], "is no repository's ARN"],
        ["another service's ARN", ["pull"], ["arn:aws:s3:::bucket"], "is no repository's ARN"],
        ["a name", ["pull"], ["mirror/app"], "give ARNs, or names of repositories at the registry"],
        [
            "making repositories at ECR Public",
            ["createOnPush"],
            [arn("a", "ecr-public")],
            "ECR Public has no createOnPush",
        ],
        ["a cache at ECR Public", ["pullThrough"], [arn("a", "ecr-public")], "ECR Public has no pullThrough"],
        [
            "more than IAM takes",
            ["pull"],
            Array.from({ length: 200 }, (_, n) => arn(`mirror/${n}`)),
            'IAM takes 10240 in a role: name a prefix that they have to themselves ("mirror/*")',
        ],
    ])("refuses %s", (_what, rights, repositories, sentence) => {
        expect(() => accessPolicy(rights, repositories)).toThrow(EcrError);
        expect(() => accessPolicy(rights, repositories)).toThrow(sentence);
    });

    it("never allows an action beyond its rights, nor a repository beyond its list", () => {
        const rights = fc.subarray([...ECR_RIGHTS], { minLength: 1 });
        const name = fc.stringMatching(/^[a-c]{1,2}(?:\/[a-c]{1,2})?$/);
        const names = fc.array(fc.tuple(name, fc.boolean()), { minLength: 1, maxLength: 4 });
        fc.assert(
            fc.property(rights, names, name, (given, listed, asked) => {
                const policy = accessPolicy(
                    given,
                    listed.map(([one, below]) => arn(below ? `${one}/*` : one)),
                );
                const isListed = listed.some(([one, below]) => (below ? asked.startsWith(`${one}/`) : asked === one));
                for (const action of ALL) {
                    const may = isListed && given.some((right) => MAY[right].includes(action));
                    expect(allows(policy, `ecr:${action}`, arn(asked)), `${action} on ${asked}`).toBe(may);
                    expect(allows(policy, `ecr:${action}`, arn(asked).replace("111111111111", "222222222222"))).toBe(
                        false,
                    );
                    expect(allows(policy, `ecr-public:${action}`, arn(asked, "ecr-public"))).toBe(false);
                }
                expect(allows(policy, "ecr:GetAuthorizationToken", "*")).toBe(true);
            }),
        );
    });
});
