import { describe, expect, it } from "vitest";
import { compareContent, configDifference, type DigestedManifest, parseManifest } from "../../core/oci";
import { artifact, type ImageTree, imageIndex, imageOf, indexOf, noise, sha256, singleImage } from "../support/images";
import { tarOf } from "../support/tar";

/** The verdict, and what had to be read for it beside the two roots. */
function compared(wanted: ImageTree, other: ImageTree): { same: boolean; words: string; reads: number } {
    const manifests = new Map([...wanted.manifests, ...other.manifests].map((one) => [one.digest, one]));
    const blobs = new Map([...wanted.blobs, ...other.blobs]);
    const read = new Set<string>();
    const known = {
        manifest: (digest: string) => (read.has(digest) ? parsed(digest) : undefined),
        config: (digest: string) => (read.has(digest) ? blobs.get(digest) : undefined),
    };
    const parsed = (digest: string) => {
        const { bytes = Buffer.from(""), mediaType = "" } = manifests.get(digest) ?? {};
        return parseManifest(bytes, mediaType);
    };
    const root = (tree: ImageTree): DigestedManifest => ({ digest: tree.root, content: parsed(tree.root) });
    for (;;) {
        const verdict = compareContent(root(wanted), root(other), known);
        if (verdict.same !== undefined) {
            return { ...verdict, reads: read.size };
        }
        expect(verdict.needs.length).toBeGreaterThan(0);
        for (const { digest } of verdict.needs) {
            expect(read.has(digest)).toBe(false);
            read.add(digest);
        }
    }
}

/** The same image with its root's JSON, or its config's, changed. */
function rewritten(tree: ImageTree, change: (body: Record<string, unknown>) => object | undefined): ImageTree {
    const root = tree.manifests.at(-1) as ImageTree["manifests"][number];
    const body = JSON.parse(root.bytes.toString("utf8"));
    const bytes = Buffer.from(JSON.stringify(change(body) ?? body));
    const digest = sha256(bytes);
    return { ...tree, root: digest, manifests: [...tree.manifests.slice(0, -1), { ...root, digest, bytes }] };
}

function withConfig(tree: ImageTree, change: (config: Record<string, unknown>) => object): ImageTree {
    const blobs = new Map(tree.blobs);
    return {
        ...rewritten(tree, (body) => {
            const config = body.config as { digest: string; size: number };
            const bytes = Buffer.from(JSON.stringify(change(JSON.parse(String(tree.blobs.get(config.digest))))));
            blobs.set(sha256(bytes), bytes);
            return { ...body, config: { ...config, digest: sha256(bytes), size: bytes.length } };
        }),
        blobs,
    };
}

const one = singleImage({ seed: "a" });
const docker = singleImage({ seed: "a", family: "docker" });
const index = imageIndex({ seed: "a" });
const list = imageIndex({ seed: "a", family: "docker" });
const attested = imageIndex({ seed: "a", attestations: true });
const only = indexOf([["linux/amd64", one]]);
const onlyAttested = imageIndex({ seed: "a", platforms: ["linux/amd64"], attestations: true });
const layer = tarOf([{ path: "data", bytes: noise("layer") }]);

