import type { Descriptor } from "./descriptor";
import type { Manifest } from "./manifest";
import { formatPlatform, isUnknownPlatform } from "./platform";

/** An index's children that run somewhere, by platform; of two for one platform the second has a number. */
export function childrenByPlatform({ manifests }: Manifest): Map<string, Descriptor> {
    const found = new Map<string, Descriptor>();
    for (const child of manifests.filter((one) => !isAttestation(one))) {
        const name = child.platform === undefined ? "a child without a platform" : formatPlatform(child.platform);
        let key = name;
        for (let number = 2; found.has(key); number += 1) {
            key = `${name} (${number})`;
        }
        found.set(key, child);
    }
    return found;
}

/** BuildKit's attestations, and whatever else no platform runs. */
export function attestationsOf({ manifests }: Manifest): Descriptor[] {
    return manifests.filter(isAttestation);
}

function isAttestation({ platform }: Descriptor): boolean {
    return platform !== undefined && isUnknownPlatform(platform);
}
