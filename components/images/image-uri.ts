import type { LockEntry } from "../../core/catalog";
import { TransshipError } from "../../core/errors";

/**
 * `repository@sha256:…`, for services that refuse a tag beside a digest (Lambda), or an index (ECS on one platform):
 * with a platform it is the digest of that platform's own manifest. Pure.
 */
export function imageUriOf(pinned: string, entry: LockEntry | undefined, platform: string | undefined): string {
    const at = pinned.indexOf("@");
    const colon = pinned.lastIndexOf(":", at);
    const repository = pinned.slice(0, colon > pinned.lastIndexOf("/", at) ? colon : at);
    if (platform === undefined) {
        return `${repository}${pinned.slice(at)}`;
    }
    return `${repository}@${digestFor(platform, repository, entry)}`;
}

function digestFor(platform: string, repository: string, entry: LockEntry | undefined): string {
    const known = entry?.platforms ?? {};
    // `linux/arm64` means its only variant, as everywhere in the field.
    const matches = Object.keys(known).filter((name) => name === platform || name.startsWith(`${platform}/`));
    const exact = known[platform] ?? (matches.length === 1 && matches[0] !== undefined ? known[matches[0]] : undefined);
    if (exact !== undefined) {
        return exact;
    }
    const names = Object.keys(known);
    const have = names.length === 0 ? "no platform of it is known" : `it has ${names.join(", ")}`;
    throw new TransshipError("PLATFORM_UNKNOWN", `${repository} has no platform "${platform}"; ${have}`);
}
