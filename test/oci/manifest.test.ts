import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    bareMediaType,
    digestOf,
    InvalidManifestError,
    isForeignLayerType,
    isIndexType,
    isManifestType,
    MANIFEST_ACCEPT,
    MediaType,
    parseManifest,
    referrerType,
} from "../../core/oci";

type Json = Record<string, unknown>;

const bytes = (body: unknown): Buffer => Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
const blob = (text: string, mediaType: string, rest: Json = {}): Json => ({
    mediaType,
    digest: digestOf(Buffer.from(text)),
    size: text.length,
    ...rest,
});
const EMPTY = blob("{}", MediaType.ociEmpty, { data: "e30=" });
const layer = blob("layer", MediaType.ociLayerGzip);
const ociImage: Json = {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: blob("config", MediaType.ociConfig),
    layers: [layer, blob("second", MediaType.ociLayerZstd)],
};
const dockerImage: Json = {
    schemaVersion: 2,
    mediaType: MediaType.dockerManifest,
    config: blob("config", MediaType.dockerConfig),
    layers: [
        blob("layer", MediaType.dockerLayer),
        blob("far", MediaType.dockerForeignLayer, { urls: ["https://example.com/far"] }),
    ],
};
const ociIndex: Json = {
    schemaVersion: 2,
    mediaType: MediaType.ociIndex,
    manifests: [
        blob("amd64", MediaType.ociManifest, { platform: { os: "linux", architecture: "amd64" } }),
        blob("arm64", MediaType.ociManifest, { platform: { os: "linux", architecture: "arm64", variant: "v8" } }),
        blob("proof", MediaType.ociManifest, {
            platform: { os: "unknown", architecture: "unknown" },
            annotations: { "vnd.docker.reference.type": "attestation-manifest" },
        }),
    ],
};
const dockerList: Json = { ...ociIndex, mediaType: MediaType.dockerList };

function without(body: Json, key: string): Json {
    const { [key]: _, ...rest } = body;
    return rest;
}

describe("parseManifest reads", () => {
    it.each([
        ["an OCI image", ociImage, "image"],
        ["a Docker image", dockerImage, "image"],
        ["an OCI index", ociIndex, "index"],
        ["a Docker list", dockerList, "index"],
    ])("%s, with and without a content type, with parameters and generic ones", (_title, body, kind) => {
        const expected = parseManifest(bytes(body));
        expect(expected).toMatchObject({ kind, mediaType: body.mediaType });
        for (const header of [body.mediaType as string, `${body.mediaType}; charset=utf-8`, "application/json", ""]) {
            expect(parseManifest(bytes(body), header)).toStrictEqual(expected);
        }
        expect(parseManifest(bytes(without(body, "mediaType")), body.mediaType as string)).toStrictEqual(expected);
    });

    it("an image's config and layers in their order, with everything that a descriptor says", () => {
        expect(parseManifest(bytes(dockerImage))).toStrictEqual({
            kind: "image",
            mediaType: MediaType.dockerManifest,
            manifests: [],
            config: dockerImage.config,
            layers: dockerImage.layers,
        });
    });

    it("an index's children with platforms and annotations", () => {
        const { manifests, layers } = parseManifest(bytes(ociIndex));
        expect(manifests).toStrictEqual(ociIndex.manifests);
        expect(layers).toEqual([]);
    });

    it("OCI documents without a media type by their shape", () => {
        expect(parseManifest(bytes(without(ociImage, "mediaType"))).mediaType).toBe(MediaType.ociManifest);
        expect(parseManifest(bytes(without(ociIndex, "mediaType"))).mediaType).toBe(MediaType.ociIndex);
    });

    it("an empty index, also as Go writes it", () => {
        expect(parseManifest(bytes({ ...ociIndex, manifests: [] })).manifests).toEqual([]);
        expect(parseManifest(bytes({ ...ociIndex, manifests: null })).manifests).toEqual([]);
    });

    it("artifacts in all their forms, with the type that a referrers list shows", () => {
        const subject = blob("subject", MediaType.ociManifest);
        const rows: [Json, string | undefined][] = [
            [
                { ...ociImage, config: EMPTY, layers: [EMPTY], artifactType: "application/vnd.example", subject },
                "application/vnd.example",
            ],
            [
                { ...ociImage, config: blob("h", "application/vnd.cncf.helm.config.v1+json") },
                "application/vnd.cncf.helm.config.v1+json",
            ],
            [{ ...ociImage, config: EMPTY }, MediaType.ociEmpty],
            [
                { ...dockerImage, config: blob("p", "application/vnd.docker.plugin.v1+json") },
                "application/vnd.docker.plugin.v1+json",
            ],
            [
                {
                    mediaType: MediaType.ociArtifactManifest,
                    artifactType: "application/vnd.old",
                    blobs: [layer],
                    subject,
                },
                "application/vnd.old",
            ],
            [{ mediaType: MediaType.ociArtifactManifest, subject }, undefined],
        ];
        for (const [body, type] of rows) {
            const manifest = parseManifest(bytes(body), body.mediaType as string);
            expect(manifest.kind).toBe("artifact");
            expect(referrerType(manifest)).toBe(type);
            expect(manifest.subject).toEqual(body.subject);
            expect(manifest.layers).toEqual(body.layers ?? body.blobs ?? []);
        }
        const signature = parseManifest(bytes({ ...ociImage, subject }));
        expect([signature.kind, referrerType(signature)]).toEqual(["image", MediaType.ociConfig]);
        const index = parseManifest(bytes({ ...ociIndex, subject, artifactType: "application/vnd.example" }));
        expect([index.kind, referrerType(index)]).toEqual(["index", "application/vnd.example"]);
    });

    it("what is odd but harmless: empty platforms, empty texts, media types with parameters, unknown keys", () => {
        const child = blob("x", MediaType.ociManifest, { platform: { os: "", architecture: "" }, artifactType: "" });
        const manifest = parseManifest(
            bytes({ ...ociIndex, manifests: [child], history: "x", annotations: null, subject: null }),
        );
        expect(manifest.manifests).toStrictEqual([blob("x", MediaType.ociManifest)]);
        const bundle = blob("b", "application/vnd.dev.sigstore.bundle+json;version=0.3");
        expect(parseManifest(bytes({ ...ociImage, layers: [bundle] })).layers).toEqual([bundle]);
    });

    it("a key called __proto__ as a key", () => {
        const text = JSON.stringify({ ...ociImage, annotations: { a: "b" } }).replace('"a":"b"', '"__proto__":"b"');
        const { annotations } = parseManifest(bytes(text));
        expect(Object.keys(annotations ?? {})).toEqual(["__proto__"]);
        expect(Object.getPrototypeOf(annotations)).toBe(Object.prototype);
    });
});

