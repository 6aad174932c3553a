import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { afterAll } from "vitest";

/** Places that hold a secret, as GitHub's repositories do, behind a small HTTP server. */
export interface SecretStore {
    readonly url: string;
    /** Place -> what it holds. */
    readonly held: Map<string, string>;
    /** Called with each place that is written; refuses where it returns false. */
    accept: (place: string) => boolean;
}

export async function secretStore(): Promise<SecretStore> {
    const held = new Map<string, string>();
    const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk);
        }
        const place = (request.url ?? "").slice(1);
        if (!store.accept(place)) {
            response.writeHead(403).end();
            return;
        }
        held.set(place, Buffer.concat(chunks).toString());
        response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => void server.close().closeAllConnections());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store: SecretStore = { url, held, accept: () => true };
    return store;
}

/** Their text is what the engine runs in a process of its own: nothing may transform it, and it captures nothing. */
const PUT = `return fetch(inputs.url + "/" + inputs.place, { method: "PUT", body: inputs.value }).then((answer) => {
    if (!answer.ok) {
        throw new Error("the place " + inputs.place + " is shut");
    }
    return { id: inputs.place, outs: inputs };
});`;
const provider = {
    create: new Function("inputs", PUT),
    update: new Function("id", "olds", "inputs", PUT),
    diff: new Function("id", "olds", "news", "return Promise.resolve({ changes: olds.value !== news.value })"),
} as unknown as pulumi.dynamic.ResourceProvider;

/** A secret at one place of a store: what a repository's secret is with the real provider. */
export class StoredSecret extends pulumi.dynamic.Resource {
    constructor(store: SecretStore, place: string, value: pulumi.Input<string>) {
        super(provider, `place-${place}`, { url: store.url, place, value: pulumi.secret(value) });
    }
}
