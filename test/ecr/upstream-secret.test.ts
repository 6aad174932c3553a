import { describe, expect, it } from "vitest";
import { secretArnProblem, upstreamSecret, upstreamSecretName, usernameProblem } from "../../core/ecr";

const TOKEN = "canary-token";

describe("The secret of an upstream", () => {
    it("holds name and token under the two keys that ECR reads, and nothing else", () => {
        expect(JSON.parse(upstreamSecret("hub", "docker-hub", { username: "acme", accessToken: TOKEN }))).toEqual({
            username: "acme",
            accessToken: TOKEN,
        });
    });

    it.each([
        ["docker-hub", "acme"],
        ["docker-hub", "acme-bot_1"],
        ["ghcr", "Octo-Cat"],
        ["ghcr", "octocat_acme"],
        ["gitlab", "gitlab+deploy-token-1"],
        ["gitlab", "Some.User"],
        ["acr", "11111111-2222-3333-4444-555555555555"],
        ["chainguard", "720909c9f5279097d847ad02120eca6b83ee3f29/1de7cd2b6a4f0d3c"],
    ])("takes for %s the user name %s", (upstream, username) => {
        expect(usernameProblem(upstream, username)).toBeUndefined();
    });

    it.each([
        ["docker-hub", "me@acme.example", "not an e-mail address or a path"],
        ["docker-hub", "acme/app", "not an e-mail address or a path"],
        ["docker-hub", "Acme", "lower case"],
        ["ghcr", "octo/cat", "is no user of GitHub"],
        ["gitlab", "me@acme.example", "is no user of GitLab"],
        ["acr", "", "is not empty and has no blanks"],
        ["acr", "a b", "is not empty and has no blanks"],
    ])("refuses for %s the user name %j", (upstream, username, sentence) => {
        expect(usernameProblem(upstream, username)).toContain(sentence);
    });

    it.each([
        ["ghcr", "github_pat_canary", "no fine-grained tokens"],
        ["docker-hub", "", "is not empty"],
        ["docker-hub", "canary token", "has no blanks"],
    ])("refuses for %s a token that cannot work, and never repeats it", (upstream, accessToken, sentence) => {
        const make = () => upstreamSecret("hub", upstream, { username: "acme", accessToken });
        expect(make).toThrow(sentence);
        expect(make).not.toThrow(/canary/);
    });

    it("is named below the prefix that ECR demands, by component and rule", () => {
        expect(upstreamSecretName("cache", "docker-hub")).toBe("ecr-pullthroughcache/cache/docker-hub");
        expect(() => upstreamSecretName("my cache", "hub")).toThrow("give the component a name of letters");
    });

    it.each([
        ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf", undefined],
        ["arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf", "of account"],
        ["arn:aws:secretsmanager:us-east-1:111111111111:secret:ecr-pullthroughcache/hub-AbCdEf", "in us-east-1"],
        [
            "arn:aws:secretsmanager:eu-west-1:222222222222:secret:ecr-pullthroughcache/hub-AbCdEf",
            "of account 222222222222",
        ],
        [
            "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hub-AbCdEf",
            "whose name begins with ecr-pullthroughcache/",
        ],
        ["ecr-pullthroughcache/hub", "is no ARN of a secret"],
    ])("is read by ECR only of the cache's own account and region: %s", (arn, sentence) => {
        const problem = secretArnProblem(arn, { account: "111111111111", region: "eu-west-1" });
        expect(problem ?? "").toContain(sentence ?? "");
        expect(problem === undefined).toBe(sentence === undefined);
    });
});
