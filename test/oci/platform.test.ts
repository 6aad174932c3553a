import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    formatPlatform,
    InvalidPlatformError,
    isUnknownPlatform,
    matchesPlatform,
    type Platform,
    parsePlatform,
} from "../../core/oci";

describe("platforms", () => {
    it.each([
        ["linux/amd64", { os: "linux", architecture: "amd64" }],
        ["linux/arm64/v8", { os: "linux", architecture: "arm64", variant: "v8" }],
        ["linux/arm/v7", { os: "linux", architecture: "arm", variant: "v7" }],
        ["windows(10.0.20348.169)/amd64", { os: "windows", architecture: "amd64", "os.version": "10.0.20348.169" }],
        ["unknown/unknown", { os: "unknown", architecture: "unknown" }],
    ])("reads and writes %s", (text, platform) => {
        expect(parsePlatform(text)).toStrictEqual(platform);
        expect(formatPlatform(platform as Platform)).toBe(text);
    });

    it.each([
        "",
        "linux",
        "linux/",
        "/amd64",
        "Linux/amd64",
        "linux/amd64/v1/x",
        "linux amd64",
        "linux/a\n",
        "x".repeat(200),
    ])("refuses %j", (text) => {
        expect(() => parsePlatform(text)).toThrow(InvalidPlatformError);
        expect(() => parsePlatform(text)).toThrow("as in linux/arm64");
    });

    it.each([
        ["linux/arm64", "linux/arm64/v8", true],
        ["linux/arm64/v8", "linux/arm64", true],
        ["linux/arm", "linux/arm/v7", true],
        ["linux/arm", "linux/arm/v6", false],
        ["linux/amd64", "linux/amd64/v1", true],
        ["linux/amd64", "linux/amd64/v3", false],
        ["linux/amd64", "linux/arm64", false],
        ["windows/amd64", "windows(10.0.1)/amd64", true],
        ["windows(10.0.1)/amd64", "windows(10.0.2)/amd64", false],
    ])("says whether %s is served by %s: %j", (wanted, actual, expected) => {
        expect(matchesPlatform(parsePlatform(wanted), parsePlatform(actual))).toBe(expected);
    });

    it("knows attestations from platforms", () => {
        expect(isUnknownPlatform({ os: "unknown", architecture: "unknown" })).toBe(true);
        expect(isUnknownPlatform({ os: "linux", architecture: "unknown" })).toBe(false);
    });

    it("fail with nothing but their own error, and read back what they write", () => {
        const likely = fc.stringMatching(/^[a-z]{0,6}(\([a-z0-9.]{0,5}\))?\/[a-z0-9]{0,6}(\/v[0-9])?$/);
        fc.assert(
            fc.property(fc.oneof(fc.anything(), fc.string(), likely), (value) => {
                try {
                    expect(formatPlatform(parsePlatform(value as string))).toBe(value);
                } catch (error) {
                    expect(error).toBeInstanceOf(InvalidPlatformError);
                }
            }),
            { numRuns: 1000 },
        );
    });
});
