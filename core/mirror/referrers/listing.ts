import { type Descriptor, describeReferrer } from "../../oci";
import type { PutResult } from "../../registry";
import type { RawManifest } from "../image-carrier";
import type { Registries } from "../observe";
import type { Place } from "../plan";

/** A manifest that refers to another one, and is at the target now. */
export interface Referrer {
    readonly manifest: RawManifest;
    /** What the source's list shows. */
    readonly shown?: Descriptor;
    /** What the target answered, where it did not have it before. */
    readonly pushed?: PutResult;
}

interface Entry {
    readonly descriptor: Descriptor;
    /** It names this subject itself, so that a registry can list it without being told. */
    readonly own: boolean;
    readonly pushed?: PutResult;
}

export interface Listed {
    /** Who keeps the subject's list there. */
    readonly by: "by-registry" | "by-tag" | undefined;
    /** Digests of referrers that a list of the source names, and no list of the target can. */
    readonly unlisted: readonly string[];
}

/**
 * Has the lists of the target name these referrers: a registry that answers with `OCI-Subject` does it itself, elsewhere
 * the fallback tag is added to, each under the subject that it names (distribution-spec 1.1, "Pushing Manifests with
 * Subject"). One that was there before says nothing: then the registry is asked whether it has the API.
 */
export async function listReferrers(
    subject: string,
    referrers: readonly Referrer[],
    to: Place,
    registries: Registries,
): Promise<Listed> {
    const client = registries.client(to.registry);
    const unlisted: string[] = [];
    let by: Listed["by"];
    for (const [name, entries] of bySubject(subject, referrers)) {
        const answers = entries.flatMap(({ own, pushed }) => (own && pushed !== undefined ? [pushed] : []));
        const keeps =
            answers.length > 0
                ? answers.every((answer) => answer.subject === name)
                : (await client.referrersByApi(to.repository, name)) !== undefined;
        if (keeps) {
            unlisted.push(...entries.flatMap(({ own, descriptor }) => (own ? [] : [descriptor.digest])));
        } else {
            await client.addReferrers(
                to.repository,
                name,
                entries.map(({ descriptor }) => descriptor),
            );
        }
        by = name === subject ? (keeps ? "by-registry" : "by-tag") : by;
    }
    return { by, unlisted };
}

function bySubject(subject: string, referrers: readonly Referrer[]): Map<string, Entry[]> {
    const lists = new Map<string, Entry[]>();
    const add = (name: string, entry: Entry): void => {
        lists.set(name, [...(lists.get(name) ?? []), entry]);
    };
    for (const { manifest, shown, pushed } of referrers) {
        const own = manifest.content.subject?.digest;
        const described = describeReferrer(manifest.content, manifest.digest, manifest.bytes.length);
        if (own !== undefined) {
            add(own, { descriptor: described, own: true, ...(pushed && { pushed }) });
        }
        if (own !== subject) {
            // A list may name what does not name its subject; somebody wanted that to be found.
            add(subject, { descriptor: { ...described, ...shown }, own: false });
        }
    }
    return lists;
}
