import type { SemVer } from "semver";

/** A tag, read as a version. */
export interface TagVersion {
    readonly tag: string;
    readonly version: SemVer;
    /** Its numbers as they are written, one to three. */
    readonly numbers: readonly string[];
    /** What follows them, with its hyphen: `-alpine`, `-rc.1`; to semver a prerelease. */
    readonly suffix: string;
}

/**
 * `v`, one to three numbers, and a suffix behind a hyphen. As a whole tag it needs two numbers: eight digits are more
 * often a commit or a date than a version (fluxcd/flux#2729).
 */
const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z][0-9A-Za-z._-]*)?$/;

/**
 * A tag as a version; undefined for what is none: `latest`, `20240901`, `3.13.0rc1`, `2.10.0.1`. Missing numbers are 0.
 *
 * @param part the part of the tag that is the version, where a pattern says so: there one number is enough
 */
export function readVersion(tag: string, part?: string): TagVersion | undefined {
    const found = VERSION.exec(part ?? tag);
    if (found === null) {
        return undefined;
    }
    const [, major = "0", minor, patch, suffix = ""] = found;
    if (minor === undefined && part === undefined) {
        return undefined;
    }
    const SemVerClass = require("semver/classes/semver") as typeof SemVer;
    try {
        // An underscore, which tags have and versions do not, separates as a hyphen does.
        const version = new SemVerClass(`${major}.${minor ?? 0}.${patch ?? 0}${suffix.replaceAll("_", "-")}`, true);
        const numbers = [major, minor, patch].filter((part) => part !== undefined);
        return { tag, version, numbers, suffix };
    } catch {
        // A number beyond 2^53, or an empty part of a suffix: no version that could be compared.
        return undefined;
    }
}

/** Highest first; names for one version (`1.2.3`, `v1.2.3`) the shorter first. */
export function newestFirst(a: TagVersion, b: TagVersion): number {
    return b.version.compare(a.version) || a.tag.length - b.tag.length || (a.tag < b.tag ? -1 : 1);
}

/**
 * Without the moving names: `1.27` is one where there is a `1.27.3`, and so is `1.27-alpine` beside `1.27.3-alpine`; but
 * PostgreSQL's `17.2` is a release, since nothing continues it.
 */
export function withoutMovingNames(versions: readonly TagVersion[]): TagVersion[] {
    const continued = new Set(
        versions.flatMap(({ numbers, suffix }) =>
            numbers.slice(1).map((_, index) => keyOf(numbers.slice(0, index + 1), suffix)),
        ),
    );
    return versions.filter(({ numbers, suffix }) => !continued.has(keyOf(numbers, suffix)));
}

function keyOf(numbers: readonly string[], suffix: string): string {
    return `${numbers.join(".")}${suffix}`;
}
