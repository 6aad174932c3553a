import { describe, expect, it } from "vitest";
import { checkPublicCatalogData, type Encryption, encryptionConfiguration, encryptionProblem } from "../../core/ecr";

const KEY = "arn:aws:kms:eu-west-1:111111111111:key/0b1c2d3e-0000-0000-0000-000000000000";

describe("Encryption", () => {
    it.each<[Encryption, object]>([
        ["AES256", { encryptionType: "AES256" }],
        ["KMS", { encryptionType: "KMS" }],
        ["KMS_DSSE", { encryptionType: "KMS_DSSE" }],
        [{ key: KEY }, { encryptionType: "KMS", kmsKey: KEY }],
        [
            { key: "alias/ecr", type: "KMS_DSSE" },
            { encryptionType: "KMS_DSSE", kmsKey: "alias/ecr" },
        ],
        [
            { key: "0b1c2d3e-0000-0000-0000-000000000000" },
            { encryptionType: "KMS", kmsKey: "0b1c2d3e-0000-0000-0000-000000000000" },
        ],
        [
            { key: "mrk-0123456789abcdef0123456789abcdef" },
            { encryptionType: "KMS", kmsKey: "mrk-0123456789abcdef0123456789abcdef" },
        ],
    ])("%j is %j", (given, made) => {
        expect(encryptionConfiguration(given, "eu-west-1")).toEqual(made);
    });

    it.each<[unknown, RegExp]>([
        ["aes", /^"encryption" is "AES256", "KMS", "KMS_DSSE" or \{ key \}, not "aes"\.$/],
        [{ key: KEY, type: "AES256" }, /not "AES256"/],
        [{ key: "my key" }, /^"encryption\.key" is "my key", which is no KMS key/],
        [{}, /which is no KMS key/],
        [{ key: KEY.replace("eu-west-1", "us-east-1") }, /is a key of us-east-1, but the registry is in eu-west-1/],
    ])("%j is refused", (given, message) => {
        expect(() => encryptionConfiguration(given as Encryption, "eu-west-1")).toThrow(message);
    });

    it("knows no region to compare with, at an emulator", () => {
        expect(encryptionConfiguration({ key: KEY })).toEqual({ encryptionType: "KMS", kmsKey: KEY });
    });

    it.each<[object, object | undefined, string | undefined]>([
        [{ encryptionType: "KMS" }, { encryptionType: "AES256" }, "is encrypted by AES256, not by KMS"],
        [{ encryptionType: "KMS" }, undefined, "is encrypted by AES256, not by KMS"],
        [
            { encryptionType: "KMS", kmsKey: KEY },
            { encryptionType: "KMS", kmsKey: `${KEY}1` },
            `is encrypted by KMS with ${KEY}1, not by KMS with ${KEY}`,
        ],
        [{ encryptionType: "KMS" }, { encryptionType: "KMS", kmsKey: KEY }, undefined],
        [{ encryptionType: "KMS", kmsKey: "alias/ecr" }, { encryptionType: "KMS", kmsKey: KEY }, undefined],
        [{ encryptionType: "AES256" }, { encryptionType: "AES256", kmsKey: "" }, undefined],
    ])("wanted %j, there %j: %s", (wanted, actual, problem) => {
        expect(encryptionProblem(wanted as never, actual as never)).toBe(problem);
    });
});

describe("What the public gallery shows", () => {
    const logo = (bytes: number) => Buffer.alloc(bytes).toString("base64");

    it("may be all that it takes", () => {
        const data = {
            description: "d".repeat(1_024),
            aboutText: "a".repeat(25_600),
            usageText: "u".repeat(25_600),
            architectures: ["ARM", "ARM 64", "x86", "x86-64"],
            operatingSystems: ["Linux", "Windows"],
            logoImageBlob: logo(512_000),
        } as const;
        expect(() => checkPublicCatalogData(data)).not.toThrow();
    });

    it.each<[object, RegExp]>([
        [{ description: "d".repeat(1_025) }, /^"description" has 1025 characters, but ECR Public takes 1024\.$/],
        [{ aboutText: "a".repeat(25_601) }, /^"aboutText" has 25601 characters/],
        [{ usageText: "a".repeat(25_601) }, /^"usageText" has 25601 characters/],
        [
            { architectures: ["arm64"] },
            /^"architectures" has "arm64", which the gallery never shows: it knows "ARM", "ARM 64", "x86", "x86-64"\.$/,
        ],
        [{ operatingSystems: ["linux"] }, /^"operatingSystems" has "linux"/],
        [{ logoImageBlob: "logo.png" }, /^"logoImageBlob" is no base64/],
        [{ logoImageBlob: logo(512_001) }, /^"logoImageBlob" has 512001 bytes, but ECR Public takes 512000\.$/],
        [{ about: "x" }, /^The gallery shows no "about" of a repository: it has description, /],
    ])("is refused where it would be: %#", (data, message) => {
        expect(() => checkPublicCatalogData(data)).toThrow(message);
    });
});
