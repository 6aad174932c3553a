import { describeError, TransshipError } from "../errors";
import { eachLimited, type ManifestCache, type Place, type Registries } from "../mirror";
import { isImageManifestType, isSchema1Type, type Manifest } from "../oci";
import { isGone } from "../registry";
import { planRetention } from "./plan-retention";
import type { Contents, RetentionInput, RetentionPlan, Unread } from "./types";

export interface ReadOptions {
    readonly registries: Registries;
    readonly place: Place;
    readonly manifests: ManifestCache;
    /** Whether the registry is asked for each kept version's referrers, for one that lists less than it stores. @default false */
    readonly referrers?: boolean;
    readonly signal?: AbortSignal;
}

/** What was planned, and from what. */
export interface ReadPlan {
    readonly plan: RetentionPlan;
    /** With all that was read. */
    readonly input: RetentionInput;
    /** Manifests that were asked for; those that this process knew already cost nothing. */
    readonly reads: number;
}

/** Reads that wait at one time; the registry's own limit decides how many are under way. */
const AT_ONCE = 64;

/**
 * Plans, reading what the plan needs: one GET for each version that no rule keeps, and for each one that stays unless it
 * is the image of one platform in an index that stays. A manifest that was read in this process is not read again.
 */
export async function readAndPlan(input: Omit<RetentionInput, "contents">, options: ReadOptions): Promise<ReadPlan> {
    const contents = new Map<string, Contents | Unread>();
    for (;;) {
        options.signal?.throwIfAborted();
        const whole = { ...input, contents };
        const { plan, missing } = planRetention(whole);
        if (plan !== undefined) {
            return { plan, input: whole, reads: contents.size };
        }
        const found = await eachLimited(missing, AT_ONCE, (digest) => readOne(digest, options));
        missing.forEach((digest, index) => {
            contents.set(digest, found[index] as Contents | Unread);
        });
    }
}

async function readOne(digest: string, options: ReadOptions): Promise<Contents | Unread> {
    const { manifests, place, referrers = false, registries, signal } = options;
    try {
        const { content } = await manifests.read(digest, [place], registries);
        const told = referrers
            ? await registries.client(place.registry).referrersByApi(place.repository, digest)
            : undefined;
        return { ...contentsIn(content), ...(told && { referrers: told.map((one) => one.digest) }) };
    } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof TransshipError && error.code === "MANIFEST_SCHEMA1") {
            // Docker's first format lists layers only.
            return { children: [] };
        }
        if (isGone(error)) {
            // Two sources that contradict each other: this registry may be the wrong one, so it proves nothing.
            return { unread: "it is listed, but the registry says that it does not have it" };
        }
        return { unread: describeError(error) };
    }
}

function contentsIn({ manifests, subject }: Manifest): Contents {
    return {
        children: manifests.map(({ digest, mediaType }) => ({
            digest,
            leaf: isImageManifestType(mediaType) || isSchema1Type(mediaType),
        })),
        ...(subject && { subject: subject.digest }),
    };
}
