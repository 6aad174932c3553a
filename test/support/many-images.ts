import { createHash } from "node:crypto";
import { Pool } from "undici";

const TYPE = "application/vnd.oci.image.manifest.v1+json";
const EMPTY = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/** A manifest of its own for each name, of an empty config and without layers. */
export function smallManifest(name: string): { readonly bytes: Buffer; readonly digest: string } {
    const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: EMPTY, size: 2 };
    const annotations = { "org.opencontainers.image.title": name };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: TYPE, config, layers: [], annotations }));
    return { bytes, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` };
}

/** One of many images at one place. */
export interface PlacedManifest {
    readonly repository: string;
    readonly tag: string;
    /** What `smallManifest` is made of. */
    readonly name: string;
}

/**
 * Puts manifests to an embedded registry with `allowMissing`, one request each and no blobs: a thousand images in a second.
 */
export async function putManifests(host: string, placed: readonly PlacedManifest[]): Promise<void> {
    const pool = new Pool(`http://${host}`, { connections: 8 });
    const queue = placed.values();
    const worker = async (): Promise<void> => {
        for (const { repository, tag, name } of queue) {
            const response = await pool.request({
                method: "PUT",
                path: `/v2/${repository}/manifests/${tag}`,
                headers: { "content-type": TYPE },
                body: smallManifest(name).bytes,
            });
            await response.body.dump();
            if (response.statusCode !== 201) {
                throw new Error(`PUT ${repository}:${tag} was answered with ${response.statusCode}`);
            }
        }
    };
    try {
        await Promise.all(Array.from({ length: 8 }, worker));
    } finally {
        await pool.close();
    }
}
