import type { IncomingMessage, ServerResponse } from "node:http";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "./embedded";

/** What went wrong with a repository, in ECR's words. */
export interface CacheFault {
    readonly status: number;
    readonly code: string;
    readonly message: string;
}

/** An embedded registry that behaves as ECR with one pull-through rule. */
export interface PullThroughCache {
    readonly registry: EmbeddedRegistry;
    /** `repository:reference` of all that it fetched from its upstream, in that order. */
    readonly fetched: string[];
    /** Requests for manifests since the last call: `GET docker-hub/library/alpine:3.20`, a digest by its first digits. */
    asked(): string[];
    /** Answers this for a repository, instead of fetching. */
    fail(repository: string, fault: CacheFault | undefined): void;
}

/**
 * A first GET or HEAD by tag fetches the manifest of the upstream, later ones are answered from the store. By digest only
 * what an index lists that came by tag is fetched; every other digest is unknown, as at ECR
 * (aws/containers-roadmap#2837). Layers are not fetched here: nobody asks for any.
 */
export async function pullThroughCache(
    upstream: { readonly host: string },
    prefix: string,
    make: typeof embedded = embedded,
): Promise<PullThroughCache> {
    const fetched: string[] = [];
    const requests: string[] = [];
    const known = new Set<string>();
    const faults = new Map<string, CacheFault>();
    const registry = await make({
        // Children come when they are asked for, and layers never.
        allowMissing: true,
        intercept: async (request, response, { kind, reference, repository }) => {
            if (kind !== "manifest" || request.method === "PUT" || !repository.startsWith(`${prefix}/`)) {
                return undefined;
            }
            requests.push(`${request.method} ${nameOf(repository, reference)}`);
            const fault = faults.get(repository);
            if (fault !== undefined) {
                return refuse(response, fault);
            }
            const path = `${repository.slice(prefix.length + 1)}/manifests/${reference}`;
            if (!reference.includes(":") || known.has(`${repository}@${reference}`)) {
                await fetchOnce(repository, reference, path);
            }
            return undefined;
        },
    });

    async function fetchOnce(repository: string, reference: string, path: string): Promise<void> {
        if (fetched.includes(nameOf(repository, reference))) {
            return;
        }
        const answer = await fetch(`http://${upstream.host}/v2/${path}`, { headers: { accept: "*/*" } });
        if (!answer.ok) {
            return;
        }
        const bytes = Buffer.from(await answer.arrayBuffer());
        const url = `http://${registry.host}/v2/${repository}/manifests/${reference}`;
        const headers = { "content-type": answer.headers.get("content-type") ?? "" };
        await fetch(url, { method: "PUT", headers, body: new Uint8Array(bytes) });
        fetched.push(nameOf(repository, reference));
        for (const { digest } of (JSON.parse(bytes.toString()).manifests ?? []) as { digest: string }[]) {
            known.add(`${repository}@${digest}`);
        }
    }

    return {
        registry,
        fetched,
        asked: () => requests.splice(0),
        fail: (repository, fault) => {
            if (fault === undefined) {
                faults.delete(repository);
            } else {
                faults.set(repository, fault);
            }
        },
    };
}

function nameOf(repository: string, reference: string): string {
    return reference.includes(":") ? `${repository}@${reference.slice(7, 19)}` : `${repository}:${reference}`;
}

function refuse(response: ServerResponse<IncomingMessage>, { code, message, status }: CacheFault): true {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
    return true;
}
