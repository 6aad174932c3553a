import { TransshipError } from "../errors";
import {
    type Descriptor,
    isObject,
    type JsonObject,
    present,
    type Refuse,
    readAnnotations,
    readDescriptor,
    readDescriptors,
    readText,
} from "./descriptor";
import {
    bareMediaType,
    isImageConfigType,
    isImageManifestType,
    isIndexType,
    isManifestType,
    isSchema1Type,
    MediaType,
} from "./media-types";
import { quote } from "./text";

/** What a manifest says, read from its bytes; the bytes stay what is carried, this is never written again. */
export interface Manifest {
    /** An index of either family; an image; or an artifact (a config that is no image's, or an `artifactType`). */
    readonly kind: "index" | "image" | "artifact";
    readonly mediaType: string;
    /** Children of an index; empty for the others. */
    readonly manifests: readonly Descriptor[];
    readonly config?: Descriptor;
    /** Layers of an image; the blobs of an old artifact manifest; empty for an index. */
    readonly layers: readonly Descriptor[];
    readonly subject?: Descriptor;
    readonly artifactType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** Bytes that are no manifest. Codes `MANIFEST_INVALID`, and `MANIFEST_SCHEMA1` for Docker's first format. */
export class InvalidManifestError extends TransshipError {
    override readonly name: string = "InvalidManifestError";
    declare readonly code: "MANIFEST_INVALID" | "MANIFEST_SCHEMA1";

    constructor(code: "MANIFEST_INVALID" | "MANIFEST_SCHEMA1", message: string) {
        super(code, message);
    }
}

/** What servers answer that do not know better: says nothing about the body. */
const GENERIC = new Set(["application/json", "application/octet-stream", "text/plain", "text/plain+json"]);

/**
 * Reads a manifest of either family. A document that could be taken for two things is refused, as the image-spec asks
 * since CVE-2021-41190 (GHSA-77vh-xpmg-72qh): children beside layers or config, or a `mediaType` in the body that is
 * not the one in the header.
 *
 * @param contentType the response's header; its parameters are ignored
 * @throws InvalidManifestError
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Manifest {
    const header = bareMediaType(contentType);
    const declared = header === undefined || GENERIC.has(header) ? undefined : header;
    if (isSchema1Type(declared)) {
        throw schema1();
    }
    const body = readJson(bytes);
    if (body.schemaVersion === 1 || body.fsLayers !== undefined || isSchema1Type(body.mediaType as string)) {
        throw schema1();
    }
    const mediaType = mediaTypeOf(body, declared);
    refuseAmbiguous(body, mediaType);
    if (mediaType === MediaType.ociArtifactManifest) {
        return readOldArtifact(body);
    }
    if (body.schemaVersion !== 2) {
        return refuse("its schemaVersion is not 2");
    }
    return isIndexType(mediaType) ? readIndex(body, mediaType) : readImage(body, mediaType);
}

/**
 * What a referrers list shows as a manifest's artifact type: its own, else its config's media type (OCI
 * distribution-spec 1.1, "Listing Referrers"). An index without one has none.
 */
export function referrerType(manifest: Manifest): string | undefined {
    return manifest.artifactType ?? manifest.config?.mediaType;
}

const refuse: Refuse = (why) => {
    throw new InvalidManifestError("MANIFEST_INVALID", `This is not a manifest that can be carried: ${why}.`);
};

function schema1(): InvalidManifestError {
    return new InvalidManifestError(
        "MANIFEST_SCHEMA1",
        "This image is in Docker's schema 1, which registries of today refuse and whose digest is not of its bytes: " +
            "pull it and push it again with a current client.",
    );
}

function readJson(bytes: Uint8Array): JsonObject {
    let body: unknown;
    try {
        // ignoreBOM keeps a byte order mark in the text, where JSON refuses it, as Go's readers do.
        body = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
        return refuse("it is not JSON");
    }
    return isObject(body) ? body : refuse("it is not a JSON object");
}

function mediaTypeOf(body: JsonObject, declared: string | undefined): string {
    const inBody = readText(body.mediaType, "mediaType", refuse);
    if (inBody !== undefined && declared !== undefined && inBody !== declared) {
        return refuse(`its mediaType is ${quote(inBody)}, but it was served as ${quote(declared)}`);
    }
    const mediaType = inBody ?? declared ?? guess(body);
    return isManifestType(mediaType) ? mediaType : refuse(`its media type ${quote(mediaType)} is not supported`);
}

/** OCI leaves the media type optional in the body; then the shape decides, which `refuseAmbiguous` makes certain. */
function guess(body: JsonObject): string {
    if (body.manifests !== undefined) {
        return MediaType.ociIndex;
    }
    return body.config !== undefined || body.layers !== undefined
        ? MediaType.ociManifest
        : refuse("it has neither children nor layers");
}

const SHAPE = ["manifests", "layers", "config", "blobs", "mediaType", "schemaVersion", "fsLayers", "subject"] as const;

function refuseAmbiguous(body: JsonObject, mediaType: string): void {
    const others = isIndexType(mediaType)
        ? ["layers", "config", "blobs"]
        : isImageManifestType(mediaType)
          ? ["manifests", "blobs"]
          : ["manifests", "layers", "config"];
    const other = others.find((key) => body[key] !== undefined);
    if (other !== undefined) {
        refuse(`it is served as ${quote(mediaType)} and has ${quote(other)} too, so that two readers could disagree`);
    }
    // Go's readers match keys without regard to case: "Layers" would be layers to them and nothing to us.
    const names = new Map(SHAPE.map((key) => [key.toLowerCase(), key as string]));
    const odd = Object.keys(body).find((key) => (names.get(key.toLowerCase()) ?? key) !== key);
    if (odd !== undefined) {
        refuse(`its key ${quote(odd)} differs from the specified one by case only, so that two readers could disagree`);
    }
}

function readCommon(body: JsonObject) {
    const subject = body.subject ?? undefined;
    return {
        ...present("subject", subject === undefined ? undefined : readDescriptor(subject, "subject", refuse)),
        ...present("artifactType", readText(body.artifactType, "artifactType", refuse)),
        ...present("annotations", readAnnotations(body.annotations, "annotations", refuse)),
    };
}

function readIndex(body: JsonObject, mediaType: string): Manifest {
    const manifests = readDescriptors(body.manifests, "manifests", refuse);
    return { kind: "index", mediaType, manifests, layers: [], ...readCommon(body) };
}

function readImage(body: JsonObject, mediaType: string): Manifest {
    const config = readDescriptor(body.config, "config", refuse);
    const layers = readDescriptors(body.layers, "layers", refuse);
    const common = readCommon(body);
    const isImage = isImageConfigType(config.mediaType) && common.artifactType === undefined;
    return { kind: isImage ? "image" : "artifact", mediaType, manifests: [], config, layers, ...common };
}

function readOldArtifact(body: JsonObject): Manifest {
    const layers = readDescriptors(body.blobs ?? null, "blobs", refuse);
    return { kind: "artifact", mediaType: MediaType.ociArtifactManifest, manifests: [], layers, ...readCommon(body) };
}
