import { FAMILIES } from "./images";

const ACCEPT = Object.values(FAMILIES)
    .flatMap(({ index, manifest }) => [index, manifest])
    .join(", ");

interface Place {
    readonly host: string;
    readonly repository: string;
}

interface Manifest {
    readonly manifests?: readonly { readonly digest: string }[];
    readonly config?: { readonly digest: string };
    readonly layers?: readonly { readonly digest: string }[];
}

/** Copies an image byte for byte by plain fetch: what a registry's own replication does. It shares nothing with ours. */
export async function copyImage(from: Place, to: Place, reference: string): Promise<void> {
    const answer = await expectOk(await fetch(`${base(from)}/manifests/${reference}`, { headers: { accept: ACCEPT } }));
    const mediaType = answer.headers.get("content-type") ?? "";
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
    for (const { digest } of manifest.manifests ?? []) {
        await copyImage(from, to, digest);
    }
    for (const { digest } of [...(manifest.layers ?? []), ...(manifest.config ? [manifest.config] : [])]) {
        const blob = await (await expectOk(await fetch(`${base(from)}/blobs/${digest}`))).arrayBuffer();
        const begun = await expectOk(await fetch(`${base(to)}/blobs/uploads/`, { method: "POST" }));
        const location = new URL(begun.headers.get("location") ?? "", base(to));
        location.searchParams.set("digest", digest);
        const headers = { "content-type": "application/octet-stream" };
        await expectOk(await fetch(location, { method: "PUT", headers, body: new Uint8Array(blob) }));
    }
    const headers = { "content-type": mediaType };
    await expectOk(await fetch(`${base(to)}/manifests/${reference}`, { method: "PUT", headers, body: bytes }));
}

function base({ host, repository }: Place): string {
    return `http://${host}/v2/${repository}`;
}

async function expectOk(response: Response): Promise<Response> {
    if (!response.ok) {
        throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
    }
    return response;
}
