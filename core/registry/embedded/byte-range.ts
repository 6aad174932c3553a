/** First and last byte, both included. */
export interface ByteRange {
    readonly first: number;
    readonly last: number;
}

/**
 * Reads a `Range` header against content of `size` bytes. RFC 9110, section 14.1.2.
 *
 * @returns the range; `"all"` without a header, for another unit, several ranges or text that is no range (which may
 *   be ignored); `"unsatisfiable"` for one that lies outside or runs backwards (416)
 */
export function parseRange(header: string | undefined, size: number): ByteRange | "all" | "unsatisfiable" {
    const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
    if (match === null || (match[1] === "" && match[2] === "")) {
        return "all";
    }
    if (match[1] === "") {
        const length = Math.min(Number(match[2]), size);
        return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
    }
    const first = Number(match[1]);
    const last = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
    return first > last ? "unsatisfiable" : { first, last };
}

/**
 * Reads the `Content-Range` of a chunk: `<first>-<last>` (OCI distribution-spec 1.1, "Pushing a blob in chunks"), also
 * with the `bytes` and the total that HTTP knows.
 */
export function parseContentRange(header: string): ByteRange | undefined {
    const match = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(header.trim());
    if (match === null) {
        return undefined;
    }
    const range = { first: Number(match[1]), last: Number(match[2]) };
    return range.last >= range.first && Number.isSafeInteger(range.last) ? range : undefined;
}
