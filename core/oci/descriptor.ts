import { isDigest } from "./digest";
import type { Platform } from "./platform";
import { quote } from "./text";

/** Points at content by digest. OCI image-spec, descriptor.md. */
export interface Descriptor {
    readonly mediaType: string;
    readonly digest: string;
    /** Bytes. */
    readonly size: number;
    readonly platform?: Platform;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly artifactType?: string;
    readonly urls?: readonly string[];
    /** The content itself, base64; not verified here. */
    readonly data?: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;
/** Ends reading with a sentence about the place; the caller makes it its own error. */
export type Refuse = (why: string) => never;

/** Names of child media types end up in request headers: anything beyond printable ASCII is refused. */
const MEDIA_TYPE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

export function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a descriptor: strict on media type, digest and size, and on the type of whatever else is there. */
export function readDescriptor(value: unknown, at: string, refuse: Refuse): Descriptor {
    if (!isObject(value)) {
        return refuse(`${at} is not a descriptor`);
    }
    const { mediaType, digest, size } = value;
    if (typeof mediaType !== "string" || !MEDIA_TYPE.test(mediaType)) {
        return refuse(`${at}.mediaType is not a media type`);
    }
    if (!isDigest(digest)) {
        return refuse(`${at}.digest is not a sha256 or sha512 digest (${quote(digest)})`);
    }
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
        return refuse(`${at}.size is not a number of bytes`);
    }
    return {
        mediaType,
        digest,
        size,
        ...present("platform", readPlatform(value.platform, `${at}.platform`, refuse)),
        ...present("annotations", readAnnotations(value.annotations, `${at}.annotations`, refuse)),
        ...present("artifactType", readText(value.artifactType, `${at}.artifactType`, refuse)),
        ...present("urls", readTexts(value.urls, `${at}.urls`, refuse)),
        ...present("data", readText(value.data, `${at}.data`, refuse)),
    };
}

/** A list of descriptors. Go writes an empty list as `null`, and reads it so: that is not worth an error. */
export function readDescriptors(value: unknown, at: string, refuse: Refuse): Descriptor[] {
    if (value === null) {
        return [];
    }
    if (!Array.isArray(value)) {
        return refuse(`${at} is not a list`);
    }
    return value.map((item, index) => readDescriptor(item, `${at}[${index}]`, refuse));
}

/** Text or nothing; the empty text is nothing, as Go's `omitempty` has it. */
export function readText(value: unknown, at: string, refuse: Refuse): string | undefined {
    if (value === undefined || value === null || value === "") {
        return undefined;
    }
    return typeof value === "string" ? value : refuse(`${at} is not a text`);
}

export function readAnnotations(value: unknown, at: string, refuse: Refuse): Record<string, string> | undefined {
    if (value === undefined || value === null) {
        return undefined;
    }
    if (!isObject(value) || Object.values(value).some((text) => typeof text !== "string")) {
        return refuse(`${at} is not a map of texts`);
    }
    // fromEntries defines own properties, so that a key "__proto__" stays a key.
    return Object.fromEntries(Object.entries(value)) as Record<string, string>;
}

function readTexts(value: unknown, at: string, refuse: Refuse): string[] | undefined {
    if (value === undefined || value === null) {
        return undefined;
    }
    if (!Array.isArray(value) || value.some((text) => typeof text !== "string")) {
        return refuse(`${at} is not a list of texts`);
    }
    return value as string[];
}

/** A platform without its system or architecture says nothing: it is left out, not an error (Docker wrote such). */
function readPlatform(value: unknown, at: string, refuse: Refuse): Platform | undefined {
    if (value === undefined || value === null) {
        return undefined;
    }
    if (!isObject(value)) {
        return refuse(`${at} is not a platform`);
    }
    const os = readText(value.os, `${at}.os`, refuse);
    const architecture = readText(value.architecture, `${at}.architecture`, refuse);
    const rest = {
        ...present("variant", readText(value.variant, `${at}.variant`, refuse)),
        ...present("os.version", readText(value["os.version"], `${at}["os.version"]`, refuse)),
        ...present("os.features", readTexts(value["os.features"], `${at}["os.features"]`, refuse)),
    };
    return os === undefined || architecture === undefined ? undefined : { os, architecture, ...rest };
}

/** A property only where there is a value: results compare equal to what was written. */
export function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
    return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
