import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpSyntaxError, parseResponseHead } from "../../core/registry/http/response-head";

const OK = "HTTP/1.1 200 OK\r\nDocker-Content-Digest: sha256:00\r\nContent-Length: 12\r\n\r\n";

describe("The head of a response", () => {
    it("is its status and its headers, names in lower case", () => {
        const head = parseResponseHead(OK);
        expect(head).toMatchObject({ status: 200, reusable: true, length: OK.length });
        expect({ ...head?.headers }).toEqual({ "docker-content-digest": "sha256:00", "content-length": "12" });
    });

    it("is not there yet while any of it is missing", () => {
        for (let length = 0; length < OK.length; length++) {
            expect(parseResponseHead(OK.slice(0, length)), `${length} characters`).toBeUndefined();
        }
    });

    it("ends where the next thing begins", () => {
        expect(parseResponseHead(`${OK}HTTP/1.1 404 Not Found\r\n\r\n`)?.length).toBe(OK.length);
    });

    it("keeps a header that comes again as a list", () => {
        const head = parseResponseHead(
            'HTTP/1.1 401 \r\nWWW-Authenticate: Bearer realm="a"\r\nwww-authenticate:Basic\r\n\r\n',
        );
        expect(head?.headers["www-authenticate"]).toEqual(['Bearer realm="a"', "Basic"]);
    });

    it("takes a header's name for a name, whatever objects know by themselves", () => {
        const head = parseResponseHead("HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\n\r\n");
        expect(Object.keys(head?.headers ?? {})).toEqual(["__proto__", "constructor"]);
        expect(head?.headers.constructor).toBe("y");
    });

    it.each([
        ["HTTP/1.1 200 OK", "", true],
        ["HTTP/1.1 200 OK", "Connection: close\r\n", false],
        ["HTTP/1.1 200 OK", "Connection: Keep-Alive, Close\r\n", false],
        ["HTTP/1.0 200 OK", "", false],
        ["HTTP/1.0 200 OK", "Connection: keep-alive\r\n", true],
    ])("tells of %j with %j whether the connection goes on: %j", (line, field, reusable) => {
        expect(parseResponseHead(`${line}\r\n${field}\r\n`)?.reusable).toBe(reusable);
    });

    it.each([
        ["SSH-2.0-OpenSSH_9.2", "HPE_INVALID_CONSTANT"],
        ["\x15\x03\x01\x00\x02\x02\x16", "HPE_INVALID_CONSTANT"],
        ["HTTP/2 200 OK\r\n\r\n", "HPE_INVALID_CONSTANT"],
        ["HTTP/1.1 OK\r\n\r\n", "HPE_INVALID_STATUS"],
        ["HTTP/1.1 2000 OK\r\n\r\n", "HPE_INVALID_STATUS"],
        ["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"],
        ["HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"],
        ["HTTP/1.1 200 OK\r\nname : b\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"],
        ["HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"],
        ["HTTP/1.1 200 OK\r\na: b\0\r\n\r\n", "HPE_INVALID_HEADER_TOKEN"],
        [`HTTP/1.1 200 OK\r\na: ${"b".repeat(17_000)}`, "HPE_HEADER_OVERFLOW"],
    ])("refuses %j with %s", (text, code) => {
        expect(() => parseResponseHead(text)).toThrow(expect.objectContaining({ name: "HTTPParserError", code }));
    });

    it("throws nothing but its own error, whatever comes", () => {
        const pieces = fc.constantFrom(
            "HTTP/1.1 ",
            "200 OK",
            "\r\n",
            "\r\n\r\n",
            "\n",
            ":",
            " ",
            "a",
            "\0",
            "\x7f",
            "é",
        );
        const text = fc.oneof(
            fc.string(),
            fc.array(fc.oneof(pieces, fc.string())).map((parts) => `HTTP/1.1 200 OK\r\n${parts.join("")}`),
        );
        fc.assert(
            fc.property(text, (received) => {
                try {
                    const head = parseResponseHead(received);
                    expect(head === undefined || head.length <= received.length).toBe(true);
                } catch (error) {
                    expect(error).toBeInstanceOf(HttpSyntaxError);
                }
            }),
        );
    });
});
