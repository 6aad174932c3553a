import { formatPlatform, isUnknownPlatform, type Manifest, type Platform, parseManifest } from "../oci";
import { isGone, type ManifestInfo, type RegistryClient } from "../registry";
import { faultOf } from "./fault";
import type { Check } from "./types";

/** What is asked for at a registry. */
export interface Subject {
    readonly repository: string;
    /** Tag or digest. */
    readonly reference: string;
    /** A target may lack it: it was not carried yet. */
    readonly role: "source" | "target";
}

export interface Pulled {
    readonly checks: readonly Check[];
    /** What is there; `undefined` where nothing could be read. */
    readonly found?: ManifestInfo;
}

/** A HEAD of a manifest: it is there, we may read it, and what the registry tells of its pull limit. Free everywhere. */
export async function checkPull(client: RegistryClient, host: string, subject: Subject): Promise<Pulled> {
    const name = nameOf(host, subject);
    try {
        const found = await client.headManifest(subject.repository, subject.reference);
        const check: Check = {
            check: "pull",
            status: "ok",
            message: `may read ${name}, ${found.digest.slice(0, 19)}…`,
        };
        return { checks: [check, limitOf(client)], found };
    } catch (error) {
        if (isGone(error)) {
            // Answers that nothing is there may say nothing of the limit either.
            const limit = client.pulls === undefined ? [] : [limitOf(client)];
            return { checks: [absent(name, subject), ...limit] };
        }
        const check = faultOf("pull", error);
        return { checks: check.code === "PULL_LIMIT" ? [check, { ...check, check: "limit" }] : [check] };
    }
}

function absent(name: string, { role }: Subject): Check {
    return role === "target"
        ? { check: "pull", status: "ok", message: `may ask for ${name}, which was not carried there yet` }
        : {
              check: "pull",
              status: "wrong",
              message: `there is no ${name}`,
              remedy: "check the spelling of repository and tag; a tag may have been deleted or renamed upstream",
              code: "MANIFEST_UNKNOWN",
          };
}

function limitOf(client: RegistryClient): Check {
    const account = client.pulls;
    const limit = account?.latest;
    if (account === undefined || limit === undefined) {
        return { check: "limit", status: "ok", message: "tells of no pull limit" };
    }
    const { remaining, limit: of, windowSeconds } = limit;
    const window = windowSeconds === 0 ? "" : ` within ${hours(windowSeconds)}`;
    const kept = account.keeps > 0 ? `, ${account.keeps} are kept back` : "";
    const message = `${remaining} of ${of} pulls${window} are left${kept}`;
    const remedy = `wait (all are back ${hours(windowSeconds)} from now at the latest), log in, or pull from a copy: transship sources names them`;
    if (remaining === 0) {
        return { check: "limit", status: "wrong", message, remedy, code: "PULL_LIMIT" };
    }
    const isLow = remaining <= account.keeps || remaining * 10 < of;
    return isLow ? { check: "limit", status: "warning", message, remedy } : { check: "limit", status: "ok", message };
}

function hours(seconds: number): string {
    return seconds >= 3600 ? `${Math.round(seconds / 360) / 10} h` : `${Math.round(seconds / 60)} min`;
}

/**
 * What a pull does after its HEAD: the manifest, of which platforms it is, and the first byte of a layer, which many
 * registries keep at another host. Costs two pulls where they are counted.
 *
 * @param platform what this machine runs: `linux/amd64`
 */
export async function checkContent(
    client: RegistryClient,
    host: string,
    subject: Subject,
    { digest }: ManifestInfo,
    platform: string,
): Promise<Check[]> {
    const name = nameOf(host, subject);
    try {
        const { manifest, platforms } = await readImage(client, subject.repository, digest, platform);
        return [platformsOf(name, platforms, platform), await layersOf(client, subject.repository, manifest)];
    } catch (error) {
        return [faultOf("layers", error)];
    }
}

async function readImage(client: RegistryClient, repository: string, digest: string, platform: string) {
    const root = await read(client, repository, digest);
    if (root.kind !== "index") {
        return { manifest: root, platforms: await platformOfConfig(client, repository, root) };
    }
    const children = root.manifests.filter(
        (child) => child.platform === undefined || !isUnknownPlatform(child.platform),
    );
    const own = children.find((child) => child.platform !== undefined && isOf(child.platform, platform));
    const platforms = children.flatMap((child) => child.platform ?? []);
    const chosen = own ?? children[0];
    return { manifest: chosen === undefined ? root : await read(client, repository, chosen.digest), platforms };
}

async function read(client: RegistryClient, repository: string, digest: string): Promise<Manifest> {
    const { bytes, mediaType } = await client.getManifest(repository, digest);
    return parseManifest(bytes, mediaType);
}

const MOST_CONFIG_BYTES = 1024 * 1024;

/** An image without an index tells its platform in its config, which is a blob and free. */
async function platformOfConfig(client: RegistryClient, repository: string, manifest: Manifest): Promise<Platform[]> {
    const { config, kind } = manifest;
    if (kind !== "image" || config === undefined || config.size > MOST_CONFIG_BYTES) {
        return [];
    }
    const { body } = await client.getBlob(repository, config.digest, { size: config.size });
    const chunks: Buffer[] = [];
    for await (const chunk of body) {
        chunks.push(chunk);
    }
    try {
        const { os, architecture, variant } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<
            string,
            unknown
        >;
        return typeof os === "string" && typeof architecture === "string"
            ? [{ os, architecture, ...(typeof variant === "string" ? { variant } : undefined) }]
            : [];
    } catch {
        return [];
    }
}

function platformsOf(name: string, platforms: readonly Platform[], platform: string): Check {
    const names = [...new Set(platforms.map(formatPlatform))];
    if (names.length === 0) {
        return { check: "platforms", status: "ok", message: `${name} names no platform` };
    }
    const message = `${name} is for ${names.join(", ")}`;
    return platforms.some((one) => isOf(one, platform))
        ? { check: "platforms", status: "ok", message }
        : {
              check: "platforms",
              status: "warning",
              message: `${message}, and not for ${platform}, which this machine is`,
              remedy: `a machine of that kind cannot pull it ("no matching manifest"): choose another tag, or build it for ${platform}`,
          };
}

/** Variants are left aside: every machine runs an older one, too. */
function isOf({ os, architecture }: Platform, platform: string): boolean {
    return platform === `${os}/${architecture}` || platform.startsWith(`${os}/${architecture}/`);
}

async function layersOf(client: RegistryClient, repository: string, { layers }: Manifest): Promise<Check> {
    const [smallest] = [...layers].filter(({ size }) => size > 0).sort((a, b) => a.size - b.size);
    if (smallest === undefined) {
        return { check: "layers", status: "ok", message: "there are none to read" };
    }
    const before = client.stats.redirects;
    try {
        const { body } = await client.getBlob(repository, smallest.digest, { range: { start: 0, end: 0 } });
        for await (const _chunk of body) {
            // One byte proves the way.
        }
    } catch (error) {
        return faultOf("layers", error);
    }
    const by = client.stats.redirects > before ? ", which another host keeps for it" : "";
    return { check: "layers", status: "ok", message: `may read layers${by}` };
}

function nameOf(host: string, { repository, reference }: Subject): string {
    return `${host}/${repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}
