import { RegistryError } from "./errors";
import { backoffMs } from "./http/backoff";
import type { RegistryRequest } from "./http/request";
import type { Transport } from "./http/transport";
import {
    finishUpload,
    MAX_BREAKS,
    RESTARTABLE,
    readSession,
    type Session,
    senselessUpload,
    type UploadJob,
    uploadContent,
    uploadRequest,
} from "./upload-session";
import { askStatus, receivedBytes } from "./upload-status";

/**
 * A blob, or what is left of it from `from` on, in several PATCH requests and a PUT (distribution-spec 1.1, "Pushing a blob in chunks"). After a fault the
 * registry is asked how much it has, and the upload goes on from there.
 */
export async function uploadInChunks(
    transport: Transport,
    job: UploadJob,
    first: Session,
    from: number,
): Promise<void> {
    const { blob, repository } = job;
    let session = first;
    let offset = from;
    let breaks = 0;
    while (offset < blob.size) {
        let received: number;
        try {
            [session, received] = await sendChunk(transport, job, session, offset);
            breaks = received > offset ? 0 : breaks + 1;
        } catch (error) {
            breaks += 1;
            await mayContinue(transport, error, breaks);
            [session, received] = await askStatus(transport, job, session);
        }
        offset = received;
        job.session = session;
        if (breaks > MAX_BREAKS) {
            const request = uploadRequest(transport, "PATCH", repository, blob);
            throw senselessUpload(transport, request, "takes chunks and keeps none of them");
        }
    }
    await finishUpload(transport, job, session, blob.size);
}

/** @returns where the next chunk goes, and the bytes that the registry has by now */
async function sendChunk(
    transport: Transport,
    job: UploadJob,
    session: Session,
    offset: number,
): Promise<[Session, number]> {
    const { blob, chunkBytes } = job;
    const rest = blob.size - offset;
    const length = chunkBytes === 0 ? rest : Math.min(Math.max(chunkBytes, session.minChunk), rest);
    const end = offset + length;
    const content = uploadContent(job, offset, length);
    const request: RegistryRequest = {
        ...uploadRequest(transport, "PATCH", job.repository, blob),
        ...content,
        origin: session.origin,
        path: session.path,
        headers: { ...content.headers, "content-range": `${offset}-${end - 1}` },
    };
    const response = await transport.send(request);
    // "0-0" is said of nothing and of one byte.
    const received = end === 1 ? end : (receivedBytes(response) ?? end);
    return [readSession(transport, request, response, session.minChunk), Math.min(received, blob.size)];
}

async function mayContinue(transport: Transport, error: unknown, breaks: number): Promise<void> {
    const chunkFault = error instanceof RegistryError && (RESTARTABLE.has(error.code) || error.status === 416);
    if (!chunkFault || breaks > MAX_BREAKS) {
        throw error;
    }
    const { environment, stats } = transport.options;
    await environment.sleep(backoffMs(breaks, environment.retry, environment.random), environment.signal);
    stats.retries += 1;
}
