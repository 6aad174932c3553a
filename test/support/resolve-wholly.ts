import { sha256 } from "./images";

interface Content {
    readonly manifests?: readonly { readonly digest: string }[];
    readonly config?: { readonly digest: string };
    readonly layers?: readonly { readonly digest: string }[];
}

/** Pulls everything that a reference reaches, by plain fetch, and checks every digest; throws for what is not whole. */
export async function resolveWholly(host: string, repository: string, reference: string): Promise<void> {
    const bytes = await get(`http://${host}/v2/${repository}/manifests/${reference}`);
    const content = JSON.parse(bytes.toString("utf8")) as Content;
    for (const child of content.manifests ?? []) {
        await resolveWholly(host, repository, child.digest);
    }
    for (const { digest } of [...(content.config ? [content.config] : []), ...(content.layers ?? [])]) {
        const blob = await get(`http://${host}/v2/${repository}/blobs/${digest}`);
        if (sha256(blob) !== digest) {
            throw new Error(`${host}/${repository}@${digest} has other bytes`);
        }
    }
    if (reference.startsWith("sha256:") && sha256(bytes) !== reference) {
        throw new Error(`${host}/${repository}@${reference} has other bytes`);
    }
}

async function get(url: string): Promise<Buffer> {
    const accept = [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "*/*",
    ].join(", ");
    const response = await fetch(url, { headers: { accept } });
    if (!response.ok) {
        throw new Error(`${url} answers ${response.status}`);
    }
    return Buffer.from(await response.arrayBuffer());
}
