import { createHash } from "node:crypto";
import type { Host } from "../world";

const INDEX = "application/vnd.oci.image.index.v1+json";
const ACCEPT = [
    INDEX,
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

interface Shown {
    readonly mediaType: string;
    readonly digest: string;
    readonly urls?: readonly string[];
    readonly artifactType?: string;
}

interface Content {
    readonly manifests?: readonly Shown[];
    readonly config?: Shown;
    readonly layers?: readonly Shown[];
    readonly blobs?: readonly Shown[];
}

/** Everything in a repository that can be found without knowing what was carried. */
export interface Snapshot {
    /** Tag -> digest; an index of referrers with several entries is named by its entries, whatever their order. */
    readonly tags: Readonly<Record<string, string>>;
    /** Digest -> media type and the bytes in base64, of all that the tags and the lists of referrers reach. */
    readonly manifests: Readonly<Record<string, string>>;
    /** Digest -> sha256 of the bytes. */
    readonly blobs: Readonly<Record<string, string>>;
    /** Subject -> the entries that a client sees, by the API or by the fallback tag, in the order of their digests. */
    readonly referrers: Readonly<Record<string, readonly Shown[]>>;
}

/** Reads a whole repository by plain fetch, every digest computed here; shares no code with what is tested. */
export async function snapshot({ host }: Host, repository: string): Promise<Snapshot> {
    const base = `http://${host}/v2/${repository}`;
    const names = ((await (await fetch(`${base}/tags/list`)).json()) as { tags: string[] | null }).tags ?? [];
    const taken: Snapshot = { tags: {}, manifests: {}, blobs: {}, referrers: {} };
    const open = taken as { [Part in keyof Snapshot]: Record<string, Snapshot[Part][string]> };
    for (const name of names.sort()) {
        const { digest, bytes } = await readManifest(base, name);
        const entries = (JSON.parse(bytes.toString()) as Content).manifests ?? [];
        const isList = /^sha(256|512)-[0-9a-f]{64}$/.test(name) && entries.length > 1;
        open.tags[name] = isList ? `a list of ${JSON.stringify(byDigest(entries))}` : digest;
        if (!isList) {
            await visit(base, digest, open);
        } else {
            await Promise.all(entries.map((entry) => visit(base, entry.digest, open)));
        }
    }
    return taken;
}

async function visit(
    base: string,
    digest: string,
    open: { [Part in keyof Snapshot]: Record<string, Snapshot[Part][string]> },
): Promise<void> {
    if (open.manifests[digest] !== undefined) {
        return;
    }
    const { bytes, mediaType } = await readManifest(base, digest);
    open.manifests[digest] = `${mediaType} ${bytes.toString("base64")}`;
    const content = JSON.parse(bytes.toString()) as Content;
    const blobs = [...(content.config ? [content.config] : []), ...(content.layers ?? []), ...(content.blobs ?? [])];
    for (const blob of blobs) {
        const response = await fetch(`${base}/blobs/${blob.digest}`);
        const body = Buffer.from(await response.arrayBuffer());
        const isLeft = response.status === 404 && blob.urls !== undefined;
        open.blobs[blob.digest] = isLeft ? "left" : verified(body, blob.digest);
    }
    for (const child of content.manifests ?? []) {
        await visit(base, child.digest, open);
    }
    const listed = await readReferrers(base, digest);
    if (listed.length > 0) {
        open.referrers[digest] = byDigest(listed);
    }
    for (const referrer of listed) {
        await visit(base, referrer.digest, open);
    }
}

/** What a client of the specification finds: the API, else the fallback tag. */
export async function readReferrers(base: string, digest: string): Promise<readonly Shown[]> {
    const api = await fetch(`${base}/referrers/${digest}`);
    if (api.status === 200) {
        return ((await api.json()) as { manifests: Shown[] }).manifests;
    }
    const [algorithm, hex = ""] = digest.split(":");
    const tagged = await fetch(`${base}/manifests/${algorithm}-${hex.slice(0, 64)}`, { headers: { accept: ACCEPT } });
    return tagged.status === 200 ? ((await tagged.json()) as { manifests: Shown[] }).manifests : [];
}

async function readManifest(base: string, reference: string) {
    const response = await fetch(`${base}/manifests/${reference}`, { headers: { accept: ACCEPT } });
    if (response.status !== 200) {
        throw new Error(`${base}/manifests/${reference} answers ${response.status}`);
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    const digest = verified(bytes, reference.includes(":") ? reference : undefined);
    return { bytes, mediaType: response.headers.get("content-type") ?? "", digest };
}

/** The bytes' digest by the algorithm of the expected one, which it must be. */
function verified(bytes: Buffer, expected: string | undefined): string {
    const algorithm = expected?.split(":")[0] ?? "sha256";
    const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
    if (expected !== undefined && digest !== expected) {
        throw new Error(`${expected} has the bytes of ${digest}`);
    }
    return digest;
}

function byDigest(shown: readonly Shown[]): Shown[] {
    return [...shown].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}
