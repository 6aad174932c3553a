import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    formatReference,
    InvalidReferenceError,
    isHost,
    isRepositoryPath,
    isTag,
    parseReference,
    type Reference,
} from "../../core/oci";

const F256 = `sha256:${"f".repeat(64)}`;
const F512 = `sha512:${"f".repeat(128)}`;
const HEX = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

/** [text, registry, repository, tag, digest] */
type Row = readonly [string, string, string, string?, string?];

/** The cases that github.com/distribution/reference publishes, with what Docker makes of them. */
const VALID: readonly Row[] = [
    ["test_com", "docker.io", "library/test_com"],
    ["test.com:tag", "docker.io", "library/test.com", "tag"],
    ["test.com:5000", "docker.io", "library/test.com", "5000"],
    ["test.com/repo:tag", "test.com", "repo", "tag"],
    ["test:5000/repo", "test:5000", "repo"],
    ["test:5000/repo:tag", "test:5000", "repo", "tag"],
    [`test:5000/repo@${F256}`, "test:5000", "repo", undefined, F256],
    [`test:5000/repo:tag@${F256}`, "test:5000", "repo", "tag", F256],
    ["lowercase:Uppercase", "docker.io", "library/lowercase", "Uppercase"],
    [`${"a/".repeat(122)}a:tag-puts-this-over-max`, "docker.io", `${"a/".repeat(122)}a`, "tag-puts-this-over-max"],
    ["sub-dom1.foo.com/bar/baz/quux", "sub-dom1.foo.com", "bar/baz/quux"],
    ["sub-dom1.foo.com/bar/baz/quux:some-long-tag", "sub-dom1.foo.com", "bar/baz/quux", "some-long-tag"],
    ["b.gcr.io/test.example.com/my-app:test.example.com", "b.gcr.io", "test.example.com/my-app", "test.example.com"],
    ["xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com"],
    [`xn--7o8h.com/myimage:xn--7o8h.com@${F512}`, "xn--7o8h.com", "myimage", "xn--7o8h.com", F512],
    ["foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080"],
    ["foo/foo_bar.com:8080", "docker.io", "foo/foo_bar.com", "8080"],
    ["192.168.1.1", "docker.io", "library/192.168.1.1"],
    ["192.168.1.1:tag", "docker.io", "library/192.168.1.1", "tag"],
    ["192.168.1.1:5000", "docker.io", "library/192.168.1.1", "5000"],
    ["192.168.1.1/repo", "192.168.1.1", "repo"],
    ["192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050"],
    ["[2001:db8::1]/repo", "[2001:db8::1]", "repo"],
    ["[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "repo", "tag"],
    ["[2001:db8::1]:5000/repo", "[2001:db8::1]:5000", "repo"],
    [`[2001:db8::1]:5000/repo:tag@${F256}`, "[2001:db8::1]:5000", "repo", "tag", F256],
    ["[2001:db8::]:5000/repo", "[2001:db8::]:5000", "repo"],
    ["[::1]:5000/repo", "[::1]:5000", "repo"],
    ["[fc00:1:2:3:4:5:6:7]:5000/library/debian", "[fc00:1:2:3:4:5:6:7]:5000", "library/debian"],
    // Normalisation.
    ["docker/docker", "docker.io", "docker/docker"],
    ["library/debian", "docker.io", "library/debian"],
    ["debian", "docker.io", "library/debian"],
    ["docker.io/docker/docker", "docker.io", "docker/docker"],
    ["docker.io/debian", "docker.io", "library/debian"],
    ["index.docker.io/docker/docker", "docker.io", "docker/docker"],
    ["index.docker.io/library/debian", "docker.io", "library/debian"],
    ["index.docker.io/debian", "docker.io", "library/debian"],
    ["registry-1.docker.io/debian:12", "docker.io", "library/debian", "12"],
    ["127.0.0.1:5000/debian", "127.0.0.1:5000", "debian"],
    ["localhost/debian", "localhost", "debian"],
    ["localhost:5000/debian", "localhost:5000", "debian"],
    ["Docker/docker", "Docker", "docker"],
    ["DOCKER/docker", "DOCKER", "docker"],
    [`docker.io/${HEX}`, "docker.io", `library/${HEX}`],
    [HEX.slice(1), "docker.io", `library/${HEX.slice(1)}`],
    [
        "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
        "docker.io",
        "library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev",
    ],
    ["docker---rules/docker", "docker.io", "docker---rules/docker"],
    ["d/docker", "docker.io", "d/docker"],
    ["jess/t", "docker.io", "jess/t"],
    ["dock__er/docker", "docker.io", "dock__er/docker"],
    ["test-com:8080/foo", "test-com:8080", "foo"],
    ["docker.io/library/foo/bar", "docker.io", "library/foo/bar"],
    ["store/foo/bar", "docker.io", "store/foo/bar"],
    ["other/library", "docker.io", "other/library"],
    [
        "busybox:latest@sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa",
        "docker.io",
        "library/busybox",
        "latest",
        "sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa",
    ],
];

/** [text, a part of the sentence] */
const INVALID: readonly (readonly [string, string])[] = [
    ["", "it is empty"],
    [":justtag", "it names no repository"],
    [`@${F256}`, "it names no repository"],
    [`repo@sha256:${"f".repeat(34)}`, "sha256 has 64 hexadecimal digits"],
    [`validname@invaliddigest:${"f".repeat(64)}`, 'the algorithm "invaliddigest" is not supported'],
    [`repo@sha256:${"F".repeat(64)}`, "its digits must be lower case"],
    [`repo@${F256}@${F256}`, "sha256 has 64 hexadecimal digits"],
    [`repo@${F256}:tag`, "sha256 has 64 hexadecimal digits"],
    ["Uppercase:tag", 'write "uppercase"'],
    ["test:5000/Uppercase/lowercase:tag", 'write "uppercase/lowercase"'],
    ["docker/Docker", 'write "docker/docker"'],
    ["docker.io/docker/Docker", 'write "docker/docker"'],
    [`${"a/".repeat(128)}a:tag`, "255 characters"],
    [`${"a/".repeat(123)}a`, "255 characters"],
    [`${"a".repeat(300)}/docker`, "255 characters"],
    ["a".repeat(2000), "it is too long"],
    ["aa/asdf$$^/aa", '"aa/asdf$$^/aa" is not a repository'],
    ["[2001:db8::1]", "it names no repository"],
    ["[2001:db8::1]:5000", "it names no repository"],
    ["[2001:db8::1]:tag", "it names no repository"],
    ["[fe80::1%eth0]:5000/repo", "is not a host"],
    ["[fe80::1%@invalidzone]:5000/repo", "is not a"],
    ["[2001:db8:3:4::192.0.2.33]:5000/debian", "is not a host"],
    ["[:::]:5000/debian", "is not a host"],
    ["fc00::1:5000/debian", "is not a host"],
    ["test:70000/repo", "is not a host"],
    ["https://github.com/docker/docker", 'leave out "https://"'],
    ["docker://nginx", 'leave out "docker://"'],
    ["-docker", "is not a repository"],
    ["-docker/docker", "is not a repository"],
    ["-docker.io/docker/docker", "is not a host"],
    ["docker-/docker", "is not a repository"],
    ["docker///docker", "is not a repository"],
    ["docker.io/docker///docker", "is not a repository"],
    ["____/____", "is not a repository"],
    ["_docker/_docker", "is not a repository"],
    ["dock..er/docker", "is not a host"],
    ["x/dock..er", "is not a repository"],
    ["x/dock_.er", "is not a repository"],
    ["x/dock-.er", "is not a repository"],
    ["docker/", "is not a repository"],
    ["docker.io/", "it names no repository"],
    ["/nginx", "is not a repository"],
    [HEX, "image id or a bare digest"],
    [F256, "image id or a bare digest"],
    ["nginx:", "is not a tag"],
    ["nginx:-foo", '"-foo" is not a tag'],
    ["nginx:a:b", '"a:b" is not a tag'],
    [`nginx:${"t".repeat(129)}`, "is not a tag"],
    ["nginx@", "is not a digest"],
    [" nginx", "white space"],
    ["nginx\n", "white space"],
    ["ng inx", "is not a repository"],
    ["nginx:1\u0000", "is not a tag"],
    ["☃.com/image", "is not a host"],
];

describe("parseReference", () => {
    it.each(VALID.map((row) => ({ row })))("reads $row.0", ({ row: [text, registry, repository, tag, digest] }) => {
        const suffixes = Object.entries({ tag, digest }).filter(([, value]) => value !== undefined);
        const expected = { registry, repository, ...Object.fromEntries(suffixes) };
        const reference = parseReference(text);
        expect(reference).toStrictEqual(expected);
        expect(parseReference(formatReference(reference))).toStrictEqual(reference);
    });

    it.each<readonly [string, string]>(INVALID)("refuses %j in one sentence that says why", (text, why) => {
        const error = caught(text);
        expect(error.message).toContain(why);
        expect(error.code).toBe("REFERENCE_INVALID");
        expect(error.message).toMatch(/ is not an image reference: [^\n]+\.$/);
        expect(error.message.length).toBeLessThan(600);
    });

    it.each([undefined, null, 7, {}])("refuses %j, which plain JavaScript may pass", (value) => {
        expect(caught(value as string)).toBeInstanceOf(InvalidReferenceError);
    });

    it("never throws anything but its own error", () => {
        const pieces = fc.constantFrom(
            "a",
            "Z",
            "9",
            ".",
            "_",
            "-",
            "/",
            ":",
            "@",
            "[",
            "]",
            "::",
            "sha256:",
            " ",
            "é",
            "localhost",
        );
        const texts = fc.oneof(
            fc.string(),
            fc.string({ unit: "binary" }),
            fc.array(pieces).map((list) => list.join("")),
        );
        fc.assert(
            fc.property(texts, (text) => {
                const result = attempt(text);
                if (result instanceof Error) {
                    expect(result).toBeInstanceOf(InvalidReferenceError);
                } else {
                    expect(parseReference(formatReference(result))).toStrictEqual(result);
                }
            }),
            { numRuns: 3000 },
        );
    });

    it("reads back every reference that it formats", () => {
        fc.assert(
            fc.property(references, (reference) => {
                expect(parseReference(formatReference(reference))).toStrictEqual(reference);
            }),
        );
    });

    it("takes no longer for a hostile name than for a good one", () => {
        const started = performance.now();
        for (const hostile of [
            `${"a-".repeat(120)}!`,
            `${"a.".repeat(120)}!`,
            `x/${"__".repeat(120)}`,
            "-".repeat(250),
        ]) {
            expect(caught(hostile)).toBeInstanceOf(InvalidReferenceError);
        }
        expect(performance.now() - started).toBeLessThan(250);
    });
});

describe("the parts", () => {
    it("knows a repository path, a tag and a host from others", () => {
        expect(["a", "a/b", "a__b", "a--b/c.d"].map((text) => isRepositoryPath(text))).toEqual([
            true,
            true,
            true,
            true,
        ]);
        expect(["", "A", "a//b", "/a", "a/", "a___b", "a:b"].filter((text) => isRepositoryPath(text))).toEqual([]);
        expect(["_", "1.0", "a".repeat(128)].every((text) => isTag(text))).toBe(true);
        expect(["", ".1", "-1", "a b", "a".repeat(129), "a\n"].filter((text) => isTag(text))).toEqual([]);
        expect(["a", "a.b:1", "[::1]", "[::1]:65535"].every((text) => isHost(text))).toBe(true);
        expect(
            ["", ":1", "a:", "a:b", "a/b", "::1", "[a]", "a:65536", "a..b", "u@a"].filter((text) => isHost(text)),
        ).toEqual([]);
    });
});

function attempt(text: string): Reference | Error {
    try {
        return parseReference(text);
    } catch (error) {
        return error as Error;
    }
}

function caught(text: string): InvalidReferenceError {
    const result = attempt(text);
    if (!(result instanceof InvalidReferenceError)) {
        throw new Error(`expected InvalidReferenceError, got ${JSON.stringify(result)}`);
    }
    return result;
}

const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const hosts = fc.oneof(
    fc.constantFrom("localhost", "localhost:5000", "[::1]:5000", "[2001:db8::1]", "ghcr.io"),
    fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65535 })).map(([domain, port]) => `${domain.slice(-60)}:${port}`),
    fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65535 })).map(([address, port]) => `${address}:${port}`),
);
const paths = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const names = fc.oneof(
    fc.record({ registry: hosts.filter((host) => isHost(host)), repository: paths }),
    paths.map((path) => ({ registry: "docker.io", repository: path.includes("/") ? path : `library/${path}` })),
);
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const tags = fc.stringMatching(/^\w[\w.-]{0,20}$/).map((tag) => ({ tag }));
const digests = fc.oneof(
    hex(64).map((h) => ({ digest: `sha256:${h}` })),
    hex(128).map((h) => ({ digest: `sha512:${h}` })),
);
const references: fc.Arbitrary<Reference> = fc
    .tuple(names, fc.option(tags, { nil: {} }), fc.option(digests, { nil: {} }))
    .map(([name, tag, digest]) => ({ ...name, ...tag, ...digest }));
