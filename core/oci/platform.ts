import { TransshipError } from "../errors";
import { quote } from "./text";

/** What a child of an index runs on. OCI image-spec, image-index.md, "platform". */
export interface Platform {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
    readonly "os.version"?: string;
    readonly "os.features"?: readonly string[];
}

/** A text that names no platform. Code `PLATFORM_INVALID`. */
export class InvalidPlatformError extends TransshipError {
    override readonly name: string = "InvalidPlatformError";

    constructor(message: string) {
        super("PLATFORM_INVALID", message);
    }
}

const PLATFORM = /^([a-z0-9_-]+)(?:\(([A-Za-z0-9._-]+)\))?\/([a-z0-9_-]+)(?:\/([a-z0-9._-]+))?$/;
const PARTS = 100;

/**
 * Reads `linux/arm64`, `linux/arm/v7`, `windows(10.0.20348)/amd64`: Go's names, lower case.
 *
 * @throws InvalidPlatformError
 */
export function parsePlatform(text: string): Platform {
    const [, os, version, architecture, variant] =
        (typeof text === "string" && text.length <= PARTS && PLATFORM.exec(text)) || [];
    if (os === undefined || architecture === undefined) {
        throw new InvalidPlatformError(
            `${quote(text)} is not a platform: write os/architecture or os/architecture/variant, as in linux/arm64.`,
        );
    }
    return {
        os,
        architecture,
        ...(variant === undefined ? {} : { variant }),
        ...(version === undefined ? {} : { "os.version": version }),
    };
}

/** Whether a text names a platform. */
export function isPlatform(text: string): boolean {
    return text.length <= PARTS && PLATFORM.test(text);
}

/** `linux/arm64/v8`; Windows' version stands in brackets after its name. Features are not shown. */
export function formatPlatform(platform: Platform): string {
    const version = platform["os.version"] === undefined ? "" : `(${platform["os.version"]})`;
    const variant = platform.variant === undefined ? "" : `/${platform.variant}`;
    return `${platform.os}${version}/${platform.architecture}${variant}`;
}

/**
 * Whether a child's platform is the one that was asked for: an implied variant is equal to a written one
 * (`linux/arm64` and `linux/arm64/v8`), and a version counts only where it was asked for, as far as it was written:
 * Windows' last number is that of a monthly update (`10.0.20348` is `10.0.20348.2340`, too).
 */
export function matchesPlatform(wanted: Platform, actual: Platform): boolean {
    return (
        wanted.os === actual.os &&
        wanted.architecture === actual.architecture &&
        impliedVariant(wanted) === impliedVariant(actual) &&
        (wanted["os.version"] === undefined || `${actual["os.version"]}.`.startsWith(`${wanted["os.version"]}.`))
    );
}

/** Whether two lists name the same platforms, in whatever order and spelling. */
export function samePlatforms(one: readonly string[], other: readonly string[]): boolean {
    const keyOf = (list: readonly string[]) => [...new Set(list.map(spellOut))].sort().join();
    return keyOf(one) === keyOf(other);
}

function spellOut(text: string): string {
    const platform = parsePlatform(text);
    return formatPlatform({ ...platform, variant: impliedVariant(platform) || undefined });
}

const IMPLIED: Readonly<Record<string, string>> = { arm64: "v8", arm: "v7", amd64: "v1" };

function impliedVariant(platform: Platform): string {
    return platform.variant || IMPLIED[platform.architecture] || "";
}

/** BuildKit's attestations stand in an index as `unknown/unknown`: they are carried, and are never a platform. */
export function isUnknownPlatform(platform: Platform): boolean {
    return platform.os === "unknown" && platform.architecture === "unknown";
}
