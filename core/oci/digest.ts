import { createHash } from "node:crypto";
import { TransshipError } from "../errors";
import { quote } from "./text";

/** The two registered algorithms of the OCI image-spec (descriptor.md, "Registered Algorithms"). */
export type DigestAlgorithm = "sha256" | "sha512";

export interface Digest {
    readonly algorithm: DigestAlgorithm;
    /** Lower case; 64 characters for sha256, 128 for sha512. */
    readonly hex: string;
}

/** A text that is no digest. Code `DIGEST_INVALID`. */
export class InvalidDigestError extends TransshipError {
    override readonly name: string = "InvalidDigestError";

    constructor(message: string) {
        super("DIGEST_INVALID", message);
    }
}

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** True for `sha256:` with 64 and `sha512:` with 128 lower-case hexadecimal digits, and nothing else. */
export function isDigest(text: string): boolean;
export function isDigest(text: unknown): text is string;
export function isDigest(text: unknown): text is string {
    return typeof text === "string" && DIGEST.test(text);
}

/**
 * Reads a digest. Other algorithms of the grammar (`sha384`, `blake3`) are refused: no registry has to serve them.
 *
 * @throws InvalidDigestError
 */
export function parseDigest(text: string): Digest {
    if (isDigest(text)) {
        const colon = text.indexOf(":");
        return { algorithm: text.slice(0, colon) as DigestAlgorithm, hex: text.slice(colon + 1) };
    }
    throw new InvalidDigestError(`${quote(text)} is not a digest: ${whyNot(text)}.`);
}

function whyNot(text: unknown): string {
    const form = "write sha256: and 64, or sha512: and 128, lower-case hexadecimal digits";
    if (typeof text !== "string" || !text.includes(":")) {
        return form;
    }
    const algorithm = text.slice(0, text.indexOf(":"));
    const hex = text.slice(algorithm.length + 1);
    if (algorithm !== "sha256" && algorithm !== "sha512") {
        return `the algorithm ${quote(algorithm)} is not supported; ${form}`;
    }
    if (hex.length !== HEX_LENGTH[algorithm]) {
        return `${algorithm} has ${HEX_LENGTH[algorithm]} hexadecimal digits, this has ${hex.length} characters`;
    }
    return /[A-F]/.test(hex) ? "its digits must be lower case" : "it has a character that is no hexadecimal digit";
}

/** The digest of bytes as a registry would name them. @default algorithm sha256 */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
    return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** A digest over bytes that pass by. */
export interface Digester {
    update(chunk: Uint8Array): void;
    /** Ends the calculation; asking again gives the same answer. */
    digest(): string;
}

/** About 0.9 GB/s of one core on a small server: the cost of checking a blob on its way. */
export function createDigester(algorithm: DigestAlgorithm = "sha256"): Digester {
    const hash = createHash(algorithm);
    let result: string | undefined;
    return {
        update: (chunk) => void hash.update(chunk),
        digest: () => {
            result ??= `${algorithm}:${hash.digest("hex")}`;
            return result;
        },
    };
}

/** `sha256:` and the first 12 digits, for people; never for comparing. */
export function shortDigest(digest: string): string {
    const colon = digest.indexOf(":");
    return digest.slice(0, colon + 1 + 12);
}
