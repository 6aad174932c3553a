import { planError } from "./error";

/**
 * A proxy cache and a garbage collection of what has no tag at one Harbor: what the cache fetched by digest has no tag,
 * so the collection empties it under the clients, which then pull from a registry that they were to be freed of.
 * (github.com/goharbor/harbor/issues/23570)
 *
 * @throws HarborPlanError
 */
export function refuseUntaggedCollection(host: string, caches: readonly string[], collects: boolean): void {
    if (collects && caches.length > 0) {
        const named = caches.map((name) => JSON.stringify(name)).join(", ");
        throw planError(
            `The garbage collection of ${host} would take what has no tag, and the proxy cache ${named} holds what is pulled by digest without one, so that it would be emptied again and again (goharbor/harbor#23570): leave out "deleteUntagged", or the proxy cache.`,
        );
    }
}