const rows: readonly (readonly [
    title: string,
    wanted: ImageTree,
    other: ImageTree,
    same: boolean,
    words: RegExp,
    reads: number,
])[] = [
    ["one manifest in Docker's format", one, docker, true, /converted from OCI's format to Docker's$/, 0],
    ["one manifest in OCI's format", docker, one, true, /converted from Docker's format to OCI's$/, 0],
    ["JSON that was written anew", one, rewritten(one, (body) => body), true, /in another manifest: written anew$/, 0],
    ["an annotation more", one, singleImage({ seed: "a", annotations: { a: "b" } }), true, /written anew$/, 0],
    ["an index of converted children", index, list, true, /converted from OCI's/, 4],
    [
        "an index in another order",
        index,
        rewritten(index, (body) => ({ ...body, manifests: [...(body.manifests as [])].reverse() })),
        true,
        /written anew/,
        0,
    ],
    ["the only platform of an index, alone", only, one, true, /its only platform, without the index$/, 0],
    [
        "the same, converted",
        only,
        docker,
        true,
        /without the index, converted from|converted from .*without the index/,
        1,
    ],
    ["the same, without its attestation", onlyAttested, one, true, /without the index and its attestation$/, 0],
    ["an index around the wanted manifest", one, only, true, /in an index of its own$/, 0],
    ["an index without its attestations", attested, index, true, /without 2 attestations$/, 0],
    [
        "an index with attestations that nobody asked for",
        index,
        attested,
        false,
        /attestations that the wanted one has not/,
        0,
    ],
    ["an attested index around the wanted manifest", one, onlyAttested, false, /it is an index/, 0],
    ["other layers", one, singleImage({ seed: "b" }), false, /^it has other layers$/, 0],
    [
        "layers packed in another way",
        imageOf([layer]),
        imageOf([layer], { gzipLevel: 1 }),
        false,
        /^it has other layers$/,
        0,
    ],
    [
        "other layers in the second platform: two pairs are read",
        index,
        indexOf([
            ["linux/amd64", docker],
            ["linux/arm64", singleImage({ seed: "c", platform: "linux/arm64" })],
        ]),
        false,
        /^it has other layers for linux\/arm64$/,
        4,
    ],
    [
        "other layers in the first: no more is read",
        index,
        imageIndex({ seed: "z" }),
        false,
        /^it has other layers for linux\/amd64$/,
        2,
    ],
    ["a platform less", index, only, false, /^it lacks linux\/arm64$/, 0],
    ["a platform more", only, index, false, /^it has linux\/arm64 besides$/, 0],
    [
        "one platform of several, alone",
        index,
        one,
        false,
        /^it is the manifest of linux\/amd64 alone, .* 2 platforms$/,
        0,
    ],
    ["somebody's single image", index, singleImage({ seed: "x" }), false, /^it is one manifest, where/, 0],
    ["an index where one manifest is wanted", one, index, false, /^it is an index, where/, 0],
    [
        "a config that a converter wrote",
        one,
        withConfig(one, ({ history, ...rest }) => ({ ...rest, container_config: {}, author: "" })),
        true,
        /its config written anew$/,
        2,
    ],
    [
        "a config with another command",
        one,
        withConfig(one, (config) => ({ ...config, config: { Cmd: ["/bin/bash"] } })),
        false,
        /^its config has another Cmd$/,
        2,
    ],
    [
        "a config for another platform",
        one,
        withConfig(one, (config) => ({ ...config, architecture: "arm64" })),
        false,
        /another architecture$/,
        2,
    ],
    ["another artifact", artifact({ seed: "a" }), artifact({ seed: "b" }), false, /^it has other layers$/, 0],
    [
        "an artifact of another type",
        artifact({ seed: "a" }),
        artifact({ seed: "a", artifactType: "application/x" }),
        false,
        /^it is another artifact$/,
        0,
    ],
    [
        "an artifact about another image",
        artifact({ seed: "a", subject: one }),
        artifact({ seed: "a", subject: index }),
        false,
        /^it refers to another image$/,
        0,
    ],
];

describe("the content of two manifests", () => {
    it.each(rows)("%s", (_title, wanted, other, same, words, reads) => {
        expect(wanted.root).not.toBe(other.root);
        const verdict = compared(wanted, other);
        expect({ same: verdict.same, reads: verdict.reads }).toEqual({ same, reads });
        expect(verdict.words).toMatch(words);
    });

    it("is not the same where a config is no JSON", () => {
        expect(configDifference(Buffer.from("{}"), Buffer.from("no"))).toBe("config");
        expect(configDifference(Buffer.from('{"config":{"Env":[]}}'), Buffer.from('{"config":null}'))).toBeUndefined();
    });
});
