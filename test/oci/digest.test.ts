import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDigester, digestOf, InvalidDigestError, isDigest, parseDigest, shortDigest } from "../../core/oci";

/** FIPS 180-4's example "abc". */
const ABC_256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const ABC_512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

describe("digests", () => {
    it("are of the bytes, in both algorithms", () => {
        expect(digestOf(Buffer.from("abc"))).toBe(ABC_256);
        expect(digestOf(Buffer.from("abc"), "sha512")).toBe(ABC_512);
    });

    it("are the same whether taken at once or as the bytes pass by", () => {
        fc.assert(
            fc.property(
                fc.array(fc.uint8Array()),
                fc.constantFrom("sha256" as const, "sha512" as const),
                (parts, name) => {
                    const digester = createDigester(name);
                    for (const part of parts) {
                        digester.update(part);
                    }
                    const whole = createHash(name).update(Buffer.concat(parts)).digest("hex");
                    expect(digester.digest()).toBe(`${name}:${whole}`);
                    expect(digester.digest()).toBe(`${name}:${whole}`);
                },
            ),
        );
    });

    it("are read into algorithm and digits", () => {
        expect(parseDigest(ABC_256)).toEqual({ algorithm: "sha256", hex: ABC_256.slice(7) });
        expect(parseDigest(ABC_512)).toEqual({ algorithm: "sha512", hex: ABC_512.slice(7) });
        expect(shortDigest(ABC_256)).toBe("sha256:ba7816bf8f01");
    });

    it.each([
        ["", "write sha256:"],
        ["sha256", "write sha256:"],
        ["sha256:", "this has 0 characters"],
        [`sha256:${"a".repeat(63)}`, "this has 63 characters"],
        [`sha256:${"a".repeat(65)}`, "this has 65 characters"],
        [`sha256:${"A".repeat(64)}`, "lower case"],
        [`sha256:${"g".repeat(64)}`, "no hexadecimal digit"],
        [`sha256:${"a".repeat(63)}\n`, "no hexadecimal digit"],
        [`sha512:${"a".repeat(64)}`, "sha512 has 128"],
        [`sha384:${"a".repeat(96)}`, '"sha384" is not supported'],
        [`SHA256:${"a".repeat(64)}`, '"SHA256" is not supported'],
    ])("are refused where they are none: %j", (text, why) => {
        expect(isDigest(text)).toBe(false);
        expect(() => parseDigest(text)).toThrow(InvalidDigestError);
        expect(() => parseDigest(text)).toThrow(why);
    });

    it("fail with nothing but their own error", () => {
        const prefixed = fc.tuple(fc.constantFrom("sha256:", "sha512:"), fc.string()).map((parts) => parts.join(""));
        fc.assert(
            fc.property(fc.oneof(fc.anything(), fc.string(), prefixed), (value) => {
                try {
                    const { algorithm, hex } = parseDigest(value as string);
                    expect(`${algorithm}:${hex}`).toBe(value);
                } catch (error) {
                    expect(error).toBeInstanceOf(InvalidDigestError);
                    expect((error as InvalidDigestError).code).toBe("DIGEST_INVALID");
                }
            }),
        );
    });
});
