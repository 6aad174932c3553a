import { type DigestAlgorithm, isDigest, parseDigest } from "../../oci";
import { parseContentRange } from "./byte-range";
import { bodyOf, type Context, type Exchange, sendEmpty, unsupported } from "./exchange";
import type { Upload } from "./upload";
import { digestInvalid, WireError } from "./wire-error";

/** `/v2/<name>/blobs/uploads/[<id>]` */
export function handleUpload(context: Context, exchange: Exchange): Promise<void> {
    const { method, route } = exchange;
    if (route.reference === "") {
        if (method !== "POST") {
            throw unsupported("POST");
        }
        return begin(context, exchange);
    }
    const step = STEPS[method];
    if (step === undefined) {
        throw unsupported("GET, PATCH, PUT, DELETE");
    }
    return context.uploads.step(route.repository, route.reference, (upload) => step(context, exchange, upload));
}

type Step = (context: Context, exchange: Exchange, upload: Upload) => Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
    GET: async (_context, { response }, upload) => sendEmpty(response, 204, stateOf(upload)),
    PATCH: async (_context, { request, response }, upload) => {
        requireOrder(upload, request.headers);
        await upload.append(bodyOf(request));
        sendEmpty(response, 202, stateOf(upload));
    },
    PUT: async (context, exchange, upload) => {
        const wanted = wantedDigest(exchange.query);
        requireOrder(upload, exchange.request.headers);
        upload.expect(parseDigest(wanted).algorithm);
        await finish(context, exchange, upload, wanted);
    },
    DELETE: async ({ uploads }, { response }, upload) => {
        await uploads.end(upload);
        sendEmpty(response, 204, {});
    },
};

/** Mount, one POST with the whole blob, or the start of an upload. */
async function begin(context: Context, exchange: Exchange): Promise<void> {
    const { route, query, response } = exchange;
    if (query.has("mount") && (await mount(context, exchange))) {
        return;
    }
    if (query.has("digest")) {
        const wanted = wantedDigest(query);
        const upload = await context.uploads.begin(route.repository, parseDigest(wanted).algorithm);
        try {
            await context.uploads.step(route.repository, upload.id, () => finish(context, exchange, upload, wanted));
        } finally {
            // Nobody knows its name: what is left of it cannot be resumed.
            await context.uploads.end(upload);
        }
        return;
    }
    const algorithm = query.get("digest-algorithm");
    const known: DigestAlgorithm = algorithm === "sha512" ? "sha512" : "sha256";
    sendEmpty(response, 202, stateOf(await context.uploads.begin(route.repository, known)));
}

/** Without `from`, any repository's blob will do (distribution-spec 1.1, "Mounting a blob from another repository"). */
async function mount({ store, options }: Context, exchange: Exchange): Promise<boolean> {
    const { route, query, response } = exchange;
    const digest = query.get("mount") ?? "";
    const from = query.get("from");
    if (!isDigest(digest) || options.quirks?.noMount === true) {
        return false;
    }
    if (from !== null && !store.get(from)?.blobs.has(digest)) {
        return false;
    }
    if (!(await store.getOrAdd(route.repository).shareBlob(digest))) {
        return false;
    }
    sendEmpty(response, 201, created(route.repository, digest));
    return true;
}

/** Takes the last bytes, if any, checks the digest and puts the blob in its place. A wrong digest ends the upload. */
async function finish(context: Context, exchange: Exchange, upload: Upload, wanted: string): Promise<void> {
    const { request, response } = exchange;
    await upload.append(bodyOf(request));
    const actual = await upload.digest(wanted);
    if (actual !== wanted) {
        await context.uploads.end(upload);
        throw digestInvalid(`the blob's digest is ${actual}, not ${wanted}`);
    }
    await context.store.getOrAdd(upload.repository).keepBlob(wanted, upload.file);
    await context.uploads.end(upload);
    sendEmpty(response, 201, created(upload.repository, wanted));
}

function wantedDigest(query: URLSearchParams): string {
    const digest = query.get("digest");
    if (!isDigest(digest)) {
        throw digestInvalid("the parameter digest must be a sha256 or sha512 digest");
    }
    return digest;
}

/** A chunk must begin where the last one ended; without `Content-Range` it is taken to. @throws WireError 416, 400 */
function requireOrder(upload: Upload, headers: { "content-range"?: string; "content-length"?: string }): void {
    const text = headers["content-range"];
    if (text === undefined) {
        return;
    }
    const range = parseContentRange(text);
    if (range === undefined || range.first !== upload.size) {
        const message = `the next chunk begins at ${upload.size}`;
        throw new WireError(416, "BLOB_UPLOAD_INVALID", message, stateOf(upload));
    }
    const length = headers["content-length"];
    if (length !== undefined && Number(length) !== range.last - range.first + 1) {
        throw new WireError(400, "SIZE_INVALID", "the chunk's length is not that of its range");
    }
}

function stateOf(upload: Upload): Record<string, string> {
    return {
        location: `/v2/${upload.repository}/blobs/uploads/${upload.id}`,
        // Nothing received has no form in the specification: 0-0, as distribution has it.
        range: `0-${Math.max(upload.size - 1, 0)}`,
        "docker-upload-uuid": upload.id,
    };
}

function created(repository: string, digest: string): Record<string, string> {
    return { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest };
}
