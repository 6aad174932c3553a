import { readFile } from "node:fs/promises";
import {
    bareMediaType,
    digestOf,
    isDigest,
    isTag,
    type Manifest,
    parseDigest,
    parseManifest,
    referrerType,
} from "../../oci";
import { type Context, type Exchange, readBody, sendEmpty, unsupported } from "./exchange";
import { missingContent } from "./manifest-references";
import type { ManifestRecord, Repository } from "./repository";
import { digestInvalid, manifestInvalid, manifestUnknown, nameUnknown, WireError } from "./wire-error";

/** The distribution-spec's recommended ceiling for a manifest, bytes. */
const LARGEST_MANIFEST = 4 * 1024 * 1024;

/** `/v2/<name>/manifests/<reference>` */
export function handleManifest(context: Context, exchange: Exchange): Promise<void> {
    const { reference } = exchange.route;
    if (reference.includes(":") && !isDigest(reference)) {
        throw digestInvalid("the digest is neither a sha256 nor a sha512 one");
    }
    switch (exchange.method) {
        case "GET":
        case "HEAD":
            return pull(context, exchange);
        case "PUT":
            return push(context, exchange);
        case "DELETE":
            return remove(context, exchange);
        default:
            throw unsupported("GET, HEAD, PUT, DELETE");
    }
}

async function pull({ store, pullLimit, options }: Context, exchange: Exchange): Promise<void> {
    const { request, response, method, route, caller } = exchange;
    const { repository, digest } = find(store.get(route.repository), route.repository, route.reference);
    const record = repository.manifests.get(digest);
    if (record === undefined) {
        throw manifestUnknown(route.repository, route.reference);
    }
    const source = request.socket.remoteAddress ?? "";
    const isFree = caller.user !== undefined || options.pullLimit?.unlimited?.includes(route.repository) === true;
    const limited = isFree ? undefined : pullLimit;
    if (method === "GET") {
        limited?.take(source);
    }
    const headers = {
        "content-type": record.mediaType,
        "content-length": record.size,
        ...(options.quirks?.noDigestHeader ? {} : { "docker-content-digest": digest, etag: `"${digest}"` }),
        ...limited?.headers(source),
    };
    const bytes = method === "GET" ? await readFile(store.content.path(digest)) : undefined;
    response.writeHead(200, headers);
    response.end(bytes);
}

async function push({ store, options }: Context, exchange: Exchange): Promise<void> {
    const { request, response, route, query } = exchange;
    const named = route.reference.includes(":") ? route.reference : undefined;
    const tags = named === undefined ? [route.reference] : query.getAll("tag");
    const odd = tags.find((tag) => !isTag(tag));
    if (odd !== undefined) {
        throw new WireError(400, "TAG_INVALID", "a tag is at most 128 word characters, dots and dashes", {}, odd);
    }
    const bytes = await readBody(request, LARGEST_MANIFEST, () => {
        return new WireError(413, "SIZE_INVALID", `a manifest has at most ${LARGEST_MANIFEST} bytes`);
    });
    const digest = digestOf(bytes, named === undefined ? "sha256" : parseDigest(named).algorithm);
    if (named !== undefined && named !== digest) {
        throw digestInvalid(`the manifest's digest is ${digest}, not ${named}`);
    }
    const manifest = read(bytes, request.headers["content-type"]);
    const repository = store.getOrAdd(route.repository);
    await repository.putManifest(digest, recordOf(manifest, bytes.length), bytes, tags, () => {
        const missing = options.allowMissing ? [] : missingContent(manifest, repository);
        if (missing.length > 0) {
            const detail = missing.map((lacking) => ({ digest: lacking }));
            throw new WireError(400, "MANIFEST_BLOB_UNKNOWN", "the manifest names unknown content", {}, detail);
        }
        if (options.immutableTags) {
            refuseMove(repository, tags, digest, options.quirks?.refuseSameDigest === true);
        }
    });
    sendEmpty(response, 201, {
        location: `/v2/${route.repository}/manifests/${digest}`,
        "docker-content-digest": digest,
        ...(named !== undefined && tags.length > 0 ? { "oci-tag": tags.join(", ") } : {}),
        ...(manifest.subject !== undefined && !options.quirks?.noReferrersApi
            ? { "oci-subject": manifest.subject.digest }
            : {}),
    });
}

async function remove({ store }: Context, { response, route }: Exchange): Promise<void> {
    const repository = store.get(route.repository);
    if (repository === undefined) {
        throw nameUnknown(route.repository);
    }
    const gone = route.reference.includes(":")
        ? await repository.deleteManifest(route.reference)
        : await repository.deleteTag(route.reference);
    if (!gone) {
        throw manifestUnknown(route.repository, route.reference);
    }
    sendEmpty(response, 202, {});
}

function find(repository: Repository | undefined, name: string, reference: string) {
    if (repository === undefined) {
        throw nameUnknown(name);
    }
    const digest = repository.resolve(reference);
    if (digest === undefined) {
        throw manifestUnknown(name, reference);
    }
    return { repository, digest };
}

function read(bytes: Buffer, contentType: string | undefined): Manifest {
    try {
        const manifest = parseManifest(bytes, contentType);
        const declared = bareMediaType(contentType);
        if (declared !== undefined && declared !== manifest.mediaType) {
            throw manifestInvalid(`the manifest was sent as ${declared}, and is ${manifest.mediaType}`);
        }
        return manifest;
    } catch (error) {
        throw error instanceof WireError ? error : manifestInvalid((error as Error).message);
    }
}

function recordOf(manifest: Manifest, size: number): ManifestRecord {
    const { mediaType, subject, annotations } = manifest;
    if (subject === undefined) {
        return { mediaType, size };
    }
    return { mediaType, size, subject: subject.digest, artifactType: referrerType(manifest), annotations };
}

/** ECR's answer, word for word where it matters: clients look for this code. */
function refuseMove(repository: Repository, tags: readonly string[], digest: string, sameToo: boolean): void {
    for (const tag of tags) {
        const known = repository.tags.get(tag);
        if (known !== undefined && (known !== digest || sameToo)) {
            const where = `the tag '${tag}' already exists in the '${repository.name}' repository`;
            throw new WireError(400, "TAG_INVALID", `${where} and cannot be overwritten because it is immutable`);
        }
    }
}
