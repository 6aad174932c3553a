import { HttpSyntaxError, type ResponseHead } from "./response-head";

/** Where a response's body ends (RFC 9112, section 6.3). */
export interface MessageFraming {
    /** All of it has been taken. */
    readonly done: boolean;
    /** It ends where the connection does, which therefore carries nothing after it. */
    readonly untilClose: boolean;
    /** Bytes that are still to come, where that is known. */
    readonly wanted?: number;
    /**
     * Takes what was received.
     *
     * @param give called with each piece of the body, a view of `chunk`
     * @returns bytes that were part of this message; what follows is not
     * @throws HttpSyntaxError
     */
    take(chunk: Buffer, give: (piece: Buffer) => void): number;
}

/** The framing of an answer to anything but a HEAD. @throws HttpSyntaxError for lengths that make no sense */
export function framingOf({ status, headers }: ResponseHead): MessageFraming {
    if (status === 204 || status === 304) {
        return new LengthFraming(0);
    }
    const coding = String(headers["transfer-encoding"] ?? "").toLowerCase();
    if (coding !== "") {
        return /(?:^|,)[\t ]*chunked$/.test(coding) ? new ChunkedFraming() : new CloseFraming();
    }
    const lengths = [headers["content-length"] ?? []].flat();
    if (lengths.length === 0) {
        return new CloseFraming();
    }
    const [length = ""] = lengths;
    if (!/^\d{1,15}$/.test(length) || lengths.some((other) => other !== length)) {
        throw new HttpSyntaxError("HPE_INVALID_CONTENT_LENGTH", "the length of the body is no number");
    }
    return new LengthFraming(Number(length));
}

class LengthFraming implements MessageFraming {
    readonly untilClose = false;
    wanted: number;

    constructor(length: number) {
        this.wanted = length;
    }

    get done(): boolean {
        return this.wanted === 0;
    }

    take(chunk: Buffer, give: (piece: Buffer) => void): number {
        const length = Math.min(chunk.length, this.wanted);
        this.wanted -= length;
        if (length > 0) {
            give(length === chunk.length ? chunk : chunk.subarray(0, length));
        }
        return length;
    }
}

class CloseFraming implements MessageFraming {
    readonly untilClose = true;
    readonly done = false;

    take(chunk: Buffer, give: (piece: Buffer) => void): number {
        give(chunk);
        return chunk.length;
    }
}

/** A size line, with an extension that nobody uses, or a trailer. */
const MAX_LINE = 4096;

/** RFC 9112, section 7.1: size, data, size, data, ... 0, trailers, an empty line. */
class ChunkedFraming implements MessageFraming {
    readonly untilClose = false;
    done = false;
    #line = "";
    /** Bytes of the chunk that are still to come. */
    #left = 0;
    /** What the next line is. */
    #next: "size" | "end of chunk" | "trailer" = "size";

    take(chunk: Buffer, give: (piece: Buffer) => void): number {
        let at = 0;
        while (at < chunk.length && !this.done) {
            if (this.#left > 0) {
                const length = Math.min(this.#left, chunk.length - at);
                this.#left -= length;
                give(chunk.subarray(at, at + length));
                at += length;
            } else {
                at = this.#readLine(chunk, at);
            }
        }
        return at;
    }

    #readLine(chunk: Buffer, from: number): number {
        const end = chunk.indexOf(10, from);
        const to = end < 0 ? chunk.length : end + 1;
        if (this.#line.length + to - from > MAX_LINE) {
            throw new HttpSyntaxError("HPE_INVALID_CHUNK_SIZE", "a chunk of the body has no size");
        }
        this.#line += chunk.toString("latin1", from, to);
        if (end >= 0) {
            const line = this.#line;
            this.#line = "";
            this.#takeLine(line);
        }
        return to;
    }

    #takeLine(line: string): void {
        if (!line.endsWith("\r\n")) {
            throw new HttpSyntaxError("HPE_LF_EXPECTED", "a line of the body has no right end");
        }
        const text = line.slice(0, -2);
        if (this.#next === "trailer") {
            this.done = text === "";
        } else if (this.#next === "end of chunk") {
            if (text !== "") {
                throw new HttpSyntaxError("HPE_STRICT", "a chunk of the body is longer than its size");
            }
            this.#next = "size";
        } else {
            const size = /^([\da-f]{1,12})[\t ]*(?:;.*)?$/i.exec(text)?.[1];
            if (size === undefined) {
                throw new HttpSyntaxError("HPE_INVALID_CHUNK_SIZE", "a chunk of the body has no size");
            }
            this.#left = Number.parseInt(size, 16);
            this.#next = this.#left === 0 ? "trailer" : "end of chunk";
        }
    }
}
