import { describeError } from "../../errors";
import { isBlobGone, isGone, type RegistryClient } from "../../registry";
import type { Registries } from "../observe";
import { once } from "../once";
import { memberOf, type Place } from "../plan";

/** Whether a repository has something: `unknown` is a full sentence. */
export type Presence = "there" | "gone" | { readonly unknown: string };

/**
 * Asks repositories for manifests and blobs by their digests, for one HEAD each, and only once however many images share
 * a layer. A blob's 404 is asked again by a GET, whose body says who answered.
 */
export class Presences {
    private readonly asked = new Map<string, Promise<Presence>>();

    constructor(private readonly registries: Registries) {}

    of(kind: "manifest" | "blob", digest: string, place: Place): Promise<Presence> {
        return once(this.asked, `${memberOf(place)} ${digest}`, async () => {
            const client = this.registries.client(place.registry);
            try {
                const isThere = await (kind === "blob" ? hasBlob : hasManifest)(client, place.repository, digest);
                return isThere ? "there" : "gone";
            } catch (error) {
                return { unknown: describeError(error) };
            }
        });
    }
}

async function hasManifest(client: RegistryClient, repository: string, digest: string): Promise<boolean> {
    try {
        await client.headManifest(repository, digest);
        return true;
    } catch (error) {
        if (isGone(error)) {
            return false;
        }
        throw error;
    }
}

async function hasBlob(client: RegistryClient, repository: string, digest: string): Promise<boolean> {
    if ((await client.headBlob(repository, digest)) !== undefined) {
        return true;
    }
    try {
        const { body } = await client.getBlob(repository, digest, { range: { start: 0, end: 0 } });
        await body[Symbol.asyncIterator]().return?.();
        return true;
    } catch (error) {
        if (isBlobGone(error)) {
            return false;
        }
        throw error;
    }
}
