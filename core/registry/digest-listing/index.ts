import type { Transport } from "../http/transport";
import type { DigestListing } from "./digest-listing";
import { EcrListing } from "./ecr";
import { HarborListing } from "./harbor";

export type { DigestListing } from "./digest-listing";

/** The listing of a registry's kind, where it has one that our credentials open. */
export function digestListingOf(transport: Transport): DigestListing | undefined {
    const { kind, credentials } = transport.options.settings;
    if (kind === "harbor") {
        return new HarborListing(transport);
    }
    const source = credentials?.pull;
    if (kind !== "ecr" || source?.from !== "aws") {
        return undefined;
    }
    return new EcrListing(transport, source);
}
