import type { Copy } from "../catalog";
import type { ManifestInfo, RegistryClient } from "../registry";
import { eachLimited } from "./each-limited";
import { groupBy } from "./group-by";

/** Repositories that are listed at a time at one registry. */
const AT_ONCE = 16;

/** What a registry's listings tell of some copies, all of them at this registry. */
export type ToldDigests = (copy: Copy) => ManifestInfo | undefined;

const NOTHING: ToldDigests = () => undefined;

/**
 * The digests of copies whose repository is cheaper to list than to be asked for each tag. For the others, and for what a
 * listing does not tell, nothing: these are asked for.
 */
export async function tellDigests(client: RegistryClient, copies: readonly Copy[]): Promise<ToldDigests> {
    const { digestListing } = client;
    const repositories = groupBy(copies, ({ repository }) => repository);
    const paying = [...repositories].filter(([, group]) => digestListing?.pays(tagsOf(group).size));
    if (digestListing === undefined || paying.length === 0) {
        return NOTHING;
    }
    const told = new Map<string, ReadonlyMap<string, ManifestInfo>>();
    await eachLimited(paying, AT_ONCE, async ([repository, group]) => {
        told.set(repository, await digestListing.tell(repository, tagsOf(group)));
    });
    return ({ repository, reference }) => told.get(repository)?.get(reference);
}

/** What names a digest instead is no tag that a listing could tell. */
function tagsOf(copies: readonly Copy[]): Set<string> {
    return new Set(copies.flatMap(({ reference }) => (reference.includes(":") ? [] : [reference])));
}
