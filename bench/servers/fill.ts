import { Pool } from "undici";
import { type ImageTree, imageIndex } from "../../test/support/images";

/** One image of a fleet. */
export interface FleetImage {
    /** `image-0001`, which is also the last part of its repository. */
    readonly name: string;
    /** Its root. */
    readonly manifest: { readonly digest: string; readonly bytes: Buffer };
}

/** An image that can be pushed. */
export interface NamedTree {
    readonly name: string;
    readonly tree: ImageTree;
}

export const TAG = "1.0";

/** Images for two platforms each. They share their layers, as a fleet on one base image would; no two digests are equal. */
export function fleetOf(count: number): (FleetImage & NamedTree)[] {
    return namesOf(count).map((name) => {
        const tree = imageIndex({ seed: "bench", layers: 1, annotations: { "org.example.name": name } });
        return { name, tree, manifest: tree.manifests.at(-1) as FleetImage["manifest"] };
    });
}

/** The same names without any content. */
export function namesOf(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `image-${String(index + 1).padStart(4, "0")}`);
}

/** Pushes every image to `<prefix><name>:1.0`: blobs once, then mounted from the first repository. */
export async function fill(host: string, prefix: string, images: readonly NamedTree[]): Promise<void> {
    const pool = new Pool(`http://${host}`, { connections: 8 });
    try {
        const [first, ...others] = images;
        if (first !== undefined) {
            await push(pool, `${prefix}${first.name}`, first.tree);
            const queue = others.values();
            const worker = async () => {
                for (const { name, tree } of queue) {
                    await push(pool, `${prefix}${name}`, tree, `${prefix}${first.name}`);
                }
            };
            await Promise.all(Array.from({ length: 8 }, worker));
        }
    } finally {
        await pool.close();
    }
}

async function push(pool: Pool, repository: string, tree: ImageTree, from?: string): Promise<void> {
    for (const [digest, bytes] of tree.blobs) {
        const query = from === undefined ? "" : `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
        const begun = await send(pool, "POST", `/v2/${repository}/blobs/uploads/${query}`);
        if (begun.status === 202) {
            const location = new URL(begun.location, "http://registry");
            location.searchParams.set("digest", digest);
            await send(pool, "PUT", location.pathname + location.search, bytes, "application/octet-stream");
        }
    }
    for (const { digest, bytes, mediaType } of tree.manifests) {
        const reference = digest === tree.root ? TAG : digest;
        await send(pool, "PUT", `/v2/${repository}/manifests/${reference}`, bytes, mediaType);
    }
}

async function send(
    pool: Pool,
    method: "POST" | "PUT",
    path: string,
    body?: Buffer,
    type?: string,
): Promise<{ status: number; location: string }> {
    const headers = type === undefined ? {} : { "content-type": type };
    const response = await pool.request({ method, path, body, headers });
    const text = await response.body.text();
    if (response.statusCode >= 300) {
        throw new Error(`${method} ${path} was answered with ${response.statusCode}: ${text}`);
    }
    return { status: response.statusCode, location: String(response.headers.location ?? "") };
}
