import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactText, redactUrl } from "../../core/registry";
import { endpointOf, resolveLocation } from "../../core/registry/endpoint";
import { backoffMs, retryAfterMs } from "../../core/registry/http/backoff";
import { nextLink } from "../../core/registry/http/link";
import { readRateLimit } from "../../core/registry/http/rate-limit";

describe("Link", () => {
    it.each([
        [undefined, undefined],
        ["", undefined],
        ['</v2/a/tags/list?n=2&last=b>; rel="next"', "/v2/a/tags/list?n=2&last=b"],
        ["<https://h/v2/x>; rel=next", "https://h/v2/x"],
        ['<a>; rel="prev", <b>; rel="next"', "b"],
        ['<a,b;c>; title="x, y"; rel="last next"', "a,b;c"],
        ['<a>;rel="NEXT"', "a"],
        ['<a>; rel="nextish"', undefined],
        ['<>; rel="next"', undefined],
        ["<a; rel=next", undefined],
        ['<a>; title="\\", <b>; rel=next"', undefined],
    ])("%j leads to %j", (header, expected) => {
        expect(nextLink(header)).toBe(expected);
    });

    it("never throws and always ends", () => {
        const pieces = fc.constantFrom("<", ">", ";", ",", '"', "\\", "rel", "=", "next", " ");
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.string(),
                    fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
                ),
                (header) => {
                    expect(["string", "undefined"]).toContain(typeof nextLink(header));
                },
            ),
            { numRuns: 1000 },
        );
    });
});

describe("Retry-After", () => {
    const now = Date.parse("2026-01-02T03:04:05Z");
    it.each([
        [undefined, undefined],
        ["", undefined],
        ["0", 0],
        ["7", 7000],
        ["1.5", 1500],
        ["-1", undefined],
        ["Fri, 02 Jan 2026 03:04:35 GMT", 30_000],
        ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
        ["5 apples", undefined],
        ["soon", undefined],
    ])("%j is %j ms", (header, expected) => {
        expect(retryAfterMs(header, now)).toBe(expected);
    });

    it("is replaced by an exponential pause with jitter where it is missing", () => {
        const retry = { attempts: 5, totalMs: 1e6, baseMs: 100, maxMs: 1000 };
        expect([1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, retry, () => 0.5))).toEqual([
            100, 200, 400, 800, 1000,
        ]);
        expect([0, 0.999].map((random) => backoffMs(1, retry, () => random))).toEqual([50, 150]);
    });
});

describe("Docker Hub's headers", () => {
    it("tell limit, rest, window and whom they count", () => {
        expect(
            readRateLimit({
                "ratelimit-limit": "100;w=21600",
                "ratelimit-remaining": "76;w=21600",
                "docker-ratelimit-source": "192.0.2.1",
            }),
        ).toEqual({ limit: 100, remaining: 76, windowSeconds: 21600, source: "192.0.2.1" });
    });

    it.each([{}, { "ratelimit-limit": "100" }, { "ratelimit-limit": "x", "ratelimit-remaining": "1" }])(
        "%j tell nothing",
        (headers) => {
            expect(readRateLimit(headers)).toBeUndefined();
        },
    );
});

describe("a Location", () => {
    const endpoint = endpointOf("registry.example.com");
    const base = "https://registry.example.com/v2/a/blobs/uploads/";
    it.each([
        ["/v2/a/blobs/uploads/1?_state=x", "https://registry.example.com/v2/a/blobs/uploads/1?_state=x"],
        ["https://cdn.example.com/x", "https://cdn.example.com/x"],
        ["http://registry.example.com/v2/a", "https://registry.example.com/v2/a"],
        ["http://cdn.example.com/x", "http://cdn.example.com/x"],
        ["https://user:pw@cdn.example.com/x#f", "https://cdn.example.com/x"],
        ["file:///etc/passwd", undefined],
        ["https://", undefined],
    ])("%j is %j", (location, expected) => {
        expect(resolveLocation(location, base, endpoint)?.href).toBe(expected);
    });
});

describe("redaction", () => {
    it("keeps what says what was asked and hides everything else of a query", () => {
        expect(redactUrl("https://u:p@cdn/x?X-Amz-Signature=abc&n=5&digest=sha256:ab&sig=s#frag")).toBe(
            "https://cdn/x?X-Amz-Signature=REDACTED&n=5&digest=sha256:ab&sig=REDACTED",
        );
        expect(redactUrl("no url//a:b@c?token=x")).toBe("no url//c");
    });

    it("hides Authorization values, known secrets and queries in a stranger's text", () => {
        const text = 'got "Bearer abc.def-g" and hunter22 from https://s3/x?X-Amz-Credential=AKIA\nsecond line';
        expect(redactText(text, ["hunter22"])).toBe(
            'got "Bearer REDACTED" and REDACTED from https://s3/x?X-Amz-Credential=REDACTED second line',
        );
        expect(redactText("x".repeat(1000))).toHaveLength(300);
    });

    it("lets no value through, whatever the parameter is called", () => {
        const secret = "s3cr3t-value-0123456789";
        const harmless = ["n", "last", "digest", "mount", "from", "service", "scope", "artifactType", "ns"];
        const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !harmless.includes(text));
        fc.assert(
            fc.property(name, fc.webUrl(), (parameter, url) => {
                const target = new URL(url);
                target.searchParams.append(parameter, secret);
                target.username = secret;
                target.password = secret;
                expect(redactUrl(target.href)).not.toContain(secret);
                expect(redactText(`failed: ${target.href} !`, [])).not.toContain(secret);
                expect(redactText(`it was ${secret}`, [secret])).not.toContain(secret);
            }),
        );
    });
});
