import { createHash } from "node:crypto";
import { runtime } from "@pulumi/pulumi";
import { type Plain, shortUrn } from "./graph";

/** A text of more bytes is shown as its size and digest: a graph is read by people. */
const LONGEST = 1_000;
/** The SDK's own: the mark of an asset, and a dynamic provider's code, which each compiler writes in its way. */
const INTERNAL = /^__/;

/**
 * An input as it went to the engine, for people to read and for a file in the repository: secrets, values that a deploy
 * would compute, resources and assets in words, keys sorted, and no path of this machine.
 *
 * @param root the checkout's absolute path, which is shown as `.`
 */
export function plainValue(value: unknown, root: string): Plain {
    if (typeof value === "string") {
        return value === runtime.unknownValue ? "[computed]" : plainText(value, root);
    }
    if (Array.isArray(value)) {
        return value.map((item) => plainValue(item, root));
    }
    if (typeof value !== "object" || value === null) {
        return value as Plain;
    }
    return marked(value as Record<string, unknown>, root) ?? plainObject(value as Record<string, unknown>, root);
}

function plainObject(value: Readonly<Record<string, unknown>>, root: string): Plain {
    const keys = Object.keys(value).filter((key) => !INTERNAL.test(key) && value[key] !== undefined);
    return Object.fromEntries(keys.sort().map((key) => [key, plainValue(value[key], root)]));
}

/** What the SDK marks by a signature; undefined for an ordinary object. */
function marked(value: Readonly<Record<string, unknown>>, root: string): Plain | undefined {
    switch (value[runtime.specialSigKey]) {
        case runtime.specialSecretSig:
            return "[secret]";
        case runtime.specialResourceSig:
            return `[resource ${shortUrn(String(value.urn))}]`;
        case runtime.specialAssetSig:
        case runtime.specialArchiveSig: {
            const { [runtime.specialSigKey]: _signature, ...asset } = value;
            return plainObject(asset, root);
        }
        default:
            return undefined;
    }
}

function plainText(text: string, root: string): string {
    const bytes = Buffer.byteLength(text);
    if (bytes <= LONGEST) {
        return text.replaceAll(root, ".");
    }
    const digest = createHash("sha256").update(text.replaceAll(root, ".")).digest("hex");
    return `[${bytes} bytes, sha256:${digest}]`;
}
