import type { IncomingHttpHeaders } from "node:http";

/** Status line and headers of a response; of a HEAD's that is all there is (RFC 9112, sections 4 to 6.3). */
export interface ResponseHead {
    readonly status: number;
    /** Names in lower case; one that comes again has a list. */
    readonly headers: IncomingHttpHeaders;
    /** The connection may carry another request. */
    readonly reusable: boolean;
    /** Characters of the text that it took, the empty line included. */
    readonly length: number;
}

/** What was received is no HTTP. The code is of the family that Node's own parser uses. */
export class HttpSyntaxError extends Error {
    readonly code: string;

    constructor(code: string, message: string) {
        super(message);
        this.name = "HTTPParserError";
        this.code = code;
    }
}

/** As Node's parser: what is longer is no answer but an attack or a mistake. */
const MAX_HEAD = 16 * 1024;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+\-.^_`|~\w]+):[\t ]*(.*?)[\t ]*$/;
/** A control character in a value is either a fault or an attempt to hide a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Reads a head from the beginning of what was received (as latin1); `undefined` while there is more to come.
 *
 * @throws HttpSyntaxError
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
    if (!"HTTP/1.".startsWith(text.slice(0, 7))) {
        throw new HttpSyntaxError("HPE_INVALID_CONSTANT", "the answer does not begin with HTTP/1");
    }
    const end = text.indexOf("\r\n\r\n");
    if (end > MAX_HEAD || (end < 0 && text.length > MAX_HEAD)) {
        throw new HttpSyntaxError("HPE_HEADER_OVERFLOW", `the headers are longer than ${MAX_HEAD} bytes`);
    }
    if (end < 0) {
        return undefined;
    }
    const [statusLine = "", ...fields] = text.slice(0, end).split("\r\n");
    const [, minor, status] = STATUS_LINE.exec(statusLine) ?? [];
    if (status === undefined) {
        throw new HttpSyntaxError("HPE_INVALID_STATUS", "the status line is none");
    }
    const headers = parseFields(fields);
    const connection = String(headers.connection ?? "").toLowerCase();
    return {
        status: Number(status),
        headers,
        reusable: minor === "1" ? !connection.includes("close") : connection.includes("keep-alive"),
        length: end + 4,
    };
}

function parseFields(fields: readonly string[]): IncomingHttpHeaders {
    const headers: Record<string, string | string[]> = Object.create(null);
    for (const field of fields) {
        const [, name, value] = FIELD.exec(field) ?? [];
        if (name === undefined || value === undefined || CONTROL.test(value)) {
            throw new HttpSyntaxError("HPE_INVALID_HEADER_TOKEN", "a header is none");
        }
        const key = name.toLowerCase();
        const before = headers[key];
        headers[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
    }
    return headers;
}
