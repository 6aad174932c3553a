import { createHash } from "node:crypto";
import type { Place } from "./place";

const ACCEPT = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Of the bytes that Harbor's registry gives out, whatever it says that they are. @throws Error where it has none */
export async function digestAt(place: Place, repository: string, reference: string): Promise<string> {
    const basic = `Basic ${Buffer.from(`${place.username}:${place.password}`).toString("base64")}`;
    const scope = `service=harbor-registry&scope=repository:${repository}:pull`;
    const token = await fetch(`${place.url}/service/token?${scope}`, { headers: { authorization: basic } });
    const bearer = `Bearer ${((await token.json()) as { token: string }).token}`;
    const manifest = await fetch(`${place.url}/v2/${repository}/manifests/${reference}`, {
        headers: { authorization: bearer, accept: ACCEPT },
    });
    if (manifest.status !== 200) {
        throw new Error(`${repository}:${reference}: ${manifest.status} ${await manifest.text()}`);
    }
    return `sha256:${createHash("sha256")
        .update(Buffer.from(await manifest.arrayBuffer()))
        .digest("hex")}`;
}
