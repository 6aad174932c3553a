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
const STATUS_LINE = /HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;
/** A control character in a value is either a fault or an attempt to hide a header. */
const FIELD = /([!#$%&'*+\-.^_`|~\w]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)\r\n/y;
const BLANK_END = /[\t ]+$/;

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
    // Matched by index and in place: destructured arrays and copies of each line cost as much as the matching.
    STATUS_LINE.lastIndex = 0;
    const line = STATUS_LINE.exec(text);
    if (line === null) {
        throw new HttpSyntaxError("HPE_INVALID_STATUS", "the status line is none");
    }
    const headers = parseFields(text, STATUS_LINE.lastIndex, end + 2);
    const connection = String(headers.connection ?? "").toLowerCase();
    return {
        status: Number(line[2]),
        headers,
        reusable: line[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive"),
        length: end + 4,
    };
}

/**
 * Takes the head of the answer itself, past those that a server sends before it (100, 103).
 *
 * @returns the head, `undefined` while there is more to come, and the text behind what was read
 * @throws HttpSyntaxError
 */
export function takeFinalHead(text: string): { readonly head: ResponseHead | undefined; readonly rest: string } {
    let rest = text;
    for (;;) {
        const head = parseResponseHead(rest);
        if (head === undefined) {
            return { head, rest };
        }
        if (head.status === 101) {
            throw new HttpSyntaxError("HPE_INVALID_STATUS", "the server changed to another protocol");
        }
        rest = rest.slice(head.length);
        if (head.status >= 200) {
            return { head, rest };
        }
    }
}

function parseFields(text: string, start: number, end: number): IncomingHttpHeaders {
    const headers: Record<string, string | string[]> = Object.create(null);
    FIELD.lastIndex = start;
    while (FIELD.lastIndex < end) {
        const field = FIELD.exec(text);
        if (field === null) {
            throw new HttpSyntaxError("HPE_INVALID_HEADER_TOKEN", "a header is none");
        }
        const name = (field[1] as string).toLowerCase();
        const value = (field[2] as string).replace(BLANK_END, "");
        const before = headers[name];
        headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
    }
    return headers;
}