describe("parseManifest refuses", () => {
    const broken: [string, unknown, string | undefined, string][] = [
        ["nothing", "", undefined, "it is not JSON"],
        ["a web page", "<html>", "text/html", "it is not JSON"],
        ["a text", '"x"', undefined, "not a JSON object"],
        ["a list", "[]", undefined, "not a JSON object"],
        ["null", "null", undefined, "not a JSON object"],
        ["a byte order mark", `\ufeff${JSON.stringify(ociImage)}`, undefined, "it is not JSON"],
        ["an empty object", "{}", undefined, "neither children nor layers"],
        ["an error document", { errors: [{ code: "DENIED" }] }, "application/json", "neither children nor layers"],
        ["an unknown type", ociImage, "text/html", "it was served as"],
        [
            "an unknown type in both",
            { ...ociImage, mediaType: "text/html" },
            "text/html",
            '"text/html" is not supported',
        ],
        ["a media type that is no text", { ...ociImage, mediaType: 3 }, undefined, "mediaType is not a text"],
        ["a body that contradicts its header", ociImage, MediaType.dockerManifest, "but it was served as"],
        ["an index served as an image", ociIndex, MediaType.ociManifest, "but it was served as"],
        [
            "a nameless index served as an image",
            without(ociIndex, "mediaType"),
            MediaType.ociManifest,
            'has "manifests" too',
        ],
        ["an image with children", { ...ociImage, manifests: [] }, undefined, 'has "manifests" too'],
        ["an index with layers", { ...ociIndex, layers: [] }, undefined, 'has "layers" too'],
        ["an index with a config", { ...ociIndex, config: EMPTY }, undefined, 'has "config" too'],
        ["both, without a type", { ...without(ociImage, "mediaType"), manifests: [] }, undefined, 'has "layers" too'],
        [
            "an old artifact with layers",
            { mediaType: MediaType.ociArtifactManifest, layers: [] },
            undefined,
            'has "layers" too',
        ],
        ["a key that differs by case", { ...ociIndex, Layers: [layer] }, undefined, "by case only"],
        ["another schema version", { ...ociImage, schemaVersion: 3 }, undefined, "schemaVersion is not 2"],
        ["no schema version", without(ociIndex, "schemaVersion"), undefined, "schemaVersion is not 2"],
        ["an image without layers", without(ociImage, "layers"), undefined, "layers is not a list"],
        ["an image without a config", without(ociImage, "config"), undefined, "config is not a descriptor"],
        ["an index without children", without(ociIndex, "manifests"), undefined, "manifests is not a list"],
        [
            "a child without digest",
            { ...ociIndex, manifests: [without(layer, "digest")] },
            undefined,
            "manifests[0].digest",
        ],
        ["a short digest", { ...ociImage, config: { ...EMPTY, digest: "sha256:ab" } }, undefined, "config.digest"],
        ["a negative size", { ...ociImage, layers: [layer, { ...layer, size: -1 }] }, undefined, "layers[1].size"],
        ["a size in words", { ...ociImage, layers: [{ ...layer, size: "5" }] }, undefined, "layers[0].size"],
        ["half a byte", { ...ociImage, layers: [{ ...layer, size: 0.5 }] }, undefined, "layers[0].size"],
        [
            "a header in a media type",
            { ...ociImage, layers: [{ ...layer, mediaType: "a/b\r\nX: y" }] },
            undefined,
            "layers[0].mediaType",
        ],
        ["an empty media type", { ...ociImage, config: { ...EMPTY, mediaType: "" } }, undefined, "config.mediaType"],
        [
            "a wrong platform",
            { ...ociIndex, manifests: [{ ...layer, platform: "linux" }] },
            undefined,
            "manifests[0].platform",
        ],
        ["wrong annotations", { ...ociImage, annotations: { a: 1 } }, undefined, "annotations is not a map of texts"],
        ["wrong urls", { ...ociImage, layers: [{ ...layer, urls: [1] }] }, undefined, "layers[0].urls"],
        ["a wrong subject", { ...ociImage, subject: {} }, undefined, "subject.mediaType"],
    ];

    it.each(broken)("%s", (_title, body, header, why) => {
        const error = caught(bytes(body), header);
        expect(error.code).toBe("MANIFEST_INVALID");
        expect(error.message).toContain(why);
        expect(error.message).toMatch(/^[^\n]+\.$/);
    });

    it("bytes that are no UTF-8", () => {
        const body = Buffer.concat([bytes('{"mediaType":"'), Buffer.from([0xff]), bytes('"}')]);
        expect(caught(body).message).toContain("it is not JSON");
    });

    it.each([
        ["by header", ociImage, MediaType.dockerSchema1],
        ["signed, by header", "anything", `${MediaType.dockerSchema1Signed}; charset=utf-8`],
        ["by version", { schemaVersion: 1, name: "x", tag: "1" }, "application/json"],
        ["by its layers", { fsLayers: [] }, undefined],
        ["by its own type", { mediaType: MediaType.dockerSchema1Signed }, undefined],
    ])("schema 1 with an error of its own, %s", (_title, body, header) => {
        const error = caught(bytes(body), header);
        expect(error.code).toBe("MANIFEST_SCHEMA1");
        expect(error.message).toContain("pull it and push it again");
    });

    it("everything else with nothing but its own error", () => {
        const key = fc.constantFrom(
            "schemaVersion",
            "mediaType",
            "manifests",
            "layers",
            "config",
            "subject",
            "annotations",
            "blobs",
            "artifactType",
        );
        const value = fc.oneof(
            fc.jsonValue(),
            fc.constantFrom<unknown>(2, ...Object.values(MediaType), [layer], layer, [{ ...layer, platform: {} }]),
        );
        const bodies = fc.dictionary(key, value).map((body) => bytes({ schemaVersion: 2, ...body }));
        const headers = fc.option(fc.oneof(fc.string(), fc.constantFrom(...Object.values(MediaType))), {
            nil: undefined,
        });
        const anyBytes = fc.uint8Array().map((array) => Buffer.from(array));
        fc.assert(
            fc.property(fc.oneof(bodies, anyBytes, fc.json().map(bytes)), headers, (body, header) => {
                try {
                    expect(isManifestType(parseManifest(body, header).mediaType)).toBe(true);
                } catch (error) {
                    expect(error).toBeInstanceOf(InvalidManifestError);
                }
            }),
            { numRuns: 3000 },
        );
    });

    it("deep nesting without running out of stack", () => {
        expect(caught(bytes(`${"[".repeat(200_000)}`)).code).toBe("MANIFEST_INVALID");
        const deep = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
        expect(caught(bytes(deep)).code).toBe("MANIFEST_INVALID");
    });
});

describe("media types", () => {
    it("are told apart", () => {
        expect(Object.values(MediaType).filter(isIndexType)).toEqual([MediaType.ociIndex, MediaType.dockerList]);
        expect(Object.values(MediaType).filter(isForeignLayerType)).toHaveLength(4);
        expect(isManifestType(undefined)).toBe(false);
        expect(bareMediaType(" Application/JSON ; charset=x")).toBe("application/json");
        expect(bareMediaType("")).toBeUndefined();
    });

    it("are asked for all four at once", () => {
        expect(MANIFEST_ACCEPT.split(", ").sort()).toEqual(
            [MediaType.dockerList, MediaType.dockerManifest, MediaType.ociIndex, MediaType.ociManifest].sort(),
        );
    });
});

function caught(body: Uint8Array, header?: string): InvalidManifestError {
    try {
        parseManifest(body, header);
    } catch (error) {
        if (error instanceof InvalidManifestError) {
            return error;
        }
        throw error;
    }
    throw new Error("expected InvalidManifestError, but it was read");
}
