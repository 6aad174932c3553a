import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KillFleet, KillTarget } from "./fleet";

const run = promisify(execFile);

export interface Visible {
    /** `round-1/acme/app-3` */
    readonly repository: string;
    readonly digest: string;
}

/** The tags that a target shows, asked past the proxy. */
export async function visibleTags(fleet: KillFleet, { host }: KillTarget, round: string): Promise<Visible[]> {
    const found = await Promise.all(
        [...fleet.trees].map(async ([source, tree]): Promise<Visible[]> => {
            const repository = `${round}/${source}`;
            const url = `http://${host}/v2/${repository}/manifests/1`;
            const response = await fetch(url, { method: "HEAD", headers: { accept: tree.mediaType } });
            return response.ok ? [{ repository, digest: response.headers.get("docker-content-digest") ?? "" }] : [];
        }),
    );
    return found.flat();
}

/**
 * Pulls everything that the tags reach with crane, which compares each digest, and compares what they are with the
 * source's. Throws for a tag that is not whole, or is another image.
 */
export async function walk(
    fleet: KillFleet,
    { host }: KillTarget,
    tags: readonly Visible[],
    crane: string,
): Promise<void> {
    for (const { repository, digest } of tags) {
        const wanted = fleet.trees.get(repository.slice(repository.indexOf("/") + 1))?.root;
        if (digest !== wanted) {
            throw new Error(`${host}/${repository}:1 is ${digest} where ${wanted} was carried`);
        }
    }
    if (tags.length === 0) {
        return;
    }
    const layout = await mkdtemp(join(fleet.folder, "walk-"));
    try {
        const references = tags.map(({ repository }) => `${host}/${repository}:1`);
        await run(crane, ["pull", "--insecure", "--format", "oci", ...references, layout]);
    } finally {
        await rm(layout, { recursive: true, force: true });
    }
}

/** `repository digest` of each of the fleet's blobs that a target has where it belongs. */
export async function arrivedBlobs(fleet: KillFleet, { host }: KillTarget, round: string): Promise<Set<string>> {
    const arrived = new Set<string>();
    for (const [source, tree] of fleet.trees) {
        const repository = `${round}/${source}`;
        await Promise.all(
            [...tree.blobs.keys()].map(async (digest) => {
                const response = await fetch(`http://${host}/v2/${repository}/blobs/${digest}`, { method: "HEAD" });
                if (response.ok) {
                    arrived.add(`${repository} ${digest}`);
                }
            }),
        );
    }
    return arrived;
}
