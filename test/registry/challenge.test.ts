import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTokenAnswer, tokenPath, tokenServiceOf } from "../../core/registry/auth/bearer";
import { parseChallenges } from "../../core/registry/auth/challenge";
import { mergeScopes } from "../../core/registry/auth/scope";
import { endpointOf } from "../../core/registry/endpoint";

describe("WWW-Authenticate", () => {
    const rows: [string, string | string[] | undefined, unknown][] = [
        ["nothing", undefined, []],
        ["an empty header", "", []],
        ["a scheme alone", "Negotiate", [{ scheme: "negotiate", parameters: {} }]],
        ["a token68", "Negotiate YIIJvwYGKw==", [{ scheme: "negotiate", parameters: {}, token68: "YIIJvwYGKw==" }]],
        ["Basic", 'Basic realm="Registry"', [{ scheme: "basic", parameters: { realm: "Registry" } }]],
        [
            "Docker Hub's",
            'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
            [
                {
                    scheme: "bearer",
                    parameters: {
                        realm: "https://auth.docker.io/token",
                        service: "registry.docker.io",
                        scope: "repository:library/nginx:pull",
                    },
                },
            ],
        ],
        [
            "a comma inside a quoted string",
            'Bearer realm="https://x/t",scope="repository:a/b:pull,push"',
            [{ scheme: "bearer", parameters: { realm: "https://x/t", scope: "repository:a/b:pull,push" } }],
        ],
        [
            "an escaped quote",
            String.raw`Basic realm="a \"b\" \\c"`,
            [{ scheme: "basic", parameters: { realm: 'a "b" \\c' } }],
        ],
        [
            "two challenges in one header",
            'Basic realm="one", Bearer realm="https://x/t" , service=s',
            [
                { scheme: "basic", parameters: { realm: "one" } },
                { scheme: "bearer", parameters: { realm: "https://x/t", service: "s" } },
            ],
        ],
        [
            "two headers",
            ['Basic realm="one"', 'Bearer realm="two"'],
            [
                { scheme: "basic", parameters: { realm: "one" } },
                { scheme: "bearer", parameters: { realm: "two" } },
            ],
        ],
        [
            "a token68 and then another challenge",
            'Negotiate abc=, Basic realm="x"',
            [
                { scheme: "negotiate", parameters: {}, token68: "abc=" },
                { scheme: "basic", parameters: { realm: "x" } },
            ],
        ],
        ["spaces around the equals sign", 'Basic realm = "x"', [{ scheme: "basic", parameters: { realm: "x" } }]],
        [
            "upper-case names and a missing comma",
            'BEARER Realm="https://x/t" Service="s"',
            [{ scheme: "bearer", parameters: { realm: "https://x/t", service: "s" } }],
        ],
        [
            "an unquoted URL",
            "Bearer realm=https://x/t,service=s",
            [{ scheme: "bearer", parameters: { realm: "https://x/t", service: "s" } }],
        ],
        ["a quote that never ends", 'Basic realm="x', [{ scheme: "basic", parameters: { realm: "x" } }]],
        ["a name that comes twice", "Basic realm=a,realm=b", [{ scheme: "basic", parameters: { realm: "a" } }]],
        ["leading commas", ', ,Basic realm="x"', [{ scheme: "basic", parameters: { realm: "x" } }]],
        ["rubbish before a challenge", '"?", Basic realm="x"', [{ scheme: "basic", parameters: { realm: "x" } }]],
    ];
    it.each(rows)("reads %s", (_title, header, expected) => {
        expect(parseChallenges(header).map((one) => ({ ...one, parameters: { ...one.parameters } }))).toEqual(expected);
    });

    it("never throws and always ends, whatever a server sends", () => {
        const pieces = fc.constantFrom(
            '"',
            "\\",
            ",",
            "=",
            " ",
            "\t",
            "Bearer",
            "Basic",
            "realm",
            "é",
            "\u0000",
            "a",
            "/",
            ";",
        );
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.string(),
                    fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
                ),
                (header) => {
                    for (const challenge of parseChallenges(header)) {
                        expect(challenge.scheme).toMatch(/^[^\s,="]+$/);
                    }
                },
            ),
            { numRuns: 2000 },
        );
    });

    it("gives back any parameters that were written by the grammar", () => {
        const name = fc
            .stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
            .filter((text) => !Object.hasOwn(Object.prototype, text));
        const value = fc.string({ unit: "grapheme-ascii", maxLength: 30 });
        fc.assert(
            fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 5 }), (parameters) => {
                const text = Object.entries(parameters)
                    .map(([key, one]) => `${key}="${one.replace(/[\\"]/g, "\\$&")}"`)
                    .join(", ");
                const [challenge, ...others] = parseChallenges(`Bearer ${text}`);
                expect(others).toEqual([]);
                expect({ ...challenge?.parameters }).toEqual({ ...parameters });
            }),
        );
    });
});

describe("a Bearer challenge", () => {
    const endpoint = endpointOf("registry.example.com");
    const challenge = (realm?: string, service?: string) => ({
        scheme: "bearer",
        parameters: {
            ...(realm === undefined ? {} : { realm }),
            ...(service === undefined ? {} : { service }),
        } as Record<string, string>,
    });

    it("names a token service, whose own query is kept", () => {
        const service = tokenServiceOf(challenge("https://auth.example.com/token?account=x", "reg"), endpoint);
        expect(service).toMatchObject({ origin: "https://auth.example.com", insecure: false });
        expect(tokenPath(service as never, ["repository:a/b:pull", "repository:c:pull"])).toBe(
            "/token?account=x&service=reg&scope=repository%3Aa%2Fb%3Apull&scope=repository%3Ac%3Apull",
        );
    });

    it.each([[undefined], [""], ["ftp://x/y"], ["http://"]])("with the realm %j is none", (realm) => {
        const service = tokenServiceOf(challenge(realm), endpoint);
        expect(service === undefined || service.origin === endpoint.origin).toBe(true);
        if (realm === undefined || realm.startsWith("ftp") || realm === "http://") {
            expect(service).toBeUndefined();
        }
    });

    it.each([
        [{ token: "t" }, 50],
        [{ access_token: "t" }, 50],
        [{ token: "t", expires_in: 300 }, 290],
        [{ token: "t", expires_in: 10 }, 8],
        [{ token: "t", expires_in: "300" }, 50],
        [{ token: "t", expires_in: -1 }, 50],
    ])("is answered with %j, good for %i seconds", (answer, seconds) => {
        expect(readTokenAnswer(Buffer.from(JSON.stringify(answer)))).toEqual({ token: "t", lifeMs: seconds * 1000 });
    });

    it.each([
        "",
        "null",
        "[]",
        "{}",
        '{"token":""}',
        '{"token":"a b"}',
        '{"token":"a\\r\\nx: y"}',
        '{"token":5}',
        "<html>",
    ])("answered with %j gives no token", (body) => {
        expect(readTokenAnswer(Buffer.from(body))).toBeUndefined();
    });
});

describe("scopes", () => {
    it("are merged by resource", () => {
        expect(mergeScopes(["repository:a:pull"], ["repository:a:pull,push", "registry:catalog:*"])).toEqual([
            "repository:a:pull,push",
            "registry:catalog:*",
        ]);
    });
});
