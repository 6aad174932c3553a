import { Pool } from "undici";
import { TAG } from "./scenario";
import { type SourceImage, TARGET_PREFIX } from "./site";

const ACCEPT = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** The images whose tag at this registry is not the source's digest; a registry takes no manifest that lacks a part. */
export async function unequal(host: string, images: readonly SourceImage[]): Promise<string[]> {
    const pool = new Pool(`http://${host}`, { connections: 8 });
    const wrong: string[] = [];
    const queue = images.values();
    const worker = async () => {
        for (const { name, digest } of queue) {
            const path = `/v2/${TARGET_PREFIX}${name}/manifests/${TAG}`;
            const { statusCode, headers, body } = await pool.request({
                method: "HEAD",
                path,
                headers: { accept: ACCEPT },
                reset: false,
            });
            await body.dump();
            if (statusCode !== 200 || headers["docker-content-digest"] !== digest) {
                wrong.push(`${name} (${statusCode}, ${headers["docker-content-digest"] ?? "no digest"})`);
            }
        }
    };
    try {
        await Promise.all(Array.from({ length: 8 }, worker));
    } finally {
        await pool.close();
    }
    return wrong;
}
