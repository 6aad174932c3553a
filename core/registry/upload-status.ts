import { RegistryError } from "./errors";
import { header, type RegistryResponse } from "./http/request";
import type { Transport } from "./http/transport";
import { blobPath } from "./resource";
import { readSession, type Session, type UploadJob, uploadRequest } from "./upload-session";

/** Where an upload stands after a fault: how many bytes the registry has, the whole blob, or nothing to go on with. */
export type Standing = { readonly session: Session; readonly received: number } | "committed" | "lost";

/**
 * Asks the registry after a fault how much of an upload it has. Registries differ: some keep what a broken request
 * brought (this package's, quay.io), distribution and with it Harbor give such a session up, zot deletes it.
 */
export async function standingOf(transport: Transport, job: UploadJob, fault: RegistryError): Promise<Standing> {
    const { session } = job;
    if (session === undefined || REFUSED.has(fault.code)) {
        return "lost";
    }
    if (!transport.options.quirks.monolithicOnly && fault.status !== 404) {
        try {
            const [next, received] = await askStatus(transport, job, session);
            return received > 0 ? { session: next, received } : "lost";
        } catch (error) {
            if (!(error instanceof RegistryError)) {
                throw error;
            }
        }
    }
    return (await isCommitted(transport, job)) ? "committed" : "lost";
}

/** Faults before any byte was taken: the answer is known without asking. */
const REFUSED: ReadonlySet<string> = new Set(["RATE_LIMITED", "CONNECTION_REFUSED"]);

/** `GET` of the session (distribution-spec 1.1, "Pushing a blob in chunks"). */
export async function askStatus(
    transport: Transport,
    job: UploadJob,
    session: Session,
): Promise<readonly [Session, number]> {
    const request = {
        ...uploadRequest(transport, "GET", job.repository, job.blob),
        origin: session.origin,
        path: session.path,
    };
    const response = await transport.send(request);
    const next =
        response.headers.location === undefined ? session : readSession(transport, request, response, session.minChunk);
    job.continued = true;
    const told = receivedBytes(response) ?? 0;
    const received = transport.options.quirks.statusCountsOneMore && told > 0 ? told - 1 : told;
    return [next, Math.min(received, job.blob.size)];
}

/** `Range: 0-1023` is 1024 bytes; `0-0` is taken for nothing. */
export function receivedBytes(response: RegistryResponse): number | undefined {
    const match = /^(?:bytes=)?0-(\d+)$/.exec(header(response.headers, "range") ?? "");
    if (match === null) {
        return undefined;
    }
    const last = Number(match[1]);
    return last === 0 ? 0 : last + 1;
}

/** The session is gone: perhaps since its blob is there, and only the answer that said so was lost. */
async function isCommitted(transport: Transport, { repository, blob }: UploadJob): Promise<boolean> {
    try {
        const response = await transport.send({
            method: "HEAD",
            path: blobPath(transport.options.endpoint, repository, blob.digest),
            subject: "blob",
            access: "push",
            repository,
            reference: blob.digest,
            expected: [404],
        });
        return response.status === 200;
    } catch (error) {
        if (error instanceof RegistryError) {
            return false;
        }
        throw error;
    }
}
