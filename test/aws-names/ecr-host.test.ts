import { describe, expect, it } from "vitest";
import { ecrHostOf, isAccount, isRegion, parseEcrHost, repositoryArn } from "../../core/aws-names";

describe("The host of an ECR registry", () => {
    it.each([
        ["111111111111.dkr.ecr.eu-west-1.amazonaws.com", "111111111111", "eu-west-1", "aws"],
        ["012345678901.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "012345678901", "us-gov-west-1", "aws-us-gov"],
        ["111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn", "111111111111", "cn-north-1", "aws-cn"],
        ["111111111111.dkr-ecr.eu-west-1.on.aws", "111111111111", "eu-west-1", "aws"],
        ["111111111111.dkr.ecr.eu-west-1.amazonaws.com:443", "111111111111", "eu-west-1", "aws"],
    ])("%s tells the account %s, the region %s and the partition %s", (host, account, region, partition) => {
        expect(parseEcrHost(host)).toEqual({ visibility: "private", account, region, partition });
    });

    it("of ECR Public tells neither: it is one for all", () => {
        expect(parseEcrHost("public.ecr.aws")).toEqual({ visibility: "public" });
    });

    it.each([
        "ghcr.io",
        "11111111111.dkr.ecr.eu-west-1.amazonaws.com",
        "111111111111.dkr.ecr.eu-west-1.amazonaws.com.example.com",
        "x111111111111.dkr.ecr.eu-west-1.amazonaws.com",
        "public.ecr.aws.example.com",
        "127.0.0.1:4566",
    ])("is none of %s", (host) => {
        expect(parseEcrHost(host)).toBeUndefined();
    });

    it.each([
        ["111111111111", "eu-west-1"],
        ["012345678901", "us-gov-east-1"],
        ["222222222222", "cn-northwest-1"],
    ])("is made of the account %s and the region %s so that it is read again", (account, region) => {
        expect(parseEcrHost(ecrHostOf(account, region))).toMatchObject({ account, region });
    });

    it("makes the names of repositories in policies", () => {
        const place = { account: "111111111111", region: "cn-north-1", partition: "aws-cn" };
        expect(repositoryArn(place, "mirror/*")).toBe("arn:aws-cn:ecr:cn-north-1:111111111111:repository/mirror/*");
    });
});

describe("AWS's names", () => {
    it.each(["eu-west-1", "us-gov-west-1", "ap-southeast-7", "us-iso-east-1", "mx-central-1"])(
        "%s is a region",
        (text) => {
            expect(isRegion(text)).toBe(true);
        },
    );

    it.each(["eu-west", "EU-WEST-1", "eu-west-1a", "", "eu_west_1"])("%s is no region", (text) => {
        expect(isRegion(text)).toBe(false);
    });

    it.each([111111111111, "11111111111", "1111111111111", "11111111111a"])("%s is no account", (given) => {
        expect(isAccount(given)).toBe(false);
    });
});
