import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { isDigest } from "../../oci";
import { parseRange } from "./byte-range";
import { type Context, type Exchange, sendEmpty, unsupported } from "./exchange";
import { blobUnknown, digestInvalid, nameUnknown, WireError } from "./wire-error";

/** Up to here a blob is read at once: one call of the file system, no stream. Bytes. */
const SMALL = 64 * 1024;
/** Larger reads cost less for each byte, and memory for each pull. */
const READ_SIZE = 512 * 1024;

/** `/v2/<name>/blobs/<digest>` */
export async function handleBlob(context: Context, exchange: Exchange): Promise<void> {
    const { method, response, route } = exchange;
    if (!["GET", "HEAD", "DELETE"].includes(method)) {
        throw unsupported("GET, HEAD, DELETE");
    }
    if (!isDigest(route.reference)) {
        throw digestInvalid("the digest is neither a sha256 nor a sha512 one");
    }
    const repository = context.store.get(route.repository);
    if (repository === undefined) {
        throw nameUnknown(route.repository);
    }
    if (method === "DELETE") {
        if (!(await repository.deleteBlob(route.reference))) {
            throw blobUnknown(route.reference);
        }
        sendEmpty(response, 202, {});
        return;
    }
    if (!repository.blobs.has(route.reference)) {
        throw blobUnknown(route.reference);
    }
    await send(context, exchange, route.reference);
}

async function send({ store }: Context, { method, request, response }: Exchange, digest: string): Promise<void> {
    const size = await store.content.size(digest);
    const range = method === "GET" ? parseRange(request.headers.range, size) : "all";
    if (range === "unsatisfiable") {
        const headers = { "content-range": `bytes */${size}` };
        throw new WireError(416, "RANGE_INVALID", `the blob has ${size} bytes`, headers);
    }
    const { first, last } = range === "all" ? { first: 0, last: size - 1 } : range;
    const length = last - first + 1;
    const headers = {
        "content-type": "application/octet-stream",
        "content-length": length,
        "docker-content-digest": digest,
        "accept-ranges": "bytes",
        etag: `"${digest}"`,
        ...(range === "all" ? {} : { "content-range": `bytes ${first}-${last}/${size}` }),
    };
    const status = range === "all" ? 200 : 206;
    const path = store.content.path(digest);
    if (method === "HEAD" || length === 0) {
        response.writeHead(status, headers);
        response.end();
    } else if (size <= SMALL) {
        const bytes = await readFile(path);
        response.writeHead(status, headers);
        response.end(bytes.subarray(first, last + 1));
    } else {
        response.writeHead(status, headers);
        await pipeline(createReadStream(path, { start: first, end: last, highWaterMark: READ_SIZE }), response);
    }
}
