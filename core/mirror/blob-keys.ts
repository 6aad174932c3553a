import type { Descriptor } from "../oci";
import { memberOf, type Place } from "./plan";

/** A blob in a repository. @param member as `memberOf` gives it */
export function arrivalKey(member: string, { digest }: Descriptor): string {
    return `${member}@${digest}`;
}

/** A blob on its way from a place to whoever needs it. */
export function crossingKey(from: Place, { digest }: Descriptor): string {
    return `${memberOf(from)}@${digest}`;
}

/** Who makes a journey from there. @param member the target, as `memberOf` gives it */
export function journeyOwner(from: Place, member: string): string {
    return `${memberOf(from)} ${member}`;
}

/** The registry of a key that `memberOf` made. */
export function registryOf(member: string): string {
    return member.slice(0, member.indexOf("\n"));
}
