import type { ImageTree } from "./images";

export interface PushOptions {
    /** Tag of the root; without it the tree is pushed by digests alone. */
    readonly tag?: string;
    readonly auth?: { readonly username: string; readonly password: string };
}

/**
 * Pushes a tree by plain fetch, in the way that every registry takes: POST and PUT for each blob, then manifests by
 * digest, the tag last. It shares nothing with the client under test.
 *
 * @param host `127.0.0.1:5001`, or a URL for TLS
 */
export async function pushTree(
    host: string,
    repository: string,
    tree: ImageTree,
    options: PushOptions = {},
): Promise<void> {
    const base = `${host.includes("://") ? host : `http://${host}`}/v2/${repository}`;
    const send = sender(options.auth);
    for (const [digest, bytes] of tree.blobs) {
        const begun = await expectStatus(await send(`${base}/blobs/uploads/`, { method: "POST" }), 202);
        const location = new URL(begun.headers.get("location") ?? "", base);
        location.searchParams.set("digest", digest);
        const headers = { "content-type": "application/octet-stream" };
        await expectStatus(await send(location.href, { method: "PUT", headers, body: new Uint8Array(bytes) }), 201);
    }
    const root = tree.manifests.filter(({ digest }) => digest === tree.root);
    const named = options.tag === undefined ? [] : root.map((manifest) => ({ ...manifest, digest: options.tag ?? "" }));
    const children = tree.manifests.filter(({ digest }) => options.tag === undefined || digest !== tree.root);
    for (const { digest, bytes, mediaType } of [...children, ...named]) {
        const headers = { "content-type": mediaType };
        const request = { method: "PUT", headers, body: new Uint8Array(bytes) };
        await expectStatus(await send(`${base}/manifests/${digest}`, request), 201);
    }
}

type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Answers a Basic or Bearer challenge once and keeps the answer for what follows. */
function sender(auth: PushOptions["auth"]): Send {
    let authorization: string | undefined;
    const once: Send = (url, init) => {
        const headers = { ...(init.headers as Record<string, string>), ...(authorization && { authorization }) };
        return fetch(url, { ...init, headers });
    };
    return async (url, init) => {
        const response = await once(url, init);
        if (response.status !== 401 || auth === undefined) {
            return response;
        }
        authorization = await answer(response.headers.get("www-authenticate") ?? "", auth);
        return once(url, init);
    };
}

async function answer(challenge: string, auth: NonNullable<PushOptions["auth"]>): Promise<string> {
    const basic = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
    if (!challenge.startsWith("Bearer ")) {
        return basic;
    }
    const parameters = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    const url = new URL(parameters.get("realm") ?? "");
    url.searchParams.set("service", parameters.get("service") ?? "");
    url.searchParams.set("scope", parameters.get("scope") ?? "");
    const response = await expectStatus(await fetch(url, { headers: { authorization: basic } }), 200);
    return `Bearer ${((await response.json()) as { token: string }).token}`;
}

async function expectStatus(response: Response, status: number): Promise<Response> {
    if (response.status !== status) {
        throw new Error(`${response.url} answered ${response.status}, not ${status}: ${await response.text()}`);
    }
    return response;
}
