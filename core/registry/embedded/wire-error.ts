/**
 * An answer other than success, in the form of the OCI distribution-spec 1.1, "Error Codes". It is for the wire only:
 * thrown by a handler, written by the server as `{"errors":[{"code","message","detail"}]}`.
 */
export class WireError extends Error {
    override readonly name: string = "WireError";

    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly headers: Readonly<Record<string, string>> = {},
        readonly detail?: unknown,
    ) {
        super(message);
    }

    body(): string {
        const detail = this.detail === undefined ? {} : { detail: this.detail };
        return `${JSON.stringify({ errors: [{ code: this.code, message: this.message, ...detail }] })}\n`;
    }
}

export function nameUnknown(repository: string): WireError {
    return new WireError(404, "NAME_UNKNOWN", "repository name not known to registry", {}, { name: repository });
}

export function manifestUnknown(repository: string, reference: string): WireError {
    return new WireError(404, "MANIFEST_UNKNOWN", "manifest unknown", {}, { name: repository, reference });
}

export function blobUnknown(digest: string): WireError {
    return new WireError(404, "BLOB_UNKNOWN", "blob unknown to registry", {}, { digest });
}

export function uploadUnknown(): WireError {
    return new WireError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
}

export function digestInvalid(message: string): WireError {
    return new WireError(400, "DIGEST_INVALID", message);
}

export function manifestInvalid(message: string): WireError {
    return new WireError(400, "MANIFEST_INVALID", message);
}
