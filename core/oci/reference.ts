import { isIPv6 } from "node:net";
import { TransshipError } from "../errors";
import { InvalidDigestError, isDigest, parseDigest } from "./digest";
import { quote } from "./text";

/** The name of an image at a registry. Plain JSON. */
export interface Reference {
    /** Host with an optional port: `docker.io`, `127.0.0.1:5001`, `[::1]:5000`. */
    readonly registry: string;
    /** Path below the host: `library/nginx`. */
    readonly repository: string;
    readonly tag?: string;
    readonly digest?: string;
}

/** A text that names no image. Code `REFERENCE_INVALID`. */
export class InvalidReferenceError extends TransshipError {
    override readonly name: string = "InvalidReferenceError";

    constructor(message: string, options?: { readonly cause?: unknown }) {
        super("REFERENCE_INVALID", message, options);
    }
}

/** Of host, slash and repository together: OCI distribution-spec, "Pulling manifests"; Docker enforces it. */
const LONGEST_NAME = 255;
/** The longest text that can be valid: a name, a tag of 128 and a sha512 digest. Longer ones are not looked at. */
const LONGEST_TEXT = LONGEST_NAME + 1 + 128 + 1 + 135;

const DOCKER_HUB = "docker.io";
const DOCKER_HUB_ALIASES = new Set([DOCKER_HUB, "index.docker.io", "registry-1.docker.io"]);

const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DOMAIN = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const HOST = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/** True for the path of a repository: lower case, components separated by single slashes. */
export function isRepositoryPath(text: string): boolean;
export function isRepositoryPath(text: unknown): text is string;
export function isRepositoryPath(text: unknown): text is string {
    return typeof text === "string" && text.length <= LONGEST_NAME && PATH.test(text);
}

/** True for a tag: at most 128 word characters, dots and dashes, the first a word character. */
export function isTag(text: string): boolean;
export function isTag(text: unknown): text is string;
export function isTag(text: unknown): text is string {
    return typeof text === "string" && TAG.test(text);
}

/**
 * True for a host name, an IPv4 address or an IPv6 address in brackets, with an optional port. Docker's grammar, but
 * that an IPv6 address must be one and a port at most 65535: both would fail later, where the message is worse.
 */
export function isHost(text: string): boolean;
export function isHost(text: unknown): text is string;
export function isHost(text: unknown): text is string {
    if (typeof text !== "string" || text.length > LONGEST_NAME) {
        return false;
    }
    const [, name, port] = HOST.exec(text) ?? [];
    if (name === undefined || Number(port ?? 1) > 65535) {
        return false;
    }
    return name.startsWith("[") ? isIPv6(name.slice(1, -1)) : DOMAIN.test(name);
}

/**
 * Reads a reference by Docker's rules (github.com/distribution/reference): without a host it is docker.io's, where a
 * single name is `library/…`. The first component is a host when it has a dot or a port, is `localhost`, or has upper
 * case. No tag is added where none is given.
 *
 * @throws InvalidReferenceError
 */
export function parseReference(text: string): Reference {
    if (typeof text !== "string" || text.length === 0 || text.length > LONGEST_TEXT) {
        throw invalid(text, typeof text === "string" && text ? "it is too long" : "it is empty");
    }
    refuseOtherThings(text);
    const { name, tag, digest } = splitSuffixes(text);
    const { registry, repository } = splitHost(name);
    if (name.startsWith("[") && !name.includes("/")) {
        throw invalid(text, "it names no repository");
    }
    if (registry.length + 1 + repository.length > LONGEST_NAME) {
        throw invalid(text, `host and repository together may have ${LONGEST_NAME} characters`);
    }
    if (!isHost(registry)) {
        throw invalid(text, `${quote(registry)} is not a host with an optional port`);
    }
    if (!isRepositoryPath(repository)) {
        throw invalid(text, whyNotPath(repository.replace(/^library\//, "")));
    }
    if (tag !== undefined && !isTag(tag)) {
        throw invalid(text, `${quote(tag)} is not a tag (letters, digits, ".", "_" and "-", at most 128)`);
    }
    if (digest !== undefined) {
        requireDigest(text, digest);
    }
    return {
        registry,
        repository,
        ...(tag === undefined ? {} : { tag }),
        ...(digest === undefined ? {} : { digest }),
    };
}

/** The canonical text: `docker.io/library/nginx:1@sha256:…`. Parsing it gives the same reference back. */
export function formatReference(reference: Reference): string {
    const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
    const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
    return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** Things that the grammar would take for a name, or refuse without telling why. */
function refuseOtherThings(text: string): void {
    if (isDigest(text) || /^[0-9a-f]{64}$/.test(text)) {
        throw invalid(text, "it is an image id or a bare digest; name its repository too, as in repository@sha256:…");
    }
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[0];
    if (scheme !== undefined) {
        throw invalid(text, `leave out ${quote(scheme)}`);
    }
    if (text !== text.trim()) {
        throw invalid(text, "it begins or ends with white space");
    }
}

function splitSuffixes(text: string): { name: string; tag?: string; digest?: string } {
    const at = text.indexOf("@");
    const digest = at < 0 ? undefined : text.slice(at + 1);
    const rest = at < 0 ? text : text.slice(0, at);
    // A colon before the last slash belongs to the port, one without a slash to the tag: "test.com:5000" has a tag.
    const colon = rest.indexOf(":", rest.lastIndexOf("/") + 1);
    return colon < 0 ? { name: rest, digest } : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

function splitHost(name: string): { registry: string; repository: string } {
    const slash = name.indexOf("/");
    const first = slash < 0 ? "" : name.slice(0, slash);
    const isHostLike = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
    const registry = isHostLike ? first : DOCKER_HUB;
    const repository = isHostLike ? name.slice(slash + 1) : name;
    if (!DOCKER_HUB_ALIASES.has(registry)) {
        return { registry, repository };
    }
    return { registry: DOCKER_HUB, repository: repository.includes("/") ? repository : `library/${repository}` };
}

function whyNotPath(path: string): string {
    if (path === "") {
        return "it names no repository";
    }
    if (path !== path.toLowerCase()) {
        return `the repository must be lower case: write ${quote(path.toLowerCase())}`;
    }
    return `${quote(path)} is not a repository (lower-case letters and digits, separated by ".", "_", "__", "-" and "/")`;
}

function requireDigest(text: string, digest: string): void {
    try {
        parseDigest(digest);
    } catch (error) {
        throw error instanceof InvalidDigestError
            ? new InvalidReferenceError(`${quote(text)} is not an image reference: ${error.message}`, { cause: error })
            : error;
    }
}

function invalid(text: unknown, why: string): InvalidReferenceError {
    return new InvalidReferenceError(`${quote(text)} is not an image reference: ${why}.`);
}
