/** What one request of a listing costs, in HEADs. */
export const LISTING_COSTS = {
    /** Some 2 KB of JSON for each of a hundred artifacts, and the pages come one after the other. */
    harbor: 4,
    /** A signed request to another service, which tells as little as is asked for. */
    ecr: 2,
} as const;

/**
 * Whether further requests of a listing are cheaper than asking for each tag that is still open.
 *
 * @param open tags of which nothing is known yet
 * @param requests that are left of the listing; 1 where nobody knows
 * @param cost of one of them, in HEADs
 */
export function isListingCheaper(open: number, requests: number, cost: number): boolean {
    return requests * cost < open;
}
